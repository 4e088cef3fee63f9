import type { Value } from '../../compiler/ir/value.ts';
import type { Tensor, TensorLike } from '../../core/tensor.ts';
import type { ReversibleEmbeddingCall } from '../layers/core/reversible-embedding.ts';
import type { KerasTensor } from '../ops/base/keras-tensor.ts';
import { ReversibleEmbedding as KerasReversibleEmbedding } from '../layers/core/reversible-embedding.ts';

/**
 * The `ReversibleEmbedding` of Keras under the name that keras-hub has for it in files.
 *
 * @example
 * const layer = new ReversibleEmbedding(3, 2, { weights: [[0, 0], [1, 2], [3, 4]] });
 * await layer.apply([[[1, 1]]], { reverse: true });     // [[[0, 3, 7]]]
 * @see https://keras.io/keras_hub/api/modeling_layers/reversible_embedding/
 */
export class ReversibleEmbedding extends KerasReversibleEmbedding {
  static readonly kerasModule: string = 'keras_hub.src.layers.modeling.reversible_embedding';

  override apply(inputs: KerasTensor, options?: ReversibleEmbeddingCall<KerasTensor>): KerasTensor;
  override apply(inputs: Value, options?: ReversibleEmbeddingCall<Value>): Value;
  override apply(inputs: TensorLike, options?: ReversibleEmbeddingCall<TensorLike>): Promise<Tensor>;
  /** Calls the layer. */
  override apply(inputs: never, options?: never): never {
    return super.apply(inputs, options) as never;
  }
}
