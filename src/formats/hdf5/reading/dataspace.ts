import type { Cursor } from './source.ts';

/** HDF5's maximum number of axes. */
const MOST_AXES = 32;

/** Reads a shape: [] for a scalar, undefined for a null dataspace (h5py's Empty). */
export function readDataspace(cursor: Cursor): number[] | undefined {
  const version = cursor.expect('dataspace version', cursor.byte(), [1, 2]);
  const rank = cursor.byte();
  if (rank > MOST_AXES) throw cursor.problem(`${rank} axes`);
  cursor.skip(1);
  const kind = cursor.byte();
  if (version === 1) cursor.skip(4);
  else if (cursor.expect('dataspace type', kind, [0, 1, 2]) === 2) return undefined;
  const shape = Array.from({ length: rank }, () => cursor.length());
  // The maximum sizes follow; only writers need them.
  return shape;
}

/** The number of elements of a shape. Throws if it is not a safe integer. */
export function countElements(cursor: Cursor, shape: readonly number[]): number {
  let count = 1;
  for (const size of shape) count *= size;
  // A shape with a zero has no elements, even if the product of its other sizes overflows.
  if (shape.includes(0)) return 0;
  if (!Number.isSafeInteger(count)) throw cursor.problem(`a shape of ${count} elements`);
  return count;
}
