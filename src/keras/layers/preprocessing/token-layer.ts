import { NotImplementedError } from '../../../core/errors.ts';
import type { Tensor, TensorLike } from '../../../core/tensor.ts';
import { type Value, isValue } from '../../../compiler/ir/value.ts';
import { type KerasTensor, isKerasTensor } from '../../ops/base/keras-tensor.ts';
import { type ApplyOptions, type Several, isTreeOf } from '../base/apply-options.ts';
import { Layer } from '../base/layer.ts';
import type { TokenData } from './token-data.ts';

/**
 * The base of the layers of strings and of integers of 64 bits, which graphs do not have: they compute on the host. Apply
 * them to data before it enters a model: `await layer.apply([['a'], ['b']])`.
 */
export abstract class TokenLayer extends Layer {
  override built = true;

  /** Computes the result on the host. */
  protected abstract encode(data: unknown): Tensor;

  /** Computes the result for data on the host. */
  override apply(inputs: KerasTensor | Several<KerasTensor>, options?: ApplyOptions<KerasTensor>): KerasTensor;
  /** Computes the result for data on the host. */
  override apply(inputs: Value | Several<Value>, options?: ApplyOptions<Value>): Value;
  /** Computes the result for data on the host. */
  override apply(
    inputs: TensorLike | Several<Tensor> | TokenData | readonly TokenData[],
    options?: ApplyOptions<TensorLike>,
  ): Promise<Tensor>;
  override apply(inputs: unknown, options?: never): never {
    if (isTreeOf(inputs, isKerasTensor) || isTreeOf(inputs, isValue))
      return super.apply(inputs as KerasTensor, options) as never;
    return new Promise((resolve) => resolve(this.encode(inputs))) as never;
  }

  override call(): never {
    throw new NotImplementedError(
      `[${this.who}] strings and their indices are computed before the graph of a model. Apply the layer to the data, and give the result to the model.`,
    );
  }
}
