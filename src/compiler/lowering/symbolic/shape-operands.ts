import type { KnownShape } from '../../../core/shape.ts';
import { type SampledSize, isFixed } from './size-table.ts';

/** The shape of a value at each sample; `null` if it is unknown. */
export type SampledShapes = readonly KnownShape[] | null;

const fixed = (size: number, like: SampledSize): SampledSize => like.map(() => size);

const sizesOn = (data: SampledShapes, axis: number): SampledSize | null =>
  data === null ? null : data.map((shape) => shape[axis] ?? NaN);

const equal = (a: SampledSize, b: SampledSize | null): boolean => b !== null && a.every((size, i) => size === b[i]);

/**
 * The shape operand of a Reshape with as few variable sizes as possible: 0 copies the size of the operand's axis, and −1 is
 * inferred from the others. Both let a reader of the file infer shapes.
 */
export function reshapeOperand(data: SampledShapes, entries: readonly SampledSize[]): readonly SampledSize[] {
  // An axis of size 0 would be read as a copied size.
  if (entries.some((sizes) => sizes.includes(0))) return entries;
  const kept = entries.map((sizes, axis) =>
    !isFixed(sizes) && equal(sizes, sizesOn(data, axis)) ? fixed(0, sizes) : sizes,
  );
  const open = kept.findIndex((sizes) => !isFixed(sizes));
  return open === -1 ? kept : kept.with(open, fixed(-1, kept[open] ?? []));
}

/** The shape operand of an Expand: 1 keeps the size of the operand's axis. */
export function expandOperand(data: SampledShapes, entries: readonly SampledSize[]): readonly SampledSize[] {
  const missing = entries.length - (data?.[0]?.length ?? 0);
  return entries.map((sizes, axis) =>
    axis >= missing && !isFixed(sizes) && equal(sizes, sizesOn(data, axis - missing)) ? fixed(1, sizes) : sizes,
  );
}

/** The maximum exactly representable end, which is past every axis. */
const END = Number.MAX_SAFE_INTEGER;

/** The ends of a Slice with positive steps, counted from the end of the axis where that is constant over all samples. */
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

/** The attributes of a window in ONNX. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
}

/** Whether padding equals ONNX's `SAME_UPPER` at every sample: ⌈size / stride⌉ results, with the odd zero at the end. */
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
      // Runtimes refuse auto_pad with dilations.
      return came[0] === before && came[1] === total - before && (dilation === 1 || total === 0);
    }),
  );
}
