import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, test } from 'vitest';
import { ValueError } from '../../../../src/core/errors.ts';
import { decodeModel, encodeModel } from '../../../../src/compiler/onnx/codec.ts';
import { DataType, type OnnxGraph, type OnnxTensor } from '../../../../src/compiler/onnx/index.ts';
import { onnxBytes, onnxModel } from '../../../support/onnx-model.ts';

/** Decodes a model with one initializer, whose fields `write` writes as another program might. */
function decodeTensor(write: (writer: BinaryWriter) => BinaryWriter): OnnxTensor | undefined {
  const tensor = write(new BinaryWriter()).finish();
  const graph = new BinaryWriter().tag(5, WireType.LengthDelimited).bytes(tensor).finish();
  const model = new BinaryWriter().tag(7, WireType.LengthDelimited).bytes(graph).finish();
  return decodeModel(model).graph.initializers[0];
}

const header = (writer: BinaryWriter, size: number, dataType: number): BinaryWriter =>
  writer.tag(1, WireType.Varint).int64(size).tag(2, WireType.Varint).int32(dataType);

describe('decodeModel', () => {
  test('skips unknown fields', () => {
    const bytes = onnxBytes({ nodes: [], inputs: { x: [2] }, outputs: {} });
    const extra = new BinaryWriter().tag(5, WireType.Varint).int64(3).tag(6, WireType.LengthDelimited).string('doc');
    expect(decodeModel(Uint8Array.from([...extra.finish(), ...bytes]))).toEqual(decodeModel(bytes));
  });

  test.each([
    [
      'floats',
      DataType.FLOAT,
      (w: BinaryWriter) => w.tag(4, WireType.Bit32).float(1).tag(4, WireType.Bit32).float(2),
      '0000803f00000040',
    ],
    [
      'packed floats',
      DataType.FLOAT,
      (w: BinaryWriter) => w.tag(4, WireType.LengthDelimited).fork().float(1).float(2).join(),
      '0000803f00000040',
    ],
    [
      'doubles',
      DataType.DOUBLE,
      (w: BinaryWriter) => w.tag(10, WireType.LengthDelimited).fork().double(1).double(2).join(),
      '000000000000f03f0000000000000040',
    ],
    [
      '64-bit integers',
      DataType.INT64,
      (w: BinaryWriter) => w.tag(7, WireType.LengthDelimited).fork().int64(-1n).int64('9223372036854775807').join(),
      'ffffffffffffffffffffffffffffff7f',
    ],
    [
      'unsigned integers',
      DataType.UINT64,
      (w: BinaryWriter) => w.tag(11, WireType.LengthDelimited).fork().uint64('18446744073709551615').uint64(1).join(),
      'ffffffffffffffff0100000000000000',
    ],
    [
      '32-bit integers',
      DataType.INT32,
      (w: BinaryWriter) => w.tag(5, WireType.LengthDelimited).fork().int32(-1).int32(2).join(),
      'ffffffff02000000',
    ],
    [
      'bytes as integers',
      DataType.UINT8,
      (w: BinaryWriter) => w.tag(5, WireType.LengthDelimited).fork().int32(255).int32(2).join(),
      'ff02',
    ],
    [
      'half floats as integers',
      DataType.FLOAT16,
      (w: BinaryWriter) => w.tag(5, WireType.LengthDelimited).fork().int32(0x3c00).int32(1).join(),
      '003c0100',
    ],
  ] as const)('reads tensors whose elements are %s', (_, dataType, write, raw) => {
    const tensor = decodeTensor((writer) => write(header(writer, 2, dataType)));
    expect(tensor).toMatchObject({ dims: [2], dataType });
    expect(Buffer.from(tensor!.rawData).toString('hex')).toBe(raw);
  });

  test('throws an error that names the unsupported feature', () => {
    const strings = () =>
      decodeTensor((writer) => header(writer, 1, DataType.STRING).tag(6, WireType.LengthDelimited).string('a'));
    const elsewhere = () =>
      decodeTensor((writer) => header(writer, 1, DataType.FLOAT).tag(13, WireType.LengthDelimited).string(''));
    const short = () =>
      decodeTensor((writer) => header(writer, 2, DataType.FLOAT).tag(9, WireType.LengthDelimited).string('abc'));
    const huge = () => decodeTensor((writer) => header(writer, 2 ** 50, DataType.FLOAT));
    const unknown = () => decodeTensor((writer) => header(writer, 1, 99));
    expect(strings).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [decodeModel] the bytes must be a supported ONNX model. Received: a tensor of strings.]`,
    );
    expect(elsewhere).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [decodeModel] the bytes must be a supported ONNX model. Received: a tensor in another file.]`,
    );
    expect(short).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [decodeModel] the bytes must be a supported ONNX model. Received: a tensor "" of shape [2] with 3 bytes of elements.]`,
    );
    expect(huge).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [decodeModel] the bytes must be a supported ONNX model. Received: a tensor "" of shape [1125899906842624] with 0 bytes of elements.]`,
    );
    expect(unknown).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [decodeModel] the bytes must be a supported ONNX model. Received: a tensor "" of data type 99.]`,
    );
    expect(strings).toThrow(ValueError);
  });

  test('throws if the bytes are not a model', () => {
    expect(() => decodeModel(new Uint8Array())).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [decodeModel] the bytes must be a supported ONNX model. Received: a model without a graph.]`,
    );
    expect(() => decodeModel(new TextEncoder().encode('{"class_name":'))).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [decodeModel] the bytes must be a supported ONNX model. Received: premature EOF.]`,
    );
  });

  test('throws if graphs are nested too deeply', () => {
    let graph: OnnxGraph = onnxModel({ nodes: [], inputs: {}, outputs: {} }).graph;
    for (let depth = 0; depth < 60; depth++) {
      const attributes = { body: { type: 'graph', value: graph } } as const;
      graph = onnxModel({
        nodes: [{ opType: 'Loop', inputs: [], outputs: [], attributes }],
        inputs: {},
        outputs: {},
      }).graph;
    }
    const bytes = encodeModel({ ...onnxModel({ nodes: [], inputs: {}, outputs: {} }), graph });
    expect(() => decodeModel(bytes)).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [decodeModel] the bytes must be a supported ONNX model. Received: graphs nested more than 50 deep.]`,
    );
  });
});
