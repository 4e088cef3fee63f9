import { Tensor, isTensor } from '../../core/tensor.ts';
import { mapTree } from '../../core/tree.ts';
import type { Io } from './io.ts';
import { withProgress } from './progress.ts';
import type { ReadInputs } from './read-inputs.ts';

/** Batches of inputs, which can be read several times. */
export type Batches = Iterable<readonly [x: ReadInputs['x']]>;

/**
 * Runs an operation on batches of inputs. A progress bar shows each pass over them, and an interrupt ends the pass at the
 * next batch.
 */
export async function withBatches<T>(
  io: Io,
  title: string,
  { x, rows }: ReadInputs,
  batchSize: number,
  work: (batches: Batches) => Promise<T>,
): Promise<T> {
  const count = Math.ceil(rows / batchSize);
  return withProgress(io, title, count, async ({ update }) =>
    work({
      *[Symbol.iterator]() {
        for (let batch = 0; batch < count; batch++) {
          io.signal.throwIfAborted();
          update(batch);
          const [from, to] = [batch * batchSize, Math.min(rows, (batch + 1) * batchSize)];
          yield [mapTree<Tensor, Tensor>(x, isTensor, (all) => sliceRows(all, from, to))] as [ReadInputs['x']];
        }
        update(count);
      },
    }),
  );
}

function sliceRows({ data, shape, dtype }: Tensor, from: number, to: number): Tensor {
  const [rows = 0, ...rest] = shape;
  const size = data.length / Math.max(1, rows);
  return new Tensor(data.subarray(from * size, to * size), [to - from, ...rest], dtype);
}
