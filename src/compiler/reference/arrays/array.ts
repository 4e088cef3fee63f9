import { type DType, allocate, convert, isFloat } from '../../../core/dtype.ts';
import { type KnownShape, sizeOf, stridesOf } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';

/** A tensor of zeros for a result: float64 elements for every floating dtype, exact ones for the others. */
export function zeros(dtype: DType, shape: KnownShape): Tensor {
  const size = sizeOf(shape);
  return new Tensor(isFloat(dtype) ? new Float64Array(size) : allocate(dtype, size), shape, dtype);
}

/** The tensor converted to a dtype, with float64 elements if the dtype is a floating one. */
export function widen(source: Tensor, dtype: DType): Tensor {
  return new Tensor(convert(source.data, isFloat(dtype) ? 'float64' : dtype), source.shape, dtype);
}

/**
 * The offset of every element of a view: for each multi-index of `shape`, in row-major order, base + index · strides.
 * Transposing, broadcasting, slicing and reducing differ only in the strides.
 */
export function offsets(shape: KnownShape, strides: readonly number[], base = 0): Int32Array {
  const result = new Int32Array(sizeOf(shape));
  const index = new Array<number>(shape.length).fill(0);
  const last = shape.length - 1;
  const [inner, step] = [shape[last] ?? 1, strides[last] ?? 0];
  let offset = base;
  for (let start = 0; start < result.length; start += inner) {
    for (let i = 0; i < inner; i++) result[start + i] = offset + i * step;
    for (let axis = last - 1; axis >= 0; axis--) {
      const stride = strides[axis] ?? 0;
      const next = (index[axis] ?? 0) + 1;
      const isInside = next < (shape[axis] ?? 1);
      index[axis] = isInside ? next : 0;
      offset += isInside ? stride : (1 - next) * stride;
      if (isInside) break;
    }
  }
  return result;
}

/** For each element of `shape`, the offset of the operand's element that is broadcast to it. */
export function broadcastOffsets(operand: KnownShape, shape: KnownShape): Int32Array {
  const strides = stridesOf(operand).map((stride, i) => (operand[i] === 1 ? 0 : stride));
  const lead = new Array<number>(shape.length - operand.length).fill(0);
  return offsets(shape, [...lead, ...strides]);
}

/** The element at an offset; offsets are derived from shapes, so that it exists. */
export const at = (data: ArrayLike<number>, offset: number | undefined): number => data[offset ?? -1] ?? NaN;

/** The shape of x with the given axes reduced to size 1. */
export const reducedShape = (x: Tensor, axes: readonly number[]): KnownShape =>
  x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));

/** For each element of x, the offset of the result of its reduction over axes. */
export function reducedOffsets(x: Tensor, axes: readonly number[]): Int32Array {
  const strides = stridesOf(reducedShape(x, axes)).map((stride, axis) => (axes.includes(axis) ? 0 : stride));
  return offsets(x.shape, strides);
}

/** Accumulates the elements of x in float64, in one accumulator per result. */
export function accumulate(
  x: Tensor,
  axes: readonly number[],
  initial: number,
  f: (total: number, element: number, offset: number) => number,
): Float64Array {
  const totals = new Float64Array(sizeOf(reducedShape(x, axes))).fill(initial);
  for (const [i, to] of reducedOffsets(x, axes).entries()) totals[to] = f(at(totals, to), at(x.data, i), to);
  return totals;
}

/** The offsets of the elements along an axis, for each multi-index of the other axes. */
export function linesOf(shape: KnownShape, axis: number): readonly (readonly number[])[] {
  const strides = stridesOf(shape);
  const [size, step] = [shape[axis] ?? 1, strides[axis] ?? 1];
  const starts = offsets(shape.toSpliced(axis, 1), strides.toSpliced(axis, 1));
  return Array.from(starts, (start) => Array.from({ length: size }, (_, i) => start + i * step));
}
