import { ValueError, show } from './errors.ts';

/** The element types of tensors. Values of `bool` are 0 and 1. */
export type DType = 'float32' | 'float64' | 'int32' | 'uint8' | 'bool';

/** The arrays that hold the elements of tensors; those of `bool` are in a `Uint8Array`. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** From the least to the most general: the result of an operation on two dtypes has the later one. */
const PROMOTION: readonly DType[] = ['bool', 'uint8', 'int32', 'float32', 'float64'];

/** Whether a value names a dtype. */
export function isDType(value: unknown): value is DType {
  return PROMOTION.some((dtype) => dtype === value);
}

/** Returns an argument that must name a dtype. */
export function checkDType(value: unknown, who: string): DType {
  if (isDType(value)) return value;
  throw new ValueError(`[${who}] dtype must be one of ${PROMOTION.join(', ')}. Received: dtype=${show(value)}.`);
}

/** Whether a dtype is a floating one. */
export function isFloat(dtype: DType): dtype is 'float32' | 'float64' {
  return dtype === 'float32' || dtype === 'float64';
}

/** The dtype of the result of an operation on two dtypes, by Keras's promotion rules. */
export function promote(a: DType, b: DType): DType {
  return PROMOTION.indexOf(a) >= PROMOTION.indexOf(b) ? a : b;
}

/** The number of bytes of an element. */
export function byteSize(dtype: DType): number {
  return dtype === 'float64' ? 8 : dtype === 'float32' || dtype === 'int32' ? 4 : 1;
}

/** The most elements of an array: more than engines of JavaScript allocate. */
export const MOST_ELEMENTS: number = 2 ** 33;

/** A zeroed array of `size` elements. @throws ValueError if it does not fit into memory. */
export function allocate(dtype: DType, size: number): TypedArray {
  try {
    return newArray(dtype, size);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new ValueError(`[tensor] an array must fit into memory. Received: ${size} elements of ${dtype}.`, { cause });
  }
}

function newArray(dtype: DType, size: number): TypedArray {
  switch (dtype) {
    case 'float32':
      return new Float32Array(size);
    case 'float64':
      return new Float64Array(size);
    case 'int32':
      return new Int32Array(size);
    case 'uint8':
    case 'bool':
      return new Uint8Array(size);
  }
}

/** The dtype of a typed array; a `Uint8Array` has the dtype uint8. */
export function dtypeOf(array: TypedArray): DType {
  if (array instanceof Float32Array) return 'float32';
  if (array instanceof Float64Array) return 'float64';
  if (array instanceof Int32Array) return 'int32';
  return 'uint8';
}

/** Whether a value is one of the typed arrays that hold elements. */
export function isTypedArray(value: unknown): value is TypedArray {
  return (
    value instanceof Float32Array ||
    value instanceof Float64Array ||
    value instanceof Int32Array ||
    value instanceof Uint8Array
  );
}

/** A copy of `source` converted to a dtype; booleans become 0 and 1. */
export function convert(source: ArrayLike<number>, dtype: DType): TypedArray {
  const target = allocate(dtype, source.length);
  if (dtype === 'bool') {
    for (let i = 0; i < source.length; i++) target[i] = source[i] === 0 ? 0 : 1;
  } else {
    target.set(source);
  }
  return target;
}
