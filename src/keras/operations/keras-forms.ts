import { canonicalAxes } from '../../core/axes.ts';
import type { Shape } from '../../core/shape.ts';
import type { Value } from '../../compiler/graph/value.ts';
import * as ops from '../ops/index.ts';
import { castTo, toValue } from '../ops/operand.ts';

/** A shape as a config has it: Keras writes -1, or null, for the size that is worked out. */
export function reshapeTo(x: ops.Operand, shape: Shape): Shape {
  const unknown = toValue(x).shape.filter((size) => size === null).length;
  const nulls = shape.filter((size) => size === null).length;
  return nulls === 1 && !shape.includes(-1) && unknown === 0 ? shape.map((size) => size ?? -1) : shape;
}

/** New axes of size 1 at places of the result. */
export function expandAll(x: ops.Operand, axis: number | readonly number[]): Value {
  if (typeof axis === 'number') return ops.expandDims(x, axis);
  const value = toValue(x);
  const places = [...canonicalAxes(axis, value.rank + axis.length, 'ops.expandDims')].sort((a, b) => a - b);
  return places.reduce<Value>((expanded, place) => ops.expandDims(expanded, place), value);
}

/** Without an axis, the elements one by one. */
export function repeatAlong(x: ops.Operand, repeats: number, axis: number | null): Value {
  return axis === null ? ops.repeat(ops.reshape(x, [-1]), repeats, 0) : ops.repeat(x, repeats, axis);
}

/** Padding with a number: what is padded with zeros lies so much above. */
export function padWith(
  x: ops.Operand,
  width: readonly (readonly [number, number])[],
  constant: ops.Operand | undefined,
): Value {
  const value = toValue(x);
  if (constant === undefined || constant === 0) return ops.pad(value, width);
  const inside = ops.pad(ops.onesLike(value), width);
  return ops.where(castTo(inside, 'bool'), ops.pad(value, width), castTo(toValue(constant), value.dtype));
}
