import { type DType, allocate, convert, isFloat } from '../../core/dtype.ts';
import { type KnownShape, sizeOf, stridesOf } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';

/** Zeros to write a result into: float64 elements for every floating type, exact ones for the others. */
export function zeros(dtype: DType, shape: KnownShape): Tensor {
  const size = sizeOf(shape);
  return new Tensor(isFloat(dtype) ? new Float64Array(size) : allocate(dtype, size), shape, dtype);
}

/** The tensor with float64 elements, if its type is a floating one, under a type. */
export function widen(source: Tensor, dtype: DType): Tensor {
  return new Tensor(convert(source.data, isFloat(dtype) ? 'float64' : dtype), source.shape, dtype);
}

/**
 * The offset of every element of a view: for each multi-index of `shape`, in row-major order, base + index · strides.
 * Transposing, broadcasting, slicing and reducing differ in the strides alone.
 */
export function offsets(shape: KnownShape, strides: readonly number[], base = 0): Int32Array {
  const result = new Int32Array(sizeOf(shape));
  const index = new Array<number>(shape.length).fill(0);
  let offset = base;
  for (let i = 0; i < result.length; i++) {
    result[i] = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      const [size, stride] = [shape[axis] ?? 1, strides[axis] ?? 0];
      if (next < size) {
        index[axis] = next;
        offset += stride;
        break;
      }
      index[axis] = 0;
      offset -= (size - 1) * stride;
    }
  }
  return result;
}

/** For each element of `shape`, the offset of the element of an operand that broadcasting puts there. */
export function broadcastOffsets(operand: KnownShape, shape: KnownShape): Int32Array {
  const strides = stridesOf(operand).map((stride, i) => (operand[i] === 1 ? 0 : stride));
  const lead = new Array<number>(shape.length - operand.length).fill(0);
  return offsets(shape, [...lead, ...strides]);
}

/** The element at an offset; offsets come from shapes, so that there is one. */
export const at = (data: ArrayLike<number>, offset: number | undefined): number => data[offset ?? -1] ?? NaN;
