import type { Config } from '../../core/config.ts';
import { type DType, allocate, convert } from '../../core/dtype.ts';
import { show } from '../../core/errors.ts';
import { RandomStream, drawSeed } from '../../core/random.ts';
import { type KnownShape, sizeOf } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import { type Field, type Fields, field } from '../saving/fields.ts';
import { Initializer } from './initializer.ts';

/** The option of all random initializers. */
export interface SeedOption {
  /** The seed: equal seeds produce equal numbers. Null draws one in the constructor. @default null */
  seed?: number | null;
}

const seed: Field<number | null> = field<number | null>({
  byDefault: null,
  read: (who, _option, given) => {
    if (given === null || (typeof given === 'number' && Number.isSafeInteger(given))) return given;
    throw new TypeError(`[${who}] seed must be an integer or null. Received: seed=${show(given)}.`);
  },
});

/**
 * The base of initializers that draw random numbers: repeated calls of one object return the same values. A custom one
 * implements `call` with `fill`.
 *
 * @throws TypeError if the seed is neither an integer nor null.
 * @example
 * class Coins extends RandomInitializer {
 *   call(shape) { return this.fill(shape, 'float32', (stream) => (stream.nextUniform() < 0.5 ? 0 : 1)); }
 * }
 * new Coins({ seed: 1 }).call([2, 3]).shape;   // [2, 3]
 * @see https://keras.io/api/layers/initializers/
 */
export abstract class RandomInitializer extends Initializer {
  static override readonly fields: Fields = { seed };

  /** The seed that was given. */
  declare readonly seed: number | null;
  readonly #drawn: number;

  constructor(options?: SeedOption);
  constructor(...args: readonly unknown[]);
  constructor(...args: readonly unknown[]) {
    super(...args);
    this.#drawn = this.seed ?? drawSeed();
  }

  /** An initializer of the same class and config, which draws other numbers if no seed was given. */
  copy(changes: Config = {}): this {
    // The class of an object is a mere Function to the compiler.
    const ofClass = this.constructor as unknown as { fromConfig(config: Config): RandomInitializer };
    return ofClass.fromConfig({ ...this.getConfig(), ...changes }) as this;
  }

  /** Returns a tensor of numbers that `draw` reads from a new stream. */
  protected fill(shape: KnownShape, dtype: DType, draw: (stream: RandomStream) => number): Tensor {
    const stream = new RandomStream(this.#drawn);
    const numbers = allocate('float64', sizeOf(shape));
    for (let i = 0; i < numbers.length; i++) numbers[i] = draw(stream);
    return new Tensor(convert(numbers, dtype), shape, dtype);
  }
}

/** A number of the standard normal distribution, truncated at ±2. */
export function truncatedNormal(stream: RandomStream): number {
  for (;;) {
    const number = stream.nextNormal();
    if (Math.abs(number) < 2) return number;
  }
}
