import { type KnownShape, sizeOf, stridesOf } from '../../../core/shape.ts';
import type { ConvolutionAttributes, WindowAttributes } from '../../ir/primitives.ts';
import { offsets } from './array.ts';

/** An element in a window: its offset in x and in the window. Padding is omitted. */
interface Covered {
  readonly x: number;
  readonly window: number;
}

/** For each position of the window, in row-major order, the elements in it, in row-major order. */
export function coverage(
  spatial: KnownShape,
  window: KnownShape,
  positions: KnownShape,
  { strides, padding }: WindowAttributes,
  dilations: readonly number[] = [],
): readonly (readonly Covered[])[] {
  const stepsOfX = stridesOf(spatial);
  const [places, entries] = [coordinates(positions), coordinates(window)];
  return places.map((place) =>
    entries.flatMap((entry, at) => {
      let x = 0;
      for (const [axis, size] of spatial.entries()) {
        const start = (place[axis] ?? 0) * (strides[axis] ?? 1) - (padding[axis]?.[0] ?? 0);
        const position = start + (entry[axis] ?? 0) * (dilations[axis] ?? 1);
        if (position < 0 || position >= size) return [];
        x += position * (stepsOfX[axis] ?? 1);
      }
      return [{ x, window: at }];
    }),
  );
}

/** Every multi-index of a shape, in row-major order. */
function coordinates(shape: KnownShape): readonly (readonly number[])[] {
  const perAxis = shape.map((_, axis) =>
    offsets(
      shape,
      shape.map((__, i) => (i === axis ? 1 : 0)),
    ),
  );
  return Array.from({ length: sizeOf(shape) }, (_, i) => perAxis.map((index) => index[i] ?? 0));
}

/** Receives one product of a convolution: y[y] += x[x] · kernel[kernel]. */
type Visit = (x: number, kernel: number, y: number) => void;

/**
 * Visits all products of a convolution of x `[batch, in, …]` with a kernel `[out, in / groups, …]` to y
 * `[batch, out, …]`. A callback, because a generator of the products takes about ten times as long.
 */
export function forEachProduct(
  x: KnownShape,
  kernel: KnownShape,
  y: KnownShape,
  attributes: ConvolutionAttributes,
  visit: Visit,
): void {
  const [batch, filters, channels] = [x[0] ?? 0, kernel[0] ?? 0, kernel[1] ?? 0];
  const [sizeX, sizeKernel, sizeY] = [sizeOf(x.slice(2)), sizeOf(kernel.slice(2)), sizeOf(y.slice(2))];
  const places = coverage(x.slice(2), kernel.slice(2), y.slice(2), attributes, attributes.dilations);
  const covered = places.flatMap((elements, place) => elements.map((element) => ({ ...element, place })));
  const filtersPerGroup = filters / attributes.groups;
  for (let n = 0; n < batch; n++) {
    for (let out = 0; out < filters; out++) {
      const group = Math.floor(out / filtersPerGroup);
      for (let channel = 0; channel < channels; channel++) {
        const baseX = (n * (x[1] ?? 0) + group * channels + channel) * sizeX;
        const baseKernel = (out * channels + channel) * sizeKernel;
        const baseY = (n * filters + out) * sizeY;
        for (const element of covered) visit(baseX + element.x, baseKernel + element.window, baseY + element.place);
      }
    }
  }
}
