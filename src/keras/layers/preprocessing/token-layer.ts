import { NotImplementedError } from '../../../core/errors.ts';
import type { DType } from '../../../core/dtype.ts';
import type { Tree } from '../../../core/tree.ts';
import type { Tensor, TensorLike } from '../../../core/tensor.ts';
import { type Value, isValue } from '../../../compiler/ir/value.ts';
import { type CallDetails, type KerasTensor, isKerasTensor } from '../../ops/base/keras-tensor.ts';
import { checkStrings } from '../../ops/base/node.ts';
import { shapesOf } from '../base/input-shape.ts';
import { type ApplyOptions, type Several, isTreeOf } from '../base/apply-options.ts';
import { Layer } from '../base/layer.ts';
import type { TokenData } from './token-data.ts';

/**
 * The base of the layers of strings and of integers of 64 bits, which graphs do not have: they compute on the host. They are
 * applied to data, `await layer.apply([['a'], ['b']])`, or to the inputs of a model, which applies them as it reads its data.
 */
export abstract class TokenLayer extends Layer {
  override built = true;

  /** Whether symbolic calls accept strings. */
  readonly acceptsStrings: boolean = true;

  /** Computes the result on the host. */
  abstract encode(data: unknown): Tensor;

  /** The dtype of the result. */
  abstract get encodedDType(): DType;

  /** Records a symbolic call, which the model that contains it makes when it reads data. */
  override applySymbolically(inputs: Tree<KerasTensor>, details: CallDetails = {}): Tree<KerasTensor> {
    checkStrings(this, inputs);
    const shape = this.computeOutputShape(shapesOf(inputs, isKerasTensor));
    return this.recordCall(inputs, { shape, dtype: this.encodedDType }, details);
  }

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
      `[${this.who}] strings and their indices are computed before the graph of a model. Apply the layer to an Input of the model, or to the data.`,
    );
  }
}
