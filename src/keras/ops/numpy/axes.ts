import { ValueError } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
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
