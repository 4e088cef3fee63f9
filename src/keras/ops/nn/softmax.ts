import { canonicalAxes, canonicalAxis } from '../../../core/axes.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat } from '../../../compiler/builder/operand.ts';
import { createNode } from '../../../compiler/graph/node.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import { expandDims } from '../numpy/manipulation.ts';

/** Options of {@link softmax}. */
export interface SoftmaxOptions {
  /** The axis, or the axes, along which the result sums to 1; null for all axes. @default -1 */
  axis?: number | readonly number[] | null;
}

/**
 * eˣ / Σ eˣ along an axis, or over several axes together. The maximum is subtracted first, so that nothing overflows.
 *
 * Shapes: the result has the shape of x.
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.softmax(x))([0, Math.log(3)]);   // [0.25, 0.75]
 * @see https://keras.io/api/ops/nn/#softmax-function
 */
export const softmax: Symbolic<(x: Operand, options?: SoftmaxOptions) => Value> = op(
  'nn.Softmax',
  ['x'],
  { axis: -1 },
  (x: Operand, { axis = -1 }: SoftmaxOptions = {}): Value => {
    const value = toFloat(x);
    const axes = canonicalAxes(axis ?? value.shape.map((_, i) => i), value.rank, 'ops.softmax');
    const [first] = axes;
    if (first !== undefined && axes.length === 1) return createNode('softmax', [value], { axis: first })[0];
    const over = { axes: [...axes].sort((a, b) => a - b), keepDims: true };
    const raised = build.exp(build.subtract(value, build.stopGradient(build.max(value, over))));
    return build.divide(raised, build.sum(raised, over));
  },
);

/** Options of {@link sparsemax}. */
export interface ClassAxisOptions {
  /** The axis of the classes. @default -1 */
  axis?: number;
}

type ClassOp = Symbolic<(x: Operand, options?: ClassAxisOptions) => Value>;

/**
 * ln softmax(x) = x − ln Σ eˣ along an axis, or over several axes together, without the loss of precision of two separate steps.
 *
 * Shapes: the result has the shape of x.
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.logSoftmax(x))([0, 1000]);   // [-1000, 0]
 * @see https://keras.io/api/ops/nn/#log_softmax-function
 */
export const logSoftmax: Symbolic<(x: Operand, options?: SoftmaxOptions) => Value> = op(
  'nn.LogSoftmax',
  ['x'],
  { axis: -1 },
  (x: Operand, { axis = -1 }: SoftmaxOptions = {}): Value => {
    const value = toFloat(x);
    const axes = canonicalAxes(axis ?? value.shape.map((_, i) => i), value.rank, 'ops.logSoftmax');
    const [first] = axes;
    if (first !== undefined && axes.length === 1) return createNode('logSoftmax', [value], { axis: first })[0];
    const over = { axes: [...axes].sort((a, b) => a - b), keepDims: true };
    const shifted = build.subtract(value, build.stopGradient(build.max(value, over)));
    return build.subtract(shifted, build.log(build.sum(build.exp(shifted), over)));
  },
);

/**
 * The projection of x onto the simplex: max(x − τ, 0), with τ such that the result sums to 1 along an axis.
 *
 * Element i is in the support if 1 + kᵢ xᵢ > Sᵢ, where Sᵢ is the sum of the kᵢ elements ≥ xᵢ; then
 * τ = (Σ over the support of x − 1) / its size. All pairs are compared, so no sort is needed.
 *
 * Shapes: the result has the shape of x. Memory grows with the square of the size of the axis.
 * @throws ValueError if the axis is out of range.
 * @example
 * await jit((x) => ops.sparsemax(x))([[1, 1.5, -1]]);   // [[0.25, 0.75, 0]]
 * @see https://arxiv.org/abs/1602.02068
 */
export const sparsemax: ClassOp = op(
  'nn.Sparsemax',
  ['x'],
  { axis: -1 },
  (x: Operand, options: ClassAxisOptions = {}): Value => {
    const value = toFloat(x);
    const axis = canonicalAxis(options.axis ?? -1, value.rank, 'ops.sparsemax');
    const along = { axes: [axis], keepDims: true };
    // A shift does not change the result, and keeps the sums small.
    const shifted = build.subtract(value, build.stopGradient(build.max(value, along)));
    const pairs = expandDims(shifted, axis);
    const atLeast = build.greaterEqual(pairs, expandDims(shifted, axis + 1));
    const count = castTo(build.sum(atLeast, { axes: [axis + 1] }), value.dtype);
    const total = build.sum(build.where(atLeast, pairs, 0), { axes: [axis + 1] });
    const support = build.greater(build.add(build.multiply(count, shifted), 1), total);
    const size = castTo(build.sum(support, along), value.dtype);
    const tau = build.divide(build.subtract(build.sum(build.where(support, shifted, 0), along), 1), size);
    return build.relu(build.subtract(shifted, tau));
  },
);
