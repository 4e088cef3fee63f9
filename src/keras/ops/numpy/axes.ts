import type { DType } from '../../../core/dtype.ts';
import { ValueError } from '../../../core/errors.ts';
import { type Shape, showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';

/** The size of an axis, which must be known. */
export function knownSizeOf(who: string, { shape }: Value, axis: number): number {
  const size = shape[axis] ?? null;
  if (size !== null) return size;
  throw new ValueError(
    `[${who}] the size of the axis must be known. Received: axis=${axis} of shape ${showShape(shape)}.`,
  );
}

/** x with the slices along several axes repeated: an axis of size 1 after each is broadcast, then joined with it. */
export function repeatAxes(x: Value, factors: ReadonlyMap<number, number>): Value {
  const separated: (number | null)[] = [];
  const repeated: (number | null)[] = [];
  for (const [axis, size] of x.shape.entries()) {
    const factor = factors.get(axis) ?? 1;
    separated.push(size, ...(factor === 1 ? [] : [1]));
    repeated.push(size, ...(factor === 1 ? [] : [factor]));
  }
  const shape = x.shape.map((size, axis) => (size === null ? null : size * (factors.get(axis) ?? 1)));
  return build.reshape(build.broadcastTo(build.reshape(x, separated), repeated), shape);
}

/** A value of a shape, which may have unknown sizes: what a function returns while a model is described. */
export const valueOf = (shape: Shape, dtype: DType): Value => build.broadcastTo(constant(0, dtype), shape);

/** The integers from 0 below `count`, as int32. */
export const iota = (count: number): Value => constant(Int32Array.from({ length: count }, (_, i) => i));

/** The elements of x from `start` to `end` along an axis. */
export function cut(x: Value, axis: number, start: number, end: number): Value {
  return build.slice(
    x,
    x.shape.map((_, i) => (i === axis ? start : 0)),
    x.shape.map((_, i) => (i === axis ? end : Infinity)),
  );
}

/** x with an axis moved to the end. */
export function axisLast(x: Value, axis: number): Value {
  const others = x.shape.map((_, i) => i).filter((i) => i !== axis);
  return build.transpose(x, [...others, axis]);
}

/** The inverse of {@link axisLast}. */
export function axisBack(x: Value, axis: number): Value {
  const order = x.shape.map((_, i) => i).slice(0, -1);
  return build.transpose(x, order.toSpliced(axis, 0, x.rank - 1));
}
