import { type Shape, sameShape } from '../../core/shape.ts';
import { constant } from '../graph/leaves.ts';
import { createNode } from '../graph/node.ts';
import type { Value } from '../ir/value.ts';
import { type Operand, castTo, toValue, unify } from './operand.ts';

/** The same elements, in the same order, in another shape. */
export function reshape(x: Operand, shape: Shape): Value {
  const value = toValue(x);
  return sameShape(value.shape, shape) ? value : createNode('reshape', [value], { shape })[0];
}

/** The axes reordered: output axis i is input axis `permutation[i]`. */
export function transpose(x: Operand, permutation: readonly number[]): Value {
  const value = toValue(x);
  const isIdentity = permutation.length === value.rank && permutation.every((axis, i) => axis === i);
  return isIdentity ? value : createNode('transpose', [value], { permutation })[0];
}

/** x repeated along axes of size 1, and along new leading axes, to a shape. */
export function broadcastTo(x: Operand, shape: Shape): Value {
  const value = toValue(x);
  return sameShape(value.shape, shape) ? value : createNode('broadcastTo', [value], { shape })[0];
}

/** The elements from `starts` (inclusive) to `ends` (exclusive) on each axis. `Infinity` stands for the end of an axis. */
export function slice(
  x: Operand,
  starts: readonly number[],
  ends: readonly number[],
  strides: readonly number[] = starts.map(() => 1),
): Value {
  const value = toValue(x);
  const limits = ends.map((end, i) => Math.min(end, value.shape[i] ?? Infinity));
  return createNode('slice', [value], { starts, ends: limits, strides })[0];
}

/** The slices of x at integer indices along an axis. */
export function gather(x: Operand, indices: Operand, axis: number): Value {
  return createNode('gather', [toValue(x), castTo(toValue(indices), 'int32')], { axis })[0];
}

/** A value of the shape and the type of x, filled with one number. */
export function fullLike(x: Operand, fill: number): Value {
  const { shape, dtype } = toValue(x);
  return broadcastTo(constant(fill, dtype), shape);
}

/** Values of one type joined along an axis. */
export function concatenate(values: readonly [Operand, ...Operand[]], axis: number): Value {
  return createNode('concatenate', unify(values), { axis })[0];
}
