import type { EmitContext } from '../context.ts';
import { emitSlice } from '../slices.ts';
import { emitTranspose, untransposed } from '../transposition.ts';

/** [out, in / groups, …] → [in, out / groups, …], the spatial positions mirrored. */
export function flipKernel(
  context: EmitContext,
  kernel: string,
  shape: readonly number[],
  groups: number,
): { name: string; shape: readonly number[] } {
  const { builder } = context;
  const [filters, channels, ...spatial] = [shape[0] ?? 1, shape[1] ?? 1, ...shape.slice(2)];
  const steps = spatial.map(() => -1);
  const ends = spatial.map(() => -(2 ** 31));
  // Kernels have the spatial axes first in Keras: mirrored there, whole rows are copied.
  const before = untransposed(builder, kernel, shape);
  const [filterAxis = 0, channelAxis = 1, ...axes] = before.perm;
  const mirrored = spatial.every((length) => length === 1)
    ? before.source
    : emitSlice(context, before.source, steps, ends, steps, axes);
  const flippedShape = [channels * groups, filters / groups, ...spatial];
  if (groups === 1) {
    return {
      name: emitTranspose(context, mirrored, before.shape, [channelAxis, filterAxis, ...axes]),
      shape: flippedShape,
    };
  }
  const isTransposed = before.source !== kernel;
  const ordered = isTransposed ? emitTranspose(context, mirrored, before.shape, before.perm) : mirrored;
  const splitShape = [groups, filters / groups, channels, ...spatial];
  const perm = [0, 2, 1, ...spatial.map((_, i) => i + 3)];
  const swapped = emitTranspose(context, builder.reshape(ordered, splitShape), splitShape, perm);
  return { name: builder.reshape(swapped, flippedShape), shape: flippedShape };
}
