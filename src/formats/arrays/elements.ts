import { InternalError } from '../../core/errors.ts';
import type { StoredElements, StoredType } from './stored.ts';

const SIZES: Readonly<Record<StoredType, number>> = {
  float16: 2,
  float32: 4,
  float64: 8,
  bfloat16: 2,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  bool: 1,
};

/** The size of an element of a dtype, in bytes. */
export function elementSize(dtype: StoredType): number {
  return SIZES[dtype];
}

/**
 * Interprets little-endian bytes as elements: a view of the bytes if they are aligned, otherwise a copy.
 * The number of bytes must be a multiple of the element size.
 */
export function elementsOf(dtype: StoredType, bytes: Uint8Array): StoredElements {
  const size = elementSize(dtype);
  if (bytes.byteLength % size !== 0) {
    throw new InternalError(`${bytes.byteLength} bytes are not whole elements of ${dtype}.`);
  }
  // The slice of a Buffer would be a view.
  const { buffer, byteOffset } = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  const length = bytes.byteLength / size;
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer, byteOffset, length);
    case 'float64':
      return new Float64Array(buffer, byteOffset, length);
    case 'int8':
      return new Int8Array(buffer, byteOffset, length);
    case 'int16':
      return new Int16Array(buffer, byteOffset, length);
    case 'int32':
      return new Int32Array(buffer, byteOffset, length);
    case 'int64':
      return new BigInt64Array(buffer, byteOffset, length);
    case 'uint8':
    case 'bool':
      return new Uint8Array(buffer, byteOffset, length);
    case 'uint16':
    case 'float16':
    case 'bfloat16':
      return new Uint16Array(buffer, byteOffset, length);
    case 'uint32':
      return new Uint32Array(buffer, byteOffset, length);
    case 'uint64':
      return new BigUint64Array(buffer, byteOffset, length);
  }
}

/** The bytes of the elements, without a copy: all current JavaScript engines are little-endian, as the files are. */
export function bytesOf(elements: StoredElements): Uint8Array {
  return new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
}
