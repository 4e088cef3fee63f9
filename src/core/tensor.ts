import {
  type ArrayData,
  type ImageDataLike,
  imageShape,
  isArrayData,
  isImageData,
  readArrayData,
} from './array-data.ts';
import { type DType, type TypedArray, allocate, checkDType, convert, dtypeOf } from './dtype.ts';
import { ValueError } from './errors.ts';
import { type Elements, type NestedArray, type NestedData, NestedReader } from './nested-array.ts';
import { type KnownShape, checkShape, isKnown, showShape, sizeOf, stridesOf } from './shape.ts';

export type { ArrayData, ImageDataLike } from './array-data.ts';
export type { Elements, ElementList, NestedArray, NestedData } from './nested-array.ts';

/**
 * The values accepted in place of a tensor: typed arrays of every class, images, and nested arrays of numbers, of typed rows
 * or of tensors.
 */
export type TensorLike = Tensor | ArrayData | ImageDataLike | NestedArray | NestedData;

/**
 * A multi-dimensional array on the host: a shape, a dtype, and the elements in row-major order.
 *
 * @example
 * const x = tensor([[1, 2], [3, 4]]);
 * x.shape;        // [2, 2]
 * x.dtype;        // 'float32'
 * x.toArray();    // [[1, 2], [3, 4]]
 * @see https://keras.io/api/ops/core/#convert_to_tensor-function
 */
export class Tensor {
  /** The size of each axis. */
  readonly shape: KnownShape;
  /** The dtype of the elements. */
  readonly dtype: DType;
  /** The elements in row-major order. Shared, not copied: writing to the array modifies the tensor. */
  readonly data: TypedArray;

  /** Nothing: tracking does not search arrays. */
  get trackedState(): readonly never[] {
    return [];
  }

  /** Wraps an array without checks; {@link tensor} checks and converts. */
  constructor(data: TypedArray, shape: KnownShape, dtype: DType = dtypeOf(data)) {
    this.data = data;
    this.shape = shape;
    this.dtype = dtype;
  }

  /** The number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** The number of elements. */
  get size(): number {
    return this.data.length;
  }

  /**
   * Returns the elements as nested arrays, or as a number for a scalar. Booleans are 0 and 1. The type is that of any rank:
   * assign the result to `number` or `number[][]` to state the rank.
   *
   * @example
   * const rows = tensor([[1, 3], [4, 2]]).toArray();          // [[1, 3], [4, 2]]
   * rows.map((row) => row.indexOf(Math.max(...row)));         // [1, 0]
   */
  toArray(): Elements {
    let offset = 0;
    const read = (axis: number): NestedArray => {
      if (axis === this.shape.length) return this.data[offset++] ?? NaN;
      return Array.from({ length: this.shape[axis] ?? 0 }, () => read(axis + 1));
    };
    // The rank is not part of a tensor's type.
    return read(0) as Elements;
  }

  /**
   * Returns the only element.
   *
   * @throws ValueError if there is not exactly one.
   * @example
   * tensor([[3]]).item();   // 3
   */
  item(): number {
    const [first] = this.data;
    if (this.data.length !== 1 || first === undefined) {
      throw new ValueError(`[Tensor] item() requires exactly one element. Received: shape ${showShape(this.shape)}.`);
    }
    return first;
  }

  /**
   * Returns the same elements, in the same order, in another shape; they are shared, not copied.
   *
   * @throws ValueError if the shape has a different number of elements.
   * @example
   * tensor([1, 2, 3, 4]).reshape([2, 2]).toArray();   // [[1, 2], [3, 4]]
   */
  reshape(shape: KnownShape): Tensor {
    if (sizeOf(shape) !== this.size) {
      throw new ValueError(
        `[Tensor] reshape requires a shape of ${this.size} elements. Received: shape=${showShape(shape)}.`,
      );
    }
    return new Tensor(this.data, shape, this.dtype);
  }

  /** The shape and dtype, for messages. */
  toString(): string {
    return `Tensor(shape=${showShape(this.shape)}, dtype=${this.dtype})`;
  }
}

