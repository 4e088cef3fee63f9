import type { EmitContext } from '../context.ts';
import { emitSlice } from '../slices.ts';

/** [out, in / groups, …] → [in, out / groups, …], the spatial positions mirrored. */
export function flipKernel(
  context: EmitContext,
  kernel: string,
  shape: readonly number[],
  groups: number,
): { name: string; shape: readonly number[] } {
  const { builder } = context;
  const [filters, channels, ...spatial] = [shape[0] ?? 1, shape[1] ?? 1, ...shape.slice(2)];
  const axes = spatial.map((_, i) => i + 2);
  const steps = spatial.map(() => -1);
  const ends = spatial.map(() => -(2 ** 31));
  const mirrored = spatial.every((length) => length === 1)
    ? kernel
    : emitSlice(context, kernel, steps, ends, steps, axes);
  const flippedShape = [channels * groups, filters / groups, ...spatial];
  if (groups === 1) {
    return {
      name: builder.emit('Transpose', [mirrored], { attributes: { perm: [1, 0, ...axes] } }),
      shape: flippedShape,
    };
  }
  const split = builder.reshape(mirrored, [groups, filters / groups, channels, ...spatial]);
  const perm = [0, 2, 1, ...spatial.map((_, i) => i + 3)];
  return {
    name: builder.reshape(builder.emit('Transpose', [split], { attributes: { perm } }), flippedShape),
    shape: flippedShape,
  };
}
