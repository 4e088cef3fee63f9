import type { TypedArray } from '../../../core/dtype.ts';
import { type KnownShape, sizeOf, stridesOf } from '../../../core/shape.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { ConvolutionAttributes, WindowAttributes } from '../../ir/primitives.ts';
import { offsets as offsetsOf } from './array.ts';

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
    offsetsOf(
      shape,
      shape.map((__, i) => (i === axis ? 1 : 0)),
    ),
  );
  return Array.from({ length: sizeOf(shape) }, (_, i) => perAxis.map((index) => index[i] ?? 0));
}

/** The arrays of a convolution: x `[batch, in, …]`, kernel `[out, in / groups, …]` and y `[batch, out, …]`. */
export type ConvolutionArrays = Readonly<Record<'x' | 'kernel' | 'y', Tensor>>;

const ARRAYS = ['x', 'kernel', 'y'] as const;

/**
 * Adds the products of a convolution to the elements of one of its arrays. There is one list of products, x · kernel for y, and y
 * times the other one for x and for the kernel. The products of a sample, a filter and a channel are one run: their offsets are
 * the same in all runs but for where the run begins in each array.
 */
export function addProducts(
  target: (typeof ARRAYS)[number],
  arrays: ConvolutionArrays,
  attributes: ConvolutionAttributes,
): void {
  const [x, kernel, y] = [arrays.x.shape, arrays.kernel.shape, arrays.y.shape];
  const [batch, filters, channels] = [x[0] ?? 0, kernel[0] ?? 0, kernel[1] ?? 0];
  const [sizeX, sizeKernel, sizeY] = [sizeOf(x.slice(2)), sizeOf(kernel.slice(2)), sizeOf(y.slice(2))];
  const places = coverage(x.slice(2), kernel.slice(2), y.slice(2), attributes, attributes.dilations);
  const covered = places.flatMap((elements, place) => elements.map((element) => ({ ...element, place })));
  const offsets = {
    x: Int32Array.from(covered, (element) => element.x),
    kernel: Int32Array.from(covered, ({ window }) => window),
    y: Int32Array.from(covered, ({ place }) => place),
  };
  const [a, b] = ARRAYS.filter((name) => name !== target) as ['x' | 'kernel', 'kernel' | 'y'];
  const add = adder(
    { data: arrays[target].data, offsets: offsets[target] },
    { data: float64(arrays[a]), offsets: offsets[a] },
    { data: float64(arrays[b]), offsets: offsets[b] },
  );
  const filtersPerGroup = filters / attributes.groups;
  for (let n = 0; n < batch; n++) {
    for (let out = 0; out < filters; out++) {
      const group = Math.floor(out / filtersPerGroup);
      for (let channel = 0; channel < channels; channel++) {
        const starts = {
          x: (n * (x[1] ?? 0) + group * channels + channel) * sizeX,
          kernel: (out * channels + channel) * sizeKernel,
          y: (n * filters + out) * sizeY,
        };
        add(starts[target], starts[a], starts[b]);
      }
    }
  }
}

const float64 = ({ data }: Tensor): Float64Array => (data instanceof Float64Array ? data : Float64Array.from(data));

/** The elements of an array in a run, at these offsets from its start. */
interface Run<Data> {
  readonly data: Data;
  readonly offsets: Int32Array;
}

/** Returns a function that adds the products of two runs to a third one, given where each of them starts. */
function adder(
  to: Run<TypedArray>,
  a: Run<Float64Array>,
  b: Run<Float64Array>,
): (to: number, a: number, b: number) => void {
  return (startTo, startA, startB) => {
    // Written out: a call of an imported function is slower than the product.
    for (let i = 0; i < to.offsets.length; i++) {
      const product = (a.data[startA + (a.offsets[i] ?? 0)] ?? NaN) * (b.data[startB + (b.offsets[i] ?? 0)] ?? NaN);
      const offset = startTo + (to.offsets[i] ?? 0);
      to.data[offset] = (to.data[offset] ?? NaN) + product;
    }
  };
}