/**
 * Creates a tensor from nested arrays, or from a typed array and a shape.
 *
 * Dtypes: nested numbers become float32 and nested booleans bool; a typed array keeps its dtype where tensors have it (its
 * memory is shared then), other integers become int32 and Float16 numbers float32; unless `dtype` is given. The rows of
 * nested arrays may be typed arrays, tensors or images. An image, of the form of the browser's `ImageData`, has the shape
 * [height, width, channels]. A number beyond the range of float32, such as 1e300, becomes an infinity in it, as in Keras and
 * NumPy.
 *
 * @throws ValueError if nested arrays are ragged, the shape does not match the number of elements, or an integer exceeds
 * int32.
 * @example
 * tensor([[1, 2], [3, 4]]).shape;                   // [2, 2]
 * tensor(new Float32Array(6), [2, 3]).toArray();    // [[0, 0, 0], [0, 0, 0]]
 * tensor([1.5, -1.5], [2], 'int32').toArray();      // [1, -1]
 * tensor([Int8Array.of(1, 2), Int8Array.of(3, 4)]).dtype;    // 'int32'
 * tensor(3).item();                                 // 3
 * @see https://keras.io/api/ops/core/#convert_to_tensor-function
 */
export function tensor(values: TensorLike, shape?: KnownShape, dtype?: DType): Tensor {
  if (dtype !== undefined) checkDType(dtype, 'tensor');
  if (shape !== undefined && !isKnown(checkShape(shape, 'tensor'))) {
    throw new ValueError(`[tensor] every size of a tensor's shape must be known. Received: shape=${showShape(shape)}.`);
  }
  const made = fromValues(values, shape, dtype);
  if (dtype === undefined || made.dtype === dtype) return made;
  return new Tensor(convert(made.data, dtype), made.shape, dtype);
}

function fromValues(values: TensorLike, shape: KnownShape | undefined, dtype: DType | undefined): Tensor {
  if (isTensor(values)) return shape === undefined ? values : values.reshape(shape);
  if (isArrayData(values)) {
    const given = shape ?? [values.length];
    if (sizeOf(given) !== values.length) {
      throw new ValueError(
        `[tensor] shape must have as many elements as the data, ${values.length}. Received: shape=${showShape(given)}.`,
      );
    }
    return new Tensor(readArrayData('tensor', values, dtype), given);
  }
  const made = isImageData(values)
    ? new Tensor(readArrayData('tensor', values.data, dtype), imageShape('tensor', values))
    : fromNested(values, dtype);
  return shape === undefined ? made : made.reshape(shape);
}

function fromNested(values: unknown, dtype: DType | undefined): Tensor {
  const { data, shape, dtype: type } = nested.read(values, dtype);
  return new Tensor(data, shape, type);
}

/** Whether a value is a tensor. */
export const isTensor = (value: unknown): value is Tensor => value instanceof Tensor;

const nested = new NestedReader(isTensor);

/** The shape that {@link tensor} reads from values, along their first entries. */
export function shapeOfData(values: unknown): KnownShape {
  if (isTensor(values)) return values.shape;
  return nested.shapeOf(values);
}

/** Whether a value is an array with a shape of its own: a tensor, a typed array of any class, or an image. */
export function isArrayLike(value: unknown): value is Tensor | ArrayData | ImageDataLike {
  return isTensor(value) || isArrayData(value) || isImageData(value);
}

/** A copy broadcast to a shape that it fits. */
export function broadcastTo(source: Tensor, shape: KnownShape): Tensor {
  const lead = shape.length - source.rank;
  const [own, steps] = [stridesOf(source.shape), stridesOf(shape)];
  const data = allocate(source.dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++) {
    let from = 0;
    for (const [axis, size] of source.shape.entries()) {
      const index = Math.floor(i / (steps[lead + axis] ?? 1)) % (shape[lead + axis] ?? 1);
      if (size > 1) from += index * (own[axis] ?? 0);
    }
    data[i] = source.data[from] ?? NaN;
  }
  return new Tensor(data, shape, source.dtype);
}
