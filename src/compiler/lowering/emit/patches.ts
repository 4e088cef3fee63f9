import type { ConvolutionAttributes } from '../../ir/primitives.ts';
import type { EmitContext } from './context.ts';
import { emitPad, emitSlice } from './slices.ts';

/** The input of a convolution, to be cut into patches. */
export interface PatchSource {
  readonly x: string;
  /** [batch, channels, …spatial] */
  readonly shape: readonly number[];
  readonly kernelShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly attributes: ConvolutionAttributes;
}

/** All positions in a kernel, in row-major order. */
export function kernelPositions(kernelShape: readonly number[]): readonly (readonly number[])[] {
  return kernelShape.reduce<readonly (readonly number[])[]>(
    (positions, length) => positions.flatMap((head) => Array.from({ length }, (_, i) => [...head, i])),
    [[]],
  );
}

/**
 * For each position in the kernel, the elements of x that it is multiplied with: `[batch, channels, …outputShape]`.
 * Together they are the columns of im2col, at one memory copy each.
 */
export function emitPatches(context: EmitContext, source: PatchSource): readonly string[] {
  const { attributes, outputShape, kernelShape, shape } = source;
  const { padding, strides, dilations } = attributes;
  const before = [0, 0, ...padding.map(([first]) => first)];
  const after = [0, 0, ...padding.map(([, second]) => second)];
  const padded = emitPad(context, source.x, before, after);
  const axes = kernelShape.map((_, i) => i + 2);
  return kernelPositions(kernelShape).map((position) => {
    const starts = position.map((at, i) => at * (dilations[i] ?? 1));
    const ends = starts.map((start, i) => start + ((outputShape[i] ?? 1) - 1) * (strides[i] ?? 1) + 1);
    const isWhole = starts.every((start, i) => {
      const [first, second] = padding[i] ?? [0, 0];
      return start === 0 && ends[i] === (shape[i + 2] ?? 0) + first + second && strides[i] === 1;
    });
    return isWhole ? padded : emitSlice(context, padded, starts, ends, strides, axes);
  });
}
