import { type DType, allocate } from '../../core/dtype.ts';
import { InternalError } from '../../core/errors.ts';
import { Tensor } from '../../core/tensor.ts';
import type { Communicator, Summable } from '../../core/world.ts';

/** The largest buffer that travels at once, in elements: less than what MPI counts in 32 bits. */
const MAX_ELEMENTS = 2 ** 28;

/**
 * The sums of tensors over the processes of a world. Those of one dtype travel in one buffer, as a message costs as much as
 * thousands of elements.
 */
export async function sumOverWorld(tensors: readonly Tensor[], world: Communicator): Promise<readonly Tensor[]> {
  const dtypes = [...new Set(tensors.map(({ dtype }) => dtype))].sort();
  const sums = [...tensors];
  for (const dtype of dtypes) {
    const buffer = flatten(
      tensors.filter((each) => each.dtype === dtype),
      dtype,
    );
    for (let start = 0; start < buffer.length; start += MAX_ELEMENTS) {
      await world.allReduce(buffer.subarray(start, start + MAX_ELEMENTS));
    }
    let offset = 0;
    for (const [i, { shape, size, dtype: own }] of tensors.entries()) {
      if (own !== dtype) continue;
      sums[i] = new Tensor(buffer.subarray(offset, offset + size), shape, dtype);
      offset += size;
    }
  }
  return sums;
}

function flatten(members: readonly Tensor[], dtype: DType): Summable {
  const buffer = allocate(
    dtype,
    members.reduce((sum, { size }) => sum + size, 0),
  );
  if (buffer instanceof Uint8Array) throw new InternalError(`a sum of ${dtype} over processes.`);
  let offset = 0;
  for (const { data, size } of members) {
    buffer.set(data, offset);
    offset += size;
  }
  return buffer;
}
