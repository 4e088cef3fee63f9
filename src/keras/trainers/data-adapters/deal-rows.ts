import { dataParallelism, partOf, world } from '../../../core/world.ts';
import { sliceRows } from './array-slicing.ts';
import type { Batch } from './data-adapter.ts';

/** The rows of a batch that this process has. */
export interface DealtRows {
  readonly start: number;
  readonly end: number;
  /** The number of them that count: 0 if there are fewer rows than processes, and this one has a row that does not count. */
  readonly rows: number;
}

/** The rows of a batch, `start` to `end` (exclusive), that this process has; null if it has all of them. */
export function dealRows(start: number, end: number): DealtRows | null {
  if (dataParallelism() === null) return null;
  const [first, last] = partOf(end - start, world());
  // Programs have at least one row; the row of an empty part has the weight 0.
  return { start: start + first, end: start + Math.max(last, first + 1), rows: last - first };
}

/** The part of a batch of all processes that this one has. */
export function dealBatch(batch: Batch): Batch {
  const dealt = dealRows(0, batch.size);
  if (dealt === null) return batch;
  const { start, end, rows } = dealt;
  const at = Math.min(start, batch.size - 1);
  return { ...sliceBatch(batch, at, at + (end - start)), share: { rows, of: batch.size } };
}

/** The rows `start` to `end` (exclusive) of a batch, sharing its memory. */
export function sliceBatch({ x, y, sampleWeight, structure }: Batch, start: number, end: number): Batch {
  const slice = (source: Batch['x'][number]): Batch['x'][number] => sliceRows(source, start, end);
  return {
    x: x.map(slice),
    y: y.map(slice),
    sampleWeight: sampleWeight.map(slice),
    structure,
    size: end - start,
  };
}
