import { Tensor } from '../../core/tensor.ts';
import { sizeOf } from '../../core/shape.ts';
import { allocate } from '../../core/dtype.ts';
import { world } from '../../core/world.ts';
import type { Batch } from './data-adapters/data-adapter.ts';
import { sliceRows } from './data-adapters/array-slicing.ts';

/** The outputs for all rows of a batch, of which each process has computed its part. */
export async function gatherRows(
  outputs: readonly Tensor[],
  { share }: Pick<Batch, 'share'>,
): Promise<readonly Tensor[]> {
  if (share === undefined) return outputs;
  const gathered: Tensor[] = [];
  for (const output of outputs) {
    const own = sliceRows(output, 0, share.rows).data.slice();
    const parts = await world().allGather(new Uint8Array(own.buffer, own.byteOffset, own.byteLength));
    const row = output.shape.slice(1);
    const all = allocate(output.dtype, share.of * sizeOf(row));
    const bytes = new Uint8Array(all.buffer, all.byteOffset, all.byteLength);
    let offset = 0;
    for (const part of parts) {
      bytes.set(part, offset);
      offset += part.length;
    }
    gathered.push(new Tensor(all, [share.of, ...row], output.dtype));
  }
  return gathered;
}
