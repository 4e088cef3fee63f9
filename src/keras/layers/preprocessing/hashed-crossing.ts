import type { DType } from '../../../core/dtype.ts';
import { fingerprint64, joinFingerprints } from '../../../core/farm-hash.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { type Shape, sameShape, showShape } from '../../../core/shape.ts';
import { flatten } from '../../../core/tree.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import { type Fields, boolean } from '../../saving/fields.ts';
import { name, plainDType, unwritten } from '../base/layer-fields.ts';
import type { LayerOptions } from '../base/layer-options.ts';
import { positive } from '../base/option-fields.ts';
import { type InputShape, isShape } from '../base/input-shape.ts';
import { encodeOnHost, encodedShape } from './encode-categories.ts';
import { encodedType, withTypeOf } from './hashing.ts';
import { type Token, bytesOf, readTokens } from './token-data.ts';
import { categoryMode, denseOnly } from './token-fields.ts';
import { TokenLayer } from './token-layer.ts';

/** Options of {@link HashedCrossing}. */
export interface HashedCrossingOptions extends LayerOptions {
  /** The bins, or a one at each. @default 'int' */
  outputMode?: 'int' | 'one_hot' | undefined;
  /** Whether the result is sparse, which is not supported. @default false */
  sparse?: false | undefined;
}

/** TensorFlow's initial hash of crossed features. */
const INITIAL = 0xdecafcaffen;

/** An integer is its own fingerprint, a string has FarmHash's. */
const fingerprint = (token: Token): bigint =>
  typeof token === 'number' ? BigInt.asUintN(64, BigInt(token)) : fingerprint64(bytesOf(token));

/**
 * Hashes combinations of strings or integers into bins, as Keras does on every backend: the fingerprints of the features are
 * joined one after the other. It computes on the host, before the graph of a model.
 *
 * Shapes: a list of at least two arrays of one shape, `[]`, `[batch]` or `[batch, 1]` → that shape, or, for `one_hot`,
 * `[batch, numBins]`.
 * @throws ValueError for a number of bins that is not positive, fewer than two inputs, or inputs of other or different
 * shapes.
 * @example
 * await new HashedCrossing(5).apply([['A', 'B', 'A', 'B', 'A'], [101, 101, 101, 102, 102]]);    // [1, 4, 1, 1, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/categorical/hashed_crossing/
 */
export class HashedCrossing extends TokenLayer {
  static override readonly className: string = 'HashedCrossing';
  static override readonly positional = ['numBins', 'outputMode', 'sparse'] as const;
  static override readonly fields: Fields = {
    numBins: positive(),
    outputMode: categoryMode(['int', 'one_hot']),
    sparse: denseOnly(boolean(false)),
    name,
    dtype: plainDType,
    ...unwritten,
  };

  /** The number of bins. */
  declare readonly numBins: number;
  /** The form of the result. */
  declare readonly outputMode: 'int' | 'one_hot';
  /** False: there are no sparse tensors. */
  declare readonly sparse: false;

  constructor(...args: Arguments<HashedCrossingOptions & { numBins: number }, typeof HashedCrossing.positional>);
  constructor(numBins: number, options?: HashedCrossingOptions);
  constructor(...args: readonly unknown[]) {
    super(...withTypeOf(takeArguments(new.target, args)));
  }

  override get encodedDType(): DType {
    return this.outputMode === 'int' ? 'int32' : encodedType(this.dtype);
  }

  override encode(data: unknown): Tensor {
    if (!Array.isArray(data) || data.length < 2) {
      throw new ValueError(`[${this.who}] the input must be a list of at least two arrays. Received: ${show(data)}.`);
    }
    const inputs = data.map((each: unknown) => readTokens(this.who, each));
    const shape = inputs[0]?.shape ?? [];
    const isRow = shape.length < 2 || (shape.length === 2 && shape[1] === 1);
    if (!isRow || !inputs.every((each) => sameShape(each.shape, shape))) {
      throw new ValueError(
        `[${this.who}] the inputs must be of one shape: [], [batch] or [batch, 1]. Received: shapes ${inputs.map((each) => showShape(each.shape)).join(', ')}.`,
      );
    }
    const bins = (inputs[0]?.tokens ?? []).map((_, row) => {
      const joined = inputs.reduce(
        (hash, { tokens }) => joinFingerprints(hash, fingerprint(tokens[row] ?? 0)),
        INITIAL,
      );
      return Number(joined % BigInt(this.numBins));
    });
    return encodeOnHost(bins, shape, this.outputMode, this.numBins, this.encodedDType);
  }

  override computeOutputShape(inputShape: InputShape): Shape {
    const [first = []] = flatten<Shape>(inputShape, isShape);
    return encodedShape(first, this.outputMode, this.numBins);
  }
}
