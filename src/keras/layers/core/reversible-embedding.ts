import type { Value } from '../../../compiler/ir/value.ts';
import type { Variable } from '../../../compiler/ir/variable.ts';
import type { DType } from '../../../core/dtype.ts';
import type { Shape } from '../../../core/shape.ts';
import { cast, divide, matmul, multiply, tanh, transpose } from '../../ops/index.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import { dtype } from '../../saving/field-kinds.ts';
import { type Fields, boolean, nullable, number } from '../../saving/fields.ts';
import type { KerasTensor } from '../../ops/base/keras-tensor.ts';
import type { Tensor, TensorLike } from '../../../core/tensor.ts';
import type { ApplyOptions } from '../base/apply-options.ts';
import type { CallContext } from '../base/call-context.ts';
import type { KerasCall } from '../base/traits.ts';
import { Embedding, type EmbeddingOptions } from './embedding.ts';

/** Options of {@link ReversibleEmbedding}. */
export interface ReversibleEmbeddingOptions extends EmbeddingOptions {
  /** Whether the way back multiplies by the transposed vectors, not by a weight of its own. @default true */
  tieWeights?: boolean | undefined;
  /** The type in which the way back is computed. @default null, that of the layer */
  reverseDtype?: DType | null | undefined;
  /** The bound c of the result of the way back, which becomes c · tanh(x / c). @default null, none */
  logitSoftCap?: number | null | undefined;
}

/** Options of a call of {@link ReversibleEmbedding}. */
export interface ReversibleEmbeddingCall<Tensors> extends ApplyOptions<Tensors> {
  /** Whether vectors are projected to scores of the integers. @default false */
  reverse?: boolean | undefined;
}

const ORDER = ['inputDim', 'outputDim', 'tieWeights'] as const;

/**
 * An {@link Embedding} for language models, which with `{ reverse: true }` projects vectors back to a score of each integer.
 *
 *     y[…, :] = embeddings[x[…], :],    and back  z = y · embeddingsᵀ
 *
 * Shapes: integers `[batch, …]` → `[batch, …, outputDim]`, and back `[batch, …, outputDim]` → `[batch, …, inputDim]`.
 *
 * @throws ValueError if a size is not positive.
 * @example
 * const layer = new layers.ReversibleEmbedding(3, 2, { weights: [[0, 0], [1, 2], [3, 4]] });
 * await layer.apply([[2, 1]]);                          // [[[3, 4], [1, 2]]]
 * await layer.apply([[[1, 1]]], { reverse: true });     // [[[0, 3, 7]]]
 * @see https://keras.io/api/layers/core_layers/reversible_embedding/
 */
export class ReversibleEmbedding extends Embedding {
  static override readonly className: string = 'ReversibleEmbedding';
  static override readonly positional: readonly string[] = ORDER;
  static override readonly kerasCall: KerasCall = { settings: { reverse: false } };
  static override readonly fields: Fields = {
    ...Embedding.fields,
    tieWeights: boolean(true),
    reverseDtype: nullable(dtype()),
    logitSoftCap: nullable(number()),
  };

  /** Whether the way back multiplies by the transposed vectors. */
  declare readonly tieWeights: boolean;
  /** The type in which the way back is computed; null for that of the layer. */
  declare readonly reverseDtype: DType | null;
  /** The bound of the result of the way back; null for none. */
  declare readonly logitSoftCap: number | null;
  /** The weight of the way back. The base may build the layer before the fields of this class are initialized. */
  declare private back: Variable | undefined;

  constructor(...args: Arguments<ReversibleEmbeddingOptions & { inputDim: number; outputDim: number }, typeof ORDER>);
  constructor(inputDim: number, outputDim: number, options?: ReversibleEmbeddingOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  /** The weight of the way back; null before the layer is built, and for tied weights. */
  get reverseEmbeddings(): Variable | null {
    return this.back ?? null;
  }

  override build(inputShape: Shape): void {
    super.build(inputShape);
    if (this.tieWeights || this.back !== undefined) return;
    const shape = [this.outputDim, this.inputDim];
    this.back = this.addWeight({
      name: 'reverse_embeddings',
      shape,
      initializer: this.embeddingsInitializer,
    });
  }

  override apply(inputs: KerasTensor, options?: ReversibleEmbeddingCall<KerasTensor>): KerasTensor;
  override apply(inputs: Value, options?: ReversibleEmbeddingCall<Value>): Value;
  override apply(inputs: TensorLike, options?: ReversibleEmbeddingCall<TensorLike>): Promise<Tensor>;
  /** Calls the layer; see {@link Layer.apply}. */
  override apply(inputs: never, options?: never): never {
    return super.apply(inputs, options) as never;
  }

  override call(inputs: Value, context: CallContext): Value {
    if (context.options['reverse'] !== true) {
      const mask = super.computeMask(inputs);
      const found = super.call(inputs, context);
      if (mask !== null) context.setMask(found, mask);
      return found;
    }
    const type = this.reverseDtype ?? this.dtype;
    const reverse = this.reverseEmbeddings;
    const kernel = reverse === null ? transpose(context.read(this.embeddings)) : context.read(reverse);
    const scores = matmul(cast(inputs, type), cast(kernel, type));
    const { logitSoftCap } = this;
    return logitSoftCap === null ? scores : multiply(tanh(divide(scores, logitSoftCap)), logitSoftCap);
  }

  /** None: the call itself sets the mask. */
  override computeMask(): null {
    return null;
  }

  override computeOutputShape(inputShape: Shape, { reverse = false }: { readonly reverse?: boolean } = {}): Shape {
    const shape = this.checkedShape(inputShape);
    return reverse ? [...shape.slice(0, -1), this.inputDim] : [...shape, this.outputDim];
  }
}
