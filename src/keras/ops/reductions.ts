import { canonicalAxes, canonicalAxis } from '../../core/axes.ts';
import { checkOptions } from '../../core/checks.ts';
import { createNode } from '../../compiler/graph/node.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { divide, multiply, subtract } from './elementwise.ts';
import { reshape } from './movement.ts';
import { type Operand, castTo, toFloat, toValue } from './operand.ts';

/** What to reduce over: one axis, several, or (absent or null) all of them. */
export type Axis = number | readonly number[] | null;

/** Options of the functions that reduce over axes. */
export interface ReductionOptions {
  /** The axes to reduce over, negative ones counted from the back. @default null, all */
  axis?: Axis;
  /** Keep reduced axes with size 1. @default false */
  keepdims?: boolean;
}

type Reduction = 'reduceSum' | 'reduceMean' | 'reduceMax' | 'reduceMin';

function axesOf(axis: Axis | undefined, rank: number, who: string): readonly number[] {
  if (axis === undefined || axis === null) return Array.from({ length: rank }, (_, i) => i);
  return [...canonicalAxes(axis, rank, who)].sort((a, b) => a - b);
}

function reduce(primitive: Reduction, who: string, value: Value, options: ReductionOptions): Value {
  checkOptions(who, options, ['axis', 'keepdims']);
  const axes = axesOf(options.axis, value.rank, who);
  if (axes.length === 0) return value;
  return createNode(primitive, [value], { axes, keepDims: options.keepdims ?? false })[0];
}

/**
 * Σ x over axes. Truth values are counted, as int32.
 *
 * @throws ValueError if an axis is out of range or named twice.
 * @example
 * await jit((x) => ops.sum(x))([[1, 2], [3, 4]]);   // 10
 * await jit((x) => ops.sum(x, { axis: 0 }))([[1, 2], [3, 4]]);   // [4, 6]
 * @see https://keras.io/api/ops/numpy/#sum-function
 */
export function sum(x: Operand, options: ReductionOptions = {}): Value {
  const value = toValue(x);
  const counted = value.dtype === 'bool' || value.dtype === 'uint8' ? castTo(value, 'int32') : value;
  return reduce('reduceSum', 'ops.sum', counted, options);
}

/**
 * Σ x / N over axes, in a floating type.
 *
 * @throws ValueError if an axis is out of range or named twice.
 * @example
 * await jit((x) => ops.mean(x, { axis: -1, keepdims: true }))([[1, 2], [3, 5]]);   // [[1.5], [4]]
 * @see https://keras.io/api/ops/numpy/#mean-function
 */
export const mean = (x: Operand, options: ReductionOptions = {}): Value =>
  reduce('reduceMean', 'ops.mean', toFloat(x), options);

/**
 * The greatest element over axes. Where several are greatest, they share the gradient.
 *
 * @throws ValueError if an axis is out of range or named twice.
 * @example
 * await jit((x) => ops.max(x, { axis: 0 }))([[1, 4], [3, 2]]);   // [3, 4]
 * @see https://keras.io/api/ops/numpy/#max-function
 */
export const max = (x: Operand, options: ReductionOptions = {}): Value =>
  reduce('reduceMax', 'ops.max', toValue(x), options);

/**
 * The least element over axes. Where several are least, they share the gradient.
 *
 * @throws ValueError if an axis is out of range or named twice.
 * @example
 * await jit((x) => ops.min(x, { axis: 0 }))([[1, 4], [3, 2]]);   // [1, 2]
 * @see https://keras.io/api/ops/numpy/#min-function
 */
export const min = (x: Operand, options: ReductionOptions = {}): Value =>
  reduce('reduceMin', 'ops.min', toValue(x), options);

/**
 * Whether all hold, over axes; all but 0 holds. Truth values are 0 and 1.
 *
 * @throws ValueError if an axis is out of range or named twice.
 * @example
 * await jit((x) => ops.all(x, { axis: 1 }))([[1, 0], [1, 1]]);   // [0, 1]
 * @see https://keras.io/api/ops/numpy/#all-function
 */
export const all = (x: Operand, options: ReductionOptions = {}): Value =>
  castTo(reduce('reduceMin', 'ops.all', castTo(castTo(toValue(x), 'bool'), 'int32'), options), 'bool');

