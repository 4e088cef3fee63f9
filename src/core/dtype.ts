import { ValueError, show } from './errors.ts';

/** The element types of tensors. Values of `bool` are 0 and 1. */
export type DType = 'float32' | 'float64' | 'int32' | 'uint8' | 'bool';

/** The arrays that hold the elements of tensors, those of `bool` in a `Uint8Array`. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** From least to most general: the result of an operation on two types is the later one. */
const PROMOTION: readonly DType[] = ['bool', 'uint8', 'int32', 'float32', 'float64'];

export function isDType(value: unknown): value is DType {
  return PROMOTION.some((dtype) => dtype === value);
}

export function checkDType(value: unknown, who: string): DType {
  if (isDType(value)) return value;
  throw new ValueError(`[${who}] dtype must be one of ${PROMOTION.join(', ')}. Received: dtype=${show(value)}.`);
}

export function isFloat(dtype: DType): dtype is 'float32' | 'float64' {
  return dtype === 'float32' || dtype === 'float64';
}

/** The type that holds both: Keras's promotion, for the types that exist here. */
export function promote(a: DType, b: DType): DType {
  return PROMOTION.indexOf(a) >= PROMOTION.indexOf(b) ? a : b;
}

export function byteSize(dtype: DType): number {
  return dtype === 'float64' ? 8 : dtype === 'float32' || dtype === 'int32' ? 4 : 1;
}

/** A zeroed array for `size` elements of a type. */
export function allocate(dtype: DType, size: number): TypedArray {
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

/** The type that a typed array holds by nature. */
export function dtypeOf(array: TypedArray): DType {
  if (array instanceof Float32Array) return 'float32';
  if (array instanceof Float64Array) return 'float64';
  if (array instanceof Int32Array) return 'int32';
  return 'uint8';
}

export function isTypedArray(value: unknown): value is TypedArray {
  return (
    value instanceof Float32Array ||
    value instanceof Float64Array ||
    value instanceof Int32Array ||
    value instanceof Uint8Array
  );
}

/** A copy of `source` with elements of type `dtype`; truth values become 0 and 1. */
export function convert(source: ArrayLike<number>, dtype: DType): TypedArray {
  const target = allocate(dtype, source.length);
  if (dtype === 'bool') {
    for (let i = 0; i < source.length; i++) target[i] = source[i] === 0 ? 0 : 1;
  } else {
    target.set(source);
  }
  return target;
}
