import type { KnownShape } from '../../core/shape.ts';
import { type SampledSize, isFixed } from './size-table.ts';

/** The shape of a value at each sample; null where it is not known. */
export type SampledShapes = readonly KnownShape[] | null;

const fixed = (size: number, like: SampledSize): SampledSize => like.map(() => size);

const sizesOn = (data: SampledShapes, axis: number): SampledSize | null =>
  data === null ? null : data.map((shape) => shape[axis] ?? NaN);

const equal = (a: SampledSize, b: SampledSize | null): boolean => b !== null && a.every((size, i) => size === b[i]);

/**
 * The shape of a Reshape with as few sizes as can be: 0 is the size that the operand has on the axis, and −1 is worked
 * out from the others. Both keep what is known of the shapes known to whoever reads the file.
 */
export function reshapeOperand(data: SampledShapes, entries: readonly SampledSize[]): readonly SampledSize[] {
  // An axis of size 0 would mean another thing.
  if (entries.some((sizes) => sizes.includes(0))) return entries;
  const kept = entries.map((sizes, axis) =>
    !isFixed(sizes) && equal(sizes, sizesOn(data, axis)) ? fixed(0, sizes) : sizes,
  );
  const open = kept.findIndex((sizes) => !isFixed(sizes));
  return open === -1 ? kept : kept.with(open, fixed(-1, kept[open] ?? []));
}

/** The shape of an Expand: 1 is the size that the operand has on the axis. */
export function expandOperand(data: SampledShapes, entries: readonly SampledSize[]): readonly SampledSize[] {
  const missing = entries.length - (data?.[0]?.length ?? 0);
  return entries.map((sizes, axis) =>
    axis >= missing && !isFixed(sizes) && equal(sizes, sizesOn(data, axis - missing)) ? fixed(1, sizes) : sizes,
  );
}

/** The largest end that a file can name exactly, which is beyond every axis. */
const END = Number.MAX_SAFE_INTEGER;

/** The ends of a Slice that steps forward, counted from the back where that is the same at all samples. */
export function sliceEnds(
  data: SampledShapes,
  axes: readonly number[],
  entries: readonly SampledSize[],
): readonly SampledSize[] {
  return entries.map((ends, i) => {
    const sizes = sizesOn(data, axes[i] ?? NaN);
    if (isFixed(ends) || sizes === null) return ends;
    const fromBack = ends.map((end, sample) => end - (sizes[sample] ?? NaN));
    const [distance = NaN] = fromBack;
    if (!isFixed(fromBack) || !(distance <= 0)) return ends;
    return fixed(distance === 0 ? END : distance, ends);
  });
}

/** What a window is, as ONNX's attributes say it. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

/** Whether padding is, at every sample, what ONNX calls `SAME_UPPER`: ⌈size / stride⌉ results, the odd zero at the end. */
export function isSameUpper(data: SampledShapes, padding: readonly SampledSize[], window: Window): boolean {
  if (data === null) return false;
  const { kernel, strides, dilations } = window;
  return data.every((shape, sample) =>
    kernel.every((extent, i) => {
      const size = shape[i + 2] ?? NaN;
      const [stride = 1, dilation = 1] = [strides[i], dilations[i]];
      const reach = (extent - 1) * dilation + 1;
      const total = Math.max((Math.ceil(size / stride) - 1) * stride + reach - size, 0);
      const before = Math.floor(total / 2);
      const came = [padding[i]?.[sample], padding[i + kernel.length]?.[sample]];
      // Runtimes refuse the one together with the other.
      return came[0] === before && came[1] === total - before && (dilation === 1 || total === 0);
    }),
  );
}
