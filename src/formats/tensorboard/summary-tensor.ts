import { type BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** A tensor in an event file. */
export type SummaryTensor =
  | { readonly dtype: 'float32' | 'float64'; readonly shape: readonly number[]; readonly values: readonly number[] }
  | { readonly dtype: 'string'; readonly shape: readonly number[]; readonly values: readonly (string | Uint8Array)[] };

/** The field numbers of the messages in TensorFlow's `tensor.proto` and `tensor_shape.proto`, and its numbers of types. */
const TENSOR = { dtype: 1, shape: 2, content: 4, float: 5, double: 6, string: 8 } as const;
const SHAPE = { dim: 2 } as const;
const DIM = { size: 1 } as const;
const DTYPES = { float32: 1, float64: 2, string: 7 } as const;

/**
 * Writes the fields of a tensor: a number as a value, and several numbers as bytes, like `tf.make_tensor_proto`.
 *
 * @see https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/tensor.proto
 */
export function writeTensor(writer: BinaryWriter, tensor: SummaryTensor): void {
  writer.tag(TENSOR.dtype, WireType.Varint).int32(DTYPES[tensor.dtype]);
  writer.tag(TENSOR.shape, WireType.LengthDelimited).fork();
  for (const size of tensor.shape) {
    writer.tag(SHAPE.dim, WireType.LengthDelimited).fork();
    writer.tag(DIM.size, WireType.Varint).int64(size);
    writer.join();
  }
  writer.join();
  if (tensor.dtype === 'string') {
    for (const value of tensor.values) {
      const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
      writer.tag(TENSOR.string, WireType.LengthDelimited).bytes(bytes);
    }
    return;
  }
  const isDouble = tensor.dtype === 'float64';
  const [first, ...others] = tensor.values;
  if (first !== undefined && others.length === 0) {
    writer.tag(isDouble ? TENSOR.double : TENSOR.float, WireType.LengthDelimited).fork();
    if (isDouble) writer.double(first);
    else writer.float(Math.fround(first));
    writer.join();
    return;
  }
  writer.tag(TENSOR.content, WireType.LengthDelimited).bytes(littleEndian(tensor.values, isDouble));
}

function littleEndian(values: readonly number[], isDouble: boolean): Uint8Array {
  const size = isDouble ? 8 : 4;
  const view = new DataView(new ArrayBuffer(values.length * size));
  for (const [i, value] of values.entries()) {
    if (isDouble) view.setFloat64(i * size, value, true);
    else view.setFloat32(i * size, value, true);
  }
  return new Uint8Array(view.buffer);
}
