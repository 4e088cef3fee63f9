import { TENSOR } from './fields.ts';
import { DataType, type OnnxTensor } from './messages.ts';
import { bytes, double, float, integer, readMessage, signed, string, unsigned } from './read.ts';

/** The number of bytes of one element, for each supported data type. */
const ELEMENT_BYTES: Readonly<Record<number, number>> = {
  [DataType.FLOAT]: 4,
  [DataType.UINT8]: 1,
  [DataType.INT8]: 1,
  [DataType.INT32]: 4,
  [DataType.INT64]: 8,
  [DataType.BOOL]: 1,
  [DataType.FLOAT16]: 2,
  [DataType.DOUBLE]: 8,
  [DataType.UINT32]: 4,
  [DataType.UINT64]: 8,
  [DataType.BFLOAT16]: 2,
};

/** Reads a tensor, from whichever of ONNX's fields holds the elements. */
export function readTensor(message: Uint8Array): OnnxTensor {
  let name = '';
  let dataType: number = DataType.UNDEFINED;
  let rawData: Uint8Array | undefined;
  const dims: number[] = [];
  const numbers: number[] = [];
  const integers: bigint[] = [];
  readMessage(message, {
    [TENSOR.dims]: integer((value) => dims.push(value)),
    [TENSOR.dataType]: integer((value) => (dataType = value)),
    [TENSOR.floatData]: float((value) => numbers.push(value)),
    [TENSOR.int32Data]: signed((value) => integers.push(value)),
    [TENSOR.stringData]: bytes(() => {
      throw new Error('a tensor of strings');
    }),
    [TENSOR.int64Data]: signed((value) => integers.push(value)),
    [TENSOR.name]: string((value) => (name = value)),
    [TENSOR.rawData]: bytes((value) => (rawData = value)),
    [TENSOR.doubleData]: double((value) => numbers.push(value)),
    [TENSOR.uint64Data]: unsigned((value) => integers.push(value)),
    [TENSOR.externalData]: bytes(() => {
      throw new Error('a tensor in another file');
    }),
  });
  const elementBytes = ELEMENT_BYTES[dataType];
  if (elementBytes === undefined) throw new Error(`a tensor ${JSON.stringify(name)} of data type ${dataType}`);
  rawData ??= toBytes(dataType, elementBytes, numbers, integers);
  const size = dims.reduce((product, n) => product * n, elementBytes);
  if (dims.some((n) => n < 0) || rawData.length !== size) {
    const shape = `[${dims.join(', ')}]`;
    throw new Error(`a tensor ${JSON.stringify(name)} of shape ${shape} with ${rawData.length} bytes of elements`);
  }
  return { name, dims, dataType, rawData };
}

function toBytes(
  dataType: number,
  elementBytes: number,
  numbers: readonly number[],
  integers: readonly bigint[],
): Uint8Array {
  const view = new DataView(new ArrayBuffer((numbers.length + integers.length) * elementBytes));
  numbers.forEach((value, i) => {
    if (dataType === DataType.FLOAT) view.setFloat32(i * 4, value, true);
    else if (dataType === DataType.DOUBLE) view.setFloat64(i * 8, value, true);
    else throw new Error(`a tensor of data type ${dataType} with floating elements`);
  });
  integers.forEach((value, i) => {
    if (elementBytes === 8) view.setBigUint64(i * 8, BigInt.asUintN(64, value), true);
    else if (elementBytes === 4) view.setUint32(i * 4, Number(BigInt.asUintN(32, value)), true);
    else if (elementBytes === 2) view.setUint16(i * 2, Number(BigInt.asUintN(16, value)), true);
    else view.setUint8(i, Number(BigInt.asUintN(8, value)));
  });
  return new Uint8Array(view.buffer);
}
