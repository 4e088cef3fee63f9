import { type DType, allocate } from '../../core/dtype.ts';
import { InternalError } from '../../core/errors.ts';
import { sameShape } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import type { Communicator, Summable } from '../../core/world.ts';

/** The largest buffer that travels at once, in elements: less than what MPI counts in 32 bits. */
const MAX_ELEMENTS = 2 ** 28;

/** The tensors of one dtype, in one buffer. */
interface Group {
  readonly buffer: Summable;
  /** The position of each tensor in the list, with its place in the buffer. */
  readonly members: readonly { readonly position: number; readonly offset: number }[];
}

/** The memory for sums of tensors of given types. */
interface Layout {
  readonly types: readonly Type[];
  readonly groups: readonly Group[];
  /** The sums, in the memory of the buffers. */
  readonly sums: readonly Tensor[];
}

type Type = Pick<Tensor, 'shape' | 'dtype'>;

/**
 * Sums of tensors over the processes of a world. Those of one dtype travel in one buffer, as a message costs as much as thousands
 * of elements. The buffers are kept for the next time.
 */
export class Exchange {
  #layout: Layout | null = null;

  /** The sums of tensors, in memory that the next call writes to. */
  async sum(tensors: readonly Tensor[], world: Communicator): Promise<readonly Tensor[]> {
    const { groups, sums } = this.#layoutFor(tensors);
    for (const { buffer, members } of groups) {
      for (const { position, offset } of members) {
        const tensor = tensors[position];
        if (tensor !== undefined) buffer.set(tensor.data, offset);
      }
    }
    // All of them begin at once, as other messages may follow while these travel.
    const parts = groups.flatMap(({ buffer }) =>
      Array.from({ length: Math.ceil(buffer.length / MAX_ELEMENTS) }, (_, i) =>
        buffer.subarray(i * MAX_ELEMENTS, (i + 1) * MAX_ELEMENTS),
      ),
    );
    await Promise.all(parts.map((part) => world.allReduce(part)));
    return sums;
  }

  #layoutFor(tensors: readonly Tensor[]): Layout {
    const known = this.#layout;
    if (known?.types.length === tensors.length && tensors.every((tensor, i) => isOfType(tensor, known.types[i]))) {
      return known;
    }
    this.#layout = layoutOf(tensors);
    return this.#layout;
  }
}

const isOfType = (tensor: Tensor, type: Type | undefined): boolean =>
  tensor.dtype === type?.dtype && sameShape(tensor.shape, type.shape);

function layoutOf(tensors: readonly Tensor[]): Layout {
  const dtypes = [...new Set(tensors.map(({ dtype }) => dtype))].sort();
  const sums = [...tensors];
  const groups = dtypes.map((dtype): Group => {
    const positions = [...tensors.keys()].filter((i) => tensors[i]?.dtype === dtype);
    const sizes = positions.map((i) => tensors[i]?.size ?? 0);
    const buffer = summable(
      dtype,
      sizes.reduce((sum, size) => sum + size, 0),
    );
    let end = 0;
    const members = positions.map((position, i) => {
      const offset = end;
      end += sizes[i] ?? 0;
      sums[position] = new Tensor(buffer.subarray(offset, end), tensors[position]?.shape ?? [], dtype);
      return { position, offset };
    });
    return { buffer, members };
  });
  return { types: tensors.map(({ shape, dtype }) => ({ shape, dtype })), groups, sums };
}

function summable(dtype: DType, size: number): Summable {
  const buffer = allocate(dtype, size);
  if (buffer instanceof Uint8Array) throw new InternalError(`a sum of ${dtype} over processes.`);
  return buffer;
}
