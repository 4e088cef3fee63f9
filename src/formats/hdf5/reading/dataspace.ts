import type { Cursor } from './source.ts';

/** HDF5's own limit on axes. */
const MOST_AXES = 32;

/** Reads a shape: [] for a scalar, undefined for no elements at all (h5py's Empty). */
export function readDataspace(cursor: Cursor): number[] | undefined {
  const version = cursor.expect('dataspace version', cursor.byte(), [1, 2]);
  const rank = cursor.byte();
  if (rank > MOST_AXES) throw cursor.problem(`${rank} axes`);
  cursor.skip(1);
  const kind = cursor.byte();
  if (version === 1) cursor.skip(4);
  else if (cursor.expect('dataspace type', kind, [0, 1, 2]) === 2) return undefined;
  const shape = Array.from({ length: rank }, () => cursor.length());
  // The greatest sizes follow, which matter to writers alone.
  return shape;
}

/** How many elements a shape has; finite and exact, or an error. */
export function countElements(cursor: Cursor, shape: readonly number[]): number {
  let count = 1;
  for (const size of shape) count *= size;
  // A zero among sizes whose product overflows still means no elements.
  if (shape.includes(0)) return 0;
  if (!Number.isSafeInteger(count)) throw cursor.problem(`a shape of ${count} elements`);
  return count;
}
