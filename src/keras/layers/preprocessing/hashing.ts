import { type DType, isFloat } from '../../../core/dtype.ts';
import type { DTypeLike } from '../../../core/dtype-policy.ts';
import { ValueError, show } from '../../../core/errors.ts';
import type { Shape } from '../../../core/shape.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import { type Field, type Fields, boolean, field } from '../../saving/fields.ts';
import type { InputShape } from '../base/input-shape.ts';
import type { LayerOptions } from '../base/layer-options.ts';
import { positive } from '../base/option-fields.ts';
import { type CategoryMode, encodeOnHost, encodedShape } from './encode-categories.ts';
import { hashBucket } from './hash-tokens.ts';
import { type Token, readTokens } from './token-data.ts';
import { categoryMode, denseOnly, salt } from './token-fields.ts';
import { TokenLayer } from './token-layer.ts';

/** Options of {@link Hashing}. */
export interface HashingOptions extends LayerOptions {
  /** A token that has the bin 0 alone. @default null, none */
  maskValue?: Token | null | undefined;
  /** The key of SipHash: two integers, or one for both. @default null, FarmHash, which has no key */
  salt?: number | readonly number[] | null | undefined;
  /** The bins, or their encoding: a one at each, a one at each bin of a row, or the counts of a row. @default 'int' */
  outputMode?: CategoryMode | undefined;
  /** Whether the result is sparse, which is not supported. @default false */
  sparse?: false | undefined;
}

const maskValue: Field<Token | null> = field({
  byDefault: null,
  read: (who, option, given) => {
    if (given === null || typeof given === 'string' || Number.isInteger(given)) return given as Token | null;
    throw new TypeError(`[${who}] ${option} must be a string, an integer or null. Received: ${option}=${show(given)}.`);
  },
});

/**
 * Hashes strings or integers into bins, as Keras does on every backend: by FarmHash, or by SipHash with a `salt`. It computes
 * on the host, before the graph of a model.
 *
 * Shapes: any → the same, or, encoded, with the last axis replaced by `numBins`; `one_hot` adds an axis unless the last is 1.
 * @throws ValueError for a number of bins that is not positive, or a floating dtype with mode `int`.
 * @example
 * await new Hashing(3).apply([['A'], ['B'], ['C'], ['D'], ['E']]);    // [[1], [0], [1], [1], [2]]
 * @see https://keras.io/api/layers/preprocessing_layers/categorical/hashing/
 */
export class Hashing extends TokenLayer {
  static override readonly className: string = 'Hashing';
  static override readonly positional = ['numBins', 'maskValue', 'salt', 'outputMode', 'sparse'] as const;
  static override readonly fields: Fields = {
    numBins: positive(),
    salt,
    maskValue,
    outputMode: categoryMode(['int', 'one_hot', 'multi_hot', 'count']),
    sparse: denseOnly(boolean(false)),
  };

  /** The number of bins. */
  declare readonly numBins: number;
  /** The key of SipHash; null for FarmHash. */
  declare readonly salt: readonly [number, number] | null;
  /** The token that has the bin 0 alone; null for none. */
  declare readonly maskValue: Token | null;
  /** The form of the result. */
  declare readonly outputMode: CategoryMode;
  /** False: there are no sparse tensors. */
  declare readonly sparse: false;

  constructor(...args: Arguments<HashingOptions & { numBins: number }, typeof Hashing.positional>);
  constructor(numBins: number, options?: HashingOptions);
  constructor(...args: readonly unknown[]) {
    super(...withTypeOf(takeArguments(new.target, args)));
    const { dtypePolicy, outputMode } = this;
    if (outputMode === 'int' && !['int32', 'int64'].includes(dtypePolicy.name)) {
      throw new ValueError(
        `[${this.who}] dtype must be "int32" or "int64" with outputMode "int". Received: dtype="${dtypePolicy.name}".`,
      );
    }
  }

  override get encodedDType(): DType {
    return this.outputMode === 'int' ? 'int32' : encodedType(this.dtype);
  }

  override encode(data: unknown): Tensor {
    const { shape, tokens } = readTokens(this.who, data);
    const { maskValue: mask, numBins, outputMode } = this;
    const masks = mask !== null && numBins > 1;
    const bins = tokens.map((token) => {
      if (masks && token === mask) return 0;
      return masks ? hashBucket(token, numBins - 1, this.salt) + 1 : hashBucket(token, numBins, this.salt);
    });
    const kept = outputMode === 'one_hot' && shape.at(-1) === 1 ? shape.slice(0, -1) : shape;
    return encodeOnHost(bins, kept, outputMode, numBins, this.encodedDType);
  }

  override computeOutputShape(inputShape: InputShape): Shape {
    const shape = this.checkedShape(inputShape as Shape);
    return encodedShape(shape, this.outputMode, this.numBins);
  }
}

/** The dtype of encoded categories. */
export const encodedType = (dtype: DType): DType => (isFloat(dtype) || dtype === 'int32' ? dtype : 'float32');

/** The arguments with Keras's dtype for the mode, unless one is given: integers of 64 bits for bins. */
export function withTypeOf([options, positional]: readonly [object, Readonly<Record<string, unknown>>]): [
  object,
  Readonly<Record<string, unknown>>,
] {
  const given = options as { dtype?: DTypeLike | null; outputMode?: string };
  const mode = given.outputMode ?? positional['outputMode'] ?? 'int';
  return [{ ...options, dtype: given.dtype ?? (mode === 'int' ? 'int64' : 'float32') }, positional];
}
