import { type DType, type TypedArray, convert } from '../../core/dtype.ts';
import { NotImplementedError, ValueError, show } from '../../core/errors.ts';
import { Tensor } from '../../core/tensor.ts';
import { elementSize } from './elements.ts';
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from './halves.ts';
import type { StoredArray, StoredElements, StoredType } from './stored.ts';

/**
 * Converts a stored array to a tensor of the given dtype or of the nearest one: float16 and bfloat16 become float32,
 * integers other than uint8 become int32. Elements that need no conversion are shared, not copied.
 *
 * @throws ValueError if the elements do not match the shape and dtype, or a value does not fit the tensor's dtype: an
 * integer out of range, a fraction as an integer, a number other than 0 and 1 as a boolean.
 */
export function storedToTensor(array: StoredArray, dtype: DType | undefined, who: string): Tensor {
  const { data } = array;
  const shape = [...array.shape];
  const bytes = shape.reduce((product, size) => product * size, elementSize(array.dtype));
  if (bytes !== data.byteLength || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new ValueError(
      `[${who}] a stored array's elements must fit its shape and type. Received: shape=${show(shape)}, dtype=${array.dtype} and ${data.byteLength} bytes.`,
    );
  }
  const type = dtype ?? nearestType(array.dtype);
  return new Tensor(toTypedArray(array, type, who), shape, type);
}

function nearestType(dtype: StoredType): DType {
  switch (dtype) {
    case 'float16':
    case 'bfloat16':
    case 'float32':
      return 'float32';
    case 'float64':
    case 'uint8':
    case 'bool':
      return dtype;
    default:
      return 'int32';
  }
}

function toTypedArray(array: StoredArray, type: DType, who: string): TypedArray {
  const { dtype, data } = array;
  if (dtype === 'float16') return checked(Float32Array.from(numbers(data), fromFloat16), type, dtype, who);
  if (dtype === 'bfloat16') return checked(Float32Array.from(numbers(data), fromBfloat16), type, dtype, who);
  if (dtype === 'bool')
    return convert(
      Uint8Array.from(numbers(data), (value) => (value === 0 ? 0 : 1)),
      type,
    );
  return checked(data, type, dtype, who);
}

/** Converts BigInts to numbers; float16, bfloat16 and bool are never stored as BigInts. */
function numbers(data: StoredElements): ArrayLike<number> & Iterable<number> {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
  return data;
}

/** The ranges of the integer dtypes. */
const RANGES = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint8: [0, 255],
  bool: [0, 1],
} as const;

/** Converts the values to another dtype, and checks that each of them fits. */
function checked(data: StoredElements, type: DType, from: StoredType, who: string): TypedArray {
  if (type === 'float32') return data instanceof Float32Array ? data : Float32Array.from(numbers(data));
  if (type === 'float64') return data instanceof Float64Array ? data : Float64Array.from(numbers(data));
  if (type === 'int32' && data instanceof Int32Array) return data;
  if (type === 'uint8' && data instanceof Uint8Array) return data;
  const [minimum, maximum] = RANGES[type];
  for (const value of data) {
    const isWhole = typeof value === 'bigint' || Number.isInteger(value);
    if (!isWhole || value < minimum || value > maximum) {
      throw new ValueError(
        `[${who}] values in files must fit the tensors they are read into. Received: ${value} of type ${from} for ${type}.`,
      );
    }
  }
  return convert(numbers(data), type);
}

/**
 * Converts a tensor to a stored array, optionally of another dtype: floats to other floats, integers to other
 * integers. Without a conversion the elements are shared, not copied.
 *
 * @throws ValueError if an integer does not fit the dtype.
 * @throws NotImplementedError for conversions between floats and integers.
 */
export function tensorToStored(tensor: Tensor, dtype: StoredType = tensor.dtype, who = 'tensorToStored'): StoredArray {
  const { shape, data } = tensor;
  return { kind: 'array', dtype, shape: [...shape], data: dtype === tensor.dtype ? data : cast(tensor, dtype, who) };
}

function cast({ data, dtype: from }: Tensor, dtype: StoredType, who: string): StoredElements {
  const isFloat = from === 'float32' || from === 'float64';
  switch (dtype) {
    case 'float16':
      if (isFloat) return Uint16Array.from(data, toFloat16);
      break;
    case 'bfloat16':
      if (isFloat) return Uint16Array.from(data, toBfloat16);
      break;
    case 'float32':
      if (isFloat) return Float32Array.from(data);
      break;
    case 'float64':
      if (isFloat) return Float64Array.from(data);
      break;
    case 'bool':
      break;
    default:
      if (!isFloat) return castIntegers(data, dtype, who);
  }
  throw new NotImplementedError(`[${who}] a tensor of ${from} cannot be stored as ${dtype}. Received: dtype=${dtype}.`);
}

type IntegerType = Exclude<StoredType, 'float16' | 'bfloat16' | 'float32' | 'float64' | 'bool'>;

function castIntegers(data: TypedArray, dtype: IntegerType, who: string): StoredElements {
  const width = elementSize(dtype) * 8;
  const minimum = dtype.startsWith('u') ? 0 : -(2 ** (width - 1));
  const maximum = 2 ** (dtype.startsWith('u') ? width : width - 1) - 1;
  for (const value of data) {
    if (value < minimum || value > maximum) {
      throw new ValueError(`[${who}] integers must fit the type they are stored as. Received: ${value} as ${dtype}.`);
    }
  }
  switch (dtype) {
    case 'int8':
      return Int8Array.from(data);
    case 'int16':
      return Int16Array.from(data);
    case 'int32':
      return Int32Array.from(data);
    case 'int64':
      return BigInt64Array.from(data, (value) => BigInt(value));
    case 'uint8':
      return Uint8Array.from(data);
    case 'uint16':
      return Uint16Array.from(data);
    case 'uint32':
      return Uint32Array.from(data);
    case 'uint64':
      return BigUint64Array.from(data, (value) => BigInt(value));
  }
}
