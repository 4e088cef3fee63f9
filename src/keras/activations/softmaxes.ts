import { canonicalAxis } from '../../core/axes.ts';
import { checkOptions } from '../../core/checks.ts';
import type { Value } from '../../compiler/graph/value.ts';
import {
  add,
  divide,
  greater,
  greaterEqual,
  multiply,
  relu,
  stopGradient,
  subtract,
  where,
} from '../ops/elementwise.ts';
import { expandDims } from '../ops/movement.ts';
import { type Operand, castTo, toFloat } from '../ops/operand.ts';
import { logSoftmax as logSoftmaxOp, max, softmax as softmaxOp, sum } from '../ops/reductions.ts';

/**
 * eˣ / Σ eˣ: positive numbers that add up to 1 along an axis, or over several together.
 *
 * Shapes: the output has the shape of x.
 * @throws ValueError if an axis is out of range.
 * @example
 * await jit((x) => softmax(x))([0, Math.log(3)]);   // [0.25, 0.75]
 * @see https://keras.io/api/layers/activations/#softmax-function
 */
export function softmax(
  x: Operand,
  options: { /** The axis, or the axes, that add up to 1. @default -1 */ axis?: number | readonly number[] } = {},
): Value {
  checkOptions('activations.softmax', options, ['axis']);
  return softmaxOp(x, options.axis ?? -1);
}

/**
 * x − log Σ eˣ: the logarithm of softmax, without its loss of precision.
 *
 * Shapes: the output has the shape of x.
 * @throws ValueError if the axis is out of range.
 * @example
 * await jit((x) => logSoftmax(x))([0, 1000]);   // [-1000, 0]
 * @see https://keras.io/api/layers/activations/#log_softmax-function
 */
export function logSoftmax(
  x: Operand,
  options: { /** The axis of the classes. @default -1 */ axis?: number } = {},
): Value {
  checkOptions('activations.logSoftmax', options, ['axis']);
  return logSoftmaxOp(x, options.axis ?? -1);
}

/**
 * The nearest point of the simplex: max(x − τ, 0), with τ such that the outputs add up to 1.
 *
 * Element i is in the support if 1 + kᵢ xᵢ > Sᵢ, where Sᵢ adds up the kᵢ elements that are at least xᵢ; then
 * τ = (Σ over the support of x − 1) / its size. All pairs are compared, so no sort is needed.
 *
 * Shapes: the output has the shape of x. Memory grows with the square of the size of the axis.
 * @throws ValueError if the axis is out of range.
 * @example
 * await jit((x) => sparsemax(x))([[1, 1.5, -1]]);   // [[0.25, 0.75, 0]]
 * @see https://arxiv.org/abs/1602.02068
 */
export function sparsemax(
  x: Operand,
  options: { /** The axis of the classes. @default -1 */ axis?: number } = {},
): Value {
  checkOptions('activations.sparsemax', options, ['axis']);
  const value = toFloat(x);
  const axis = canonicalAxis(options.axis ?? -1, value.rank, 'activations.sparsemax');
  const along = { axis, keepdims: true };
  // A shift changes nothing, and keeps the sums small.
  const shifted = subtract(value, stopGradient(max(value, along)));
  const others = expandDims(shifted, axis);
  const atLeast = greaterEqual(others, expandDims(shifted, axis + 1));
  const count = castTo(sum(atLeast, { axis: axis + 1 }), value.dtype);
  const total = sum(where(atLeast, others, 0), { axis: axis + 1 });
  const support = greater(add(multiply(count, shifted), 1), total);
  const size = castTo(sum(support, along), value.dtype);
  const tau = divide(subtract(sum(where(support, shifted, 0), along), 1), size);
  return relu(subtract(shifted, tau));
}
