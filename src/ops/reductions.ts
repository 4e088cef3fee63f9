import { canonicalAxes, canonicalAxis } from '../core/axes.ts';
import { createNode } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import { divide, multiply, subtract } from './elementwise.ts';
import { type Operand, castTo, toFloat, toValue } from './operand.ts';

/** What to reduce over: one axis, several, or (absent or null) all of them. */
export type Axis = number | readonly number[] | null;

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
  const axes = axesOf(options.axis, value.rank, who);
  if (axes.length === 0) return value;
  return createNode(primitive, [value], { axes, keepDims: options.keepdims ?? false })[0];
}

/** Σ x over axes. Truth values are counted, as int32. */
export function sum(x: Operand, options: ReductionOptions = {}): Value {
  const value = toValue(x);
  const counted = value.dtype === 'bool' || value.dtype === 'uint8' ? castTo(value, 'int32') : value;
  return reduce('reduceSum', 'ops.sum', counted, options);
}

/** The mean over axes. */
export const mean = (x: Operand, options: ReductionOptions = {}): Value =>
  reduce('reduceMean', 'ops.mean', toFloat(x), options);

/** The greatest element over axes. */
export const max = (x: Operand, options: ReductionOptions = {}): Value =>
  reduce('reduceMax', 'ops.max', toValue(x), options);

/** The least element over axes. */
export const min = (x: Operand, options: ReductionOptions = {}): Value =>
  reduce('reduceMin', 'ops.min', toValue(x), options);

/** Whether all hold, over axes. */
export const all = (x: Operand, options: ReductionOptions = {}): Value =>
  castTo(reduce('reduceMin', 'ops.all', castTo(castTo(toValue(x), 'bool'), 'int32'), options), 'bool');

/** Whether any holds, over axes. */
export const any = (x: Operand, options: ReductionOptions = {}): Value =>
  castTo(reduce('reduceMax', 'ops.any', castTo(castTo(toValue(x), 'bool'), 'int32'), options), 'bool');

/** The population variance over axes, Σ(x − μ)² / N, computed in two passes. */
export function variance(x: Operand, options: ReductionOptions = {}): Value {
  const value = toFloat(x);
  const centred = subtract(value, mean(value, { ...options, keepdims: true }));
  return mean(multiply(centred, centred), options);
}

/** The int32 index of the first greatest element along an axis. */
export function argmax(x: Operand, axis = -1, options: { keepdims?: boolean } = {}): Value {
  const value = toValue(x);
  const at = canonicalAxis(axis, value.rank, 'ops.argmax');
  return createNode('argMax', [value], { axis: at, keepDims: options.keepdims ?? false })[0];
}

/** eˣ / Σ eˣ along an axis, or over several together. */
export function softmax(x: Operand, axis: number | readonly number[] = -1): Value {
  const value = toFloat(x);
  const axes = canonicalAxes(axis, value.rank, 'ops.softmax');
  const [first] = axes;
  if (first !== undefined && axes.length === 1) return createNode('softmax', [value], { axis: first })[0];
  return softmaxOver(value, axes);
}

/** log softmax(x), without the loss of precision of computing it in two steps. */
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
