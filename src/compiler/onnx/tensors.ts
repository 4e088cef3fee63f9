import type { DType } from '../../core/dtype.ts';
import { ValueError, show } from '../../core/errors.ts';
import { sizeOf } from '../../core/shape.ts';
import type { Tensor } from '../../core/tensor.ts';
import { DataType, type OnnxTensor } from './messages.ts';

const DATA_TYPES: Readonly<Record<DType, number>> = {
  float32: DataType.FLOAT,
  float64: DataType.DOUBLE,
  int32: DataType.INT32,
  uint8: DataType.UINT8,
  bool: DataType.BOOL,
};

/** ONNX's code of a dtype. */
export function dataTypeOf(dtype: DType): number {
  return DATA_TYPES[dtype];
}

/** Converts a tensor to ONNX. The elements are shared, not copied. */
export function onnxTensor(name: string, { data, shape, dtype }: Tensor): OnnxTensor {
  // All machines on which the engine runs are little-endian, like ONNX.
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, dims: shape, dataType: dataTypeOf(dtype), rawData };
}

/**
 * A tensor of 64-bit integers, the type of shapes, axes and indices in ONNX.
 *
 * @throws ValueError if a value is not a safe integer, or the number of values does not match the shape.
 */
export function int64Tensor(
  name: string,
  values: readonly number[],
  dims: readonly number[] = [values.length],
): OnnxTensor {
  if (sizeOf(dims) !== values.length) {
    throw new ValueError(
      `[int64Tensor] dims must have as many elements as the values, ${values.length}. Received: dims=${show(dims)}.`,
    );
  }
  const unsafe = values.find((value) => !Number.isSafeInteger(value));
  if (unsafe !== undefined) {
    throw new ValueError(`[int64Tensor] values must be safe integers. Received: ${show(unsafe)}.`);
  }
  return {
    name,
    dims,
    dataType: DataType.INT64,
    rawData: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
  };
}

/** The elements of a constant of 64-bit integers; `null` for other types. */
export function integersOf(tensor: OnnxTensor | undefined): readonly number[] | null {
  if (tensor?.dataType !== DataType.INT64) return null;
  // Copied, since the bytes may not be aligned.
  return Array.from(new BigInt64Array(new Uint8Array(tensor.rawData).buffer), Number);
}
