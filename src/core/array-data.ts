import { type DType, type TypedArray, allocate, isFloat, isTypedArray } from './dtype.ts';
import { ValueError } from './errors.ts';

/** The `Float16Array` of newer runtimes. */
interface Float16Data extends ArrayBufferView, ArrayLike<number> {
  readonly [Symbol.toStringTag]: 'Float16Array';
}

/** Every typed array of JavaScript. */
export type ArrayData =
  | TypedArray
  | Int8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float16Data;

/** Pixels with their width and height, as a canvas returns them: the browser's `ImageData`, or an object of its form. */
export interface ImageDataLike {
  /** The channels of the pixels, row by row, from the top left. */
  readonly data: ArrayData;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
}

/** The dtype in which the elements of each typed array are held. */
const DTYPES: Readonly<Record<ArrayData[typeof Symbol.toStringTag], DType>> = {
  Int8Array: 'int32',
  Uint8Array: 'uint8',
  Uint8ClampedArray: 'uint8',
  Int16Array: 'int32',
  Uint16Array: 'int32',
  Int32Array: 'int32',
  Uint32Array: 'int32',
  BigInt64Array: 'int32',
  BigUint64Array: 'int32',
  Float16Array: 'float32',
  Float32Array: 'float32',
  Float64Array: 'float64',
};

/** The name of a typed array's class, in whichever realm it was made; `null` for anything else. */
function kindOf(value: unknown): keyof typeof DTYPES | null {
  if (!ArrayBuffer.isView(value)) return null;
  const name = Object.prototype.toString.call(value).slice('[object '.length, -1);
  return Object.hasOwn(DTYPES, name) ? (name as keyof typeof DTYPES) : null;
}

/** Whether a value is a typed array, of any class; a `DataView` is none. */
export function isArrayData(value: unknown): value is ArrayData {
  return kindOf(value) !== null;
}

/** The dtype in which the elements of a typed array are held. */
export function dtypeOfData(array: ArrayData): DType {
  return DTYPES[kindOf(array) ?? 'Float32Array'];
}

/**
 * The elements of a typed array as one that tensors hold. Its memory is shared where the elements have the same form: a
 * `Buffer` or a `Uint8ClampedArray` is read as a `Uint8Array`.
 *
 * @param dtype the dtype to hold the elements in, if it is not that of the array
 * @throws ValueError if an integer exceeds int32, and `dtype` is not a floating one
 */
export function readArrayData(who: string, array: ArrayData, dtype: DType = dtypeOfData(array)): TypedArray {
  const kind = kindOf(array);
  const { buffer, byteOffset, length } = array;
  if (kind === 'Uint8Array' || kind === 'Uint8ClampedArray') {
    // A Buffer is not kept: its `slice` is a view, not a copy.
    const isPlain = array instanceof Uint8Array && Object.getPrototypeOf(array) === Uint8Array.prototype;
    return isPlain ? array : new Uint8Array(buffer, byteOffset, length);
  }
  if (isTypedArray(array)) return array;
  if (kind === 'Int32Array') return new Int32Array(buffer, byteOffset, length);
  if (kind === 'Float32Array') return new Float32Array(buffer, byteOffset, length);
  if (kind === 'Float64Array') return new Float64Array(buffer, byteOffset, length);
  const isWide = kind === 'Uint32Array' || kind === 'BigInt64Array' || kind === 'BigUint64Array';
  const held = isWide && isFloat(dtype) ? dtype : dtypeOfData(array);
  const target = allocate(held, length);
  for (let i = 0; i < length; i++) {
    const element = Number(array[i] ?? 0);
    target[i] = element;
    if (isWide && held === 'int32' && target[i] !== element) {
      throw new ValueError(
        `[${who}] the integers of a ${kind} must be in [-2147483648, 2147483647], as int32 holds them. Received: ${String(array[i])} at [${i}]. Convert them with Float64Array.from(…, Number).`,
      );
    }
  }
  return target;
}

/** Whether a value has the form of the browser's `ImageData`. */
export function isImageData(value: unknown): value is ImageDataLike {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { data, width, height } = value as { readonly [key: string]: unknown };
  return isArrayData(data) && isSize(width) && isSize(height);
}

const isSize = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value > 0;

/** The shape of an image: height, width and the number of channels. @throws ValueError if a pixel is incomplete. */
export function imageShape(who: string, { data, width, height }: ImageDataLike): readonly [number, number, number] {
  const channels = data.length / (width * height);
  if (Number.isInteger(channels) && channels > 0) return [height, width, channels];
  throw new ValueError(
    `[${who}] an image must have the same number of channels for each of its ${width} × ${height} pixels. Received: ${data.length} elements.`,
  );
}
