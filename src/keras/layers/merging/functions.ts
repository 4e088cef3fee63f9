/** Merging layers as functions: `add([a, b])` is `new Add().apply([a, b])`. */
import { ValueError, show } from '../../../core/errors.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { KerasTensor } from '../../ops/base/keras-tensor.ts';
import type { Layer } from '../base/layer.ts';
import { Add, type AddOptions } from './add.ts';
import { Average, type AverageOptions } from './average.ts';
import { Concatenate, type ConcatenateOptions } from './concatenate.ts';
import { Dot, type DotOptions } from './dot.ts';
import { Maximum, type MaximumOptions } from './maximum.ts';
import { Minimum, type MinimumOptions } from './minimum.ts';
import { Multiply, type MultiplyOptions } from './multiply.ts';
import { Subtract, type SubtractOptions } from './subtract.ts';

/** A merging layer as a function. Symbolic tensors and values return their like at once, arrays a promise. */
export interface MergeFunction<Options> {
  (inputs: readonly KerasTensor[], options?: Options): KerasTensor;
  (inputs: readonly Value[], options?: Options): Value;
  (inputs: readonly Tensor[], options?: Options): Promise<Tensor>;
}

function functionOf<Options>(who: string, make: (options: Options | undefined) => Layer): MergeFunction<Options> {
  function merge(inputs: readonly KerasTensor[], options?: Options): KerasTensor;
  function merge(inputs: readonly Value[], options?: Options): Value;
  function merge(inputs: readonly Tensor[], options?: Options): Promise<Tensor>;
  function merge(
    inputs: readonly KerasTensor[] | readonly Value[] | readonly Tensor[],
    options?: Options,
  ): KerasTensor | Value | Promise<Tensor> {
    const given: unknown = inputs;
    if (!Array.isArray(given)) {
      throw new ValueError(`[${who}] inputs must be a list of tensors. Received: ${show(given)}.`);
    }
    // The overloads of `apply` accept one kind of tensor each, its implementation all three.
    return make(options).apply(inputs as readonly KerasTensor[]);
  }
  return merge;
}

/**
 * The sum of inputs: {@link Add} as a function.
 *
 * Shapes: a list of inputs that broadcast → the shape that they broadcast to.
 * @throws ValueError if the shapes do not fit.
 * @example
 * await layers.add([tensor([[1, 2]]), tensor([[3, 5]])]);    // [[4, 7]]
 * @see https://keras.io/api/layers/merging_layers/add/
 */
export const add: MergeFunction<AddOptions> = functionOf('add', (options) => new Add(options));

/**
 * The difference of two inputs: {@link Subtract} as a function.
 *
 * Shapes: a list of two inputs that broadcast → the shape that they broadcast to.
 * @throws ValueError if there are not two, or the shapes do not fit.
 * @example
 * await layers.subtract([tensor([[3, 5]]), tensor([[1, 2]])]);    // [[2, 3]]
 * @see https://keras.io/api/layers/merging_layers/subtract/
 */
export const subtract: MergeFunction<SubtractOptions> = functionOf('subtract', (options) => new Subtract(options));

/**
 * The elementwise product of inputs: {@link Multiply} as a function.
 *
 * Shapes: a list of inputs that broadcast → the shape that they broadcast to.
 * @throws ValueError if the shapes do not fit.
 * @example
 * await layers.multiply([tensor([[1, 2]]), tensor([[3, 5]])]);    // [[3, 10]]
 * @see https://keras.io/api/layers/merging_layers/multiply/
 */
export const multiply: MergeFunction<MultiplyOptions> = functionOf('multiply', (options) => new Multiply(options));

/**
 * The elementwise mean of inputs: {@link Average} as a function.
 *
 * Shapes: a list of inputs that broadcast → the shape that they broadcast to.
 * @throws ValueError if the shapes do not fit.
 * @example
 * await layers.average([tensor([[1, 2]]), tensor([[3, 5]])]);    // [[2, 3.5]]
 * @see https://keras.io/api/layers/merging_layers/average/
 */
export const average: MergeFunction<AverageOptions> = functionOf('average', (options) => new Average(options));

/**
 * The elementwise maximum of inputs: {@link Maximum} as a function.
 *
 * Shapes: a list of inputs that broadcast → the shape that they broadcast to.
 * @throws ValueError if the shapes do not fit.
 * @example
 * await layers.maximum([tensor([[1, 5]]), tensor([[3, 2]])]);    // [[3, 5]]
 * @see https://keras.io/api/layers/merging_layers/maximum/
 */
export const maximum: MergeFunction<MaximumOptions> = functionOf('maximum', (options) => new Maximum(options));

/**
 * The elementwise minimum of inputs: {@link Minimum} as a function.
 *
 * Shapes: a list of inputs that broadcast → the shape that they broadcast to.
 * @throws ValueError if the shapes do not fit.
 * @example
 * await layers.minimum([tensor([[1, 5]]), tensor([[3, 2]])]);    // [[1, 2]]
 * @see https://keras.io/api/layers/merging_layers/minimum/
 */
export const minimum: MergeFunction<MinimumOptions> = functionOf('minimum', (options) => new Minimum(options));

/**
 * Concatenates inputs along an axis: {@link Concatenate} as a function.
 *
 * Shapes: a list of inputs that differ along the axis at most → the sum of their sizes along it.
 * @throws ValueError if the shapes do not fit.
 * @example
 * await layers.concatenate([tensor([[1], [2]]), tensor([[3], [5]])], { axis: -1 });    // [[1, 3], [2, 5]]
 * @see https://keras.io/api/layers/merging_layers/concatenate/
 */
export const concatenate: MergeFunction<ConcatenateOptions> = functionOf(
  'concatenate',
  (options) => new Concatenate(options),
);

/** Options of {@link dot}. */
export interface DotFunctionOptions extends DotOptions {
  /** The axis to sum over, or that of each input. @default -1 */
  axes?: number | readonly number[] | undefined;
}

/**
 * The scalar products of two inputs along an axis of each: {@link Dot} as a function.
 *
 * Shapes: `[batch, …, n]` and `[batch, …′, n]`, with n on any axis but the batch's → `[batch, …, …′]`.
 * @throws ValueError if there are not two, or the axes do not fit.
 * @example
 * await layers.dot([tensor([[1, 2]]), tensor([[3, 5]])]);    // [[13]]
 * @see https://keras.io/api/layers/merging_layers/dot/
 */
export const dot: MergeFunction<DotFunctionOptions> = functionOf('dot', (given) => {
  const { axes, ...options } = given ?? {};
  return new Dot(axes ?? -1, options);
});
