import { lessEqual, multiply, where } from '../../../compiler/builder/index.ts';
import { constant, randomUniform } from '../../../compiler/graph/leaves.ts';
import type { Value, ValueType } from '../../../compiler/ir/value.ts';
import type { RandomStream } from '../../../core/random.ts';
import { type Field, number } from '../../saving/fields.ts';
import { seedsFor } from '../regularization/noise-options.ts';

/** The factors of a step: one for each product of the input, or of the state; none where nothing is dropped. */
export interface DropoutMasks {
  readonly input: readonly Value[];
  readonly recurrent: readonly Value[];
}

/** A share of elements; as in Keras, a number beyond [0, 1] is moved into it. */
export const dropoutRate: Field<number> = {
  ...number(0),
  read: (who, option, given) => Math.min(1, Math.max(0, number(0).read(who, option, given))),
};

interface Rates {
  readonly dropout: number;
  readonly recurrentDropout: number;
}

/**
 * Dropout in a cell: the same elements are dropped in every step of a sequence (Gal and Ghahramani, 2016). A cell that is
 * called by itself draws masks for that step.
 */
export class SequenceDropout {
  readonly #seeds: RandomStream;
  readonly #rates: Rates;
  #drawn: DropoutMasks | null = null;

  constructor(seed: number | null, rates: Rates) {
    this.#rates = rates;
    this.#seeds = seedsFor(seed, rates.dropout > 0 || rates.recurrentDropout > 0);
  }

  /** Draws the masks of a sequence, `count` of each kind that has a rate. */
  begin(input: ValueType, state: ValueType, count: number): void {
    this.#drawn = this.#draw(input, state, count);
  }

  end(): void {
    this.#drawn = null;
  }

  /** The masks of the sequence, or new ones outside of one. */
  masks(input: ValueType, state: ValueType, count: number): DropoutMasks {
    return this.#drawn ?? this.#draw(input, state, count);
  }

  #draw(input: ValueType, state: ValueType, count: number): DropoutMasks {
    const { dropout, recurrentDropout } = this.#rates;
    return { input: this.#drawOf(input, dropout, count), recurrent: this.#drawOf(state, recurrentDropout, count) };
  }

  #drawOf({ shape, dtype }: ValueType, rate: number, count: number): readonly Value[] {
    if (rate === 0) return [];
    return Array.from({ length: count }, () => {
      const drawn = randomUniform(this.#seeds.nextInteger(), shape, dtype);
      return where(lessEqual(rate, drawn), constant(rate === 1 ? 0 : 1 / (1 - rate), dtype), constant(0, dtype));
    });
  }
}

/** x with the elements of a mask dropped, if there is one. */
export const dropped = (x: Value, mask: Value | undefined): Value => (mask === undefined ? x : multiply(x, mask));
