import type { Value } from '../../compiler/graph/value.ts';
import { negative, notEqual, sqrt, subtract } from './elementwise.ts';
import type { Operand } from './operand.ts';
import { type Axis, type ReductionOptions, argmax, max, min, sum, variance } from './reductions.ts';

/**
 * The population's standard deviation over axes: √variance.
 * @throws ValueError if an axis is out of range or named twice.
 * @example
 * await jit((x) => ops.std(x))([1, 3]);   // 1
 * @see https://keras.io/api/ops/numpy/#std-function
 */
export const std = (x: Operand, options: ReductionOptions = {}): Value => sqrt(variance(x, options));

/**
 * The greatest element over axes less the least.
 * @throws ValueError if an axis is out of range or named twice.
 * @example
 * await jit((x) => ops.ptp(x, { axis: 1 }))([[1, 5], [3, 3]]);   // [4, 0]
 * @see https://keras.io/api/ops/numpy/
 */
export const ptp = (x: Operand, options: ReductionOptions = {}): Value => subtract(max(x, options), min(x, options));

/**
 * How many elements are not 0, over axes; an int32.
 * @throws ValueError if an axis is out of range or named twice.
 * @example
 * await jit((x) => ops.countNonzero(x, 1))([[1, 0, 2], [0, 0, 0]]);   // [2, 0]
 * @see https://keras.io/api/ops/numpy/#count_nonzero-function
 */
export const countNonzero = (x: Operand, axis: Axis = null): Value => sum(notEqual(x, 0), { axis });

/**
 * The place of the first least element along an axis, as int32; without one among all elements.
 * @throws ValueError if the axis is out of range.
 * @example
 * await jit((x) => ops.argmin(x, 1))([[3, 1, 2], [0, 5, 0]]);   // [1, 0]
 * @see https://keras.io/api/ops/numpy/#argmin-function
 */
export function argmin(
  x: Operand,
  axis: number | null = null,
  options: { /** Keep the axis with size 1. @default false */ keepdims?: boolean } = {},
): Value {
  return argmax(negative(x), axis, options);
}