/**
 * Whether any holds, over axes; all but 0 holds. Truth values are 0 and 1.
 *
 * @throws ValueError if an axis is out of range or named twice.
 * @example
 * await jit((x) => ops.any(x, { axis: 1 }))([[1, 0], [0, 0]]);   // [1, 0]
 * @see https://keras.io/api/ops/numpy/#any-function
 */
export const any = (x: Operand, options: ReductionOptions = {}): Value =>
  castTo(reduce('reduceMax', 'ops.any', castTo(castTo(toValue(x), 'bool'), 'int32'), options), 'bool');

/**
 * The population variance over axes, computed in two passes:
 *
 *     σ² = Σ(x − μ)² / N        μ = Σx / N
 *
 * Keras's name for it is `var`, a reserved word here.
 *
 * @throws ValueError if an axis is out of range or named twice.
 * @example
 * await jit((x) => ops.variance(x))([1, 2, 3, 4]);   // 1.25
 * @see https://keras.io/api/ops/numpy/#var-function
 */
export function variance(x: Operand, options: ReductionOptions = {}): Value {
  const value = toFloat(x);
  const centred = subtract(value, mean(value, { ...options, keepdims: true }));
  return mean(multiply(centred, centred), options);
}

/**
 * The int32 index of the first greatest element along an axis; without one among all elements, as they lie in memory.
 *
 * Shapes: x without the axis, or a scalar; with `keepdims`, axes that are gone have size 1.
 *
 * @throws ValueError if the axis is out of range.
 * @example
 * await jit((x) => ops.argmax(x, -1))([[1, 5, 2], [9, 0, 9]]);   // [1, 0]
 * await jit((x) => ops.argmax(x))([[1, 5, 2], [9, 0, 9]]);       // 3
 * @see https://keras.io/api/ops/numpy/#argmax-function
 */
export function argmax(
  x: Operand,
  axis: number | null = null,
  options: { /** Keep the axis with size 1. @default false */ keepdims?: boolean } = {},
): Value {
  const value = toValue(x);
  checkOptions('ops.argmax', options, ['keepdims']);
  const keepDims = options.keepdims ?? false;
  if (axis === null) {
    const [place] = createNode('argMax', [reshape(value, [-1])], { axis: 0, keepDims: false });
    return keepDims ? reshape(place, new Array<number>(value.rank).fill(1)) : place;
  }
  return createNode('argMax', [value], { axis: canonicalAxis(axis, value.rank, 'ops.argmax'), keepDims })[0];
}

/**
 * eˣ / Σ eˣ along an axis, or over several together. The greatest element is subtracted first, so that nothing overflows.
 *
 * @throws ValueError if an axis is out of range or named twice.
 * @example
 * await jit((x) => ops.softmax(x))([0, Math.log(3)]);   // [0.25, 0.75]
 * @see https://keras.io/api/ops/nn/#softmax-function
 */
export function softmax(x: Operand, axis: number | readonly number[] = -1): Value {
  const value = toFloat(x);
  const axes = canonicalAxes(axis, value.rank, 'ops.softmax');
  const [first] = axes;
  if (first !== undefined && axes.length === 1) return createNode('softmax', [value], { axis: first })[0];
  return softmaxOver(value, axes);
}

/**
 * log softmax(x) = x − log Σ eˣ along an axis, without the loss of precision of computing it in two steps.
 *
 * @throws ValueError if the axis is out of range.
 * @example
 * await jit((x) => ops.logSoftmax(x))([0, 1000]);   // [-1000, 0]
 * @see https://keras.io/api/ops/nn/#log_softmax-function
 */
export function logSoftmax(x: Operand, axis = -1): Value {
  const value = toFloat(x);
  return createNode('logSoftmax', [value], { axis: canonicalAxis(axis, value.rank, 'ops.logSoftmax') })[0];
}

function softmaxOver(value: Value, axes: readonly number[]): Value {
  const options = { axis: axes, keepdims: true };
  const shifted = subtract(value, createNode('stopGradient', [max(value, options)], {})[0]);
  const raised = createNode('exp', [shifted], {})[0];
  return divide(raised, sum(raised, options));
}
