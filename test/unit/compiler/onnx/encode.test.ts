import { describe, expect, test } from 'vitest';
import { ValueError } from '../../../../src/core/errors.ts';
import { Tensor } from '../../../../src/core/tensor.ts';
import { encodeModel } from '../../../../src/compiler/onnx/codec.ts';
import { DataType, dataTypeOf, int64Tensor, onnxTensor } from '../../../../src/compiler/onnx/index.ts';
import { onnxModel } from '../../../support/onnx-model.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('encodeModel', () => {
  test('writes the bytes that protobuf and onnx.proto define', () => {
    const bytes = encodeModel({
      irVersion: 10,
      opsetImports: [{ domain: '', version: 21 }],
      producerName: 'p',
      producerVersion: '1',
      metadata: { k: 'v' },
      graph: {
        name: 'g',
        nodes: [
          {
            name: 'n',
            opType: 'Op',
            domain: 'd',
            inputs: ['x'],
            outputs: ['y'],
            attributes: { a: { type: 'ints', value: [1, -1] }, f: { type: 'float', value: 0.5 } },
          },
        ],
        initializers: [onnxTensor('w', new Tensor(new Float32Array([1]), [1]))],
        inputs: [{ name: 'x', dataType: DataType.FLOAT, dims: [2, 'b', null] }],
        outputs: [],
      },
    });
    expect(hex(bytes)).toBe(
      [
        '080a', // ir_version: field 1, varint, 10
        '120170', // producer_name: field 2, one byte, "p"
        '1a0131', // producer_version "1"
        '3a5e', // graph: field 7, 94 bytes
        '0a32', //   node: field 1, 50 bytes
        '0a0178', //     input "x"
        '120179', //     output "y"
        '1a016e', //     name "n"
        '22024f70', //     op_type "Op"
        '2a13', //     attribute: field 5, 19 bytes
        '0a0161', //       name "a"
        '4001', //       ints: field 8, 1
        '40ffffffffffffffffff01', //       −1 in two's complement of 64 bits
        'a00107', //       type: field 20, INTS
        '2a0b', //     attribute: field 5, 11 bytes
        '0a0166', //       name "f"
        '150000003f', //       f: field 2, 32 bits, 0.5
        'a00101', //       type FLOAT
        '3a0164', //     domain "d"
        '120167', //   name "g"
        '2a0d', //   initializer: field 5, 13 bytes
        '080110014201774a040000803f', //     dims 1, data_type FLOAT, name "w", raw_data 1.0
        '5a16', //   input: field 11, 22 bytes
        '0a0178', //     name "x"
        '12110a0f', //     type: field 2, of 17 bytes; tensor_type: field 1, of 15 bytes
        '0801', //       elem_type FLOAT
        '120b', //       shape: field 2, of 11 bytes, three dimensions
        '0a020802', //         2
        '0a03120162', //         "b"
        '0a00', //         not known
        '42040a001015', // opset_import: field 8, domain "", version 21
        '72060a016b120176', // metadata_props: field 14, key "k", value "v"
      ].join(''),
    );
  });

  test('throws if an integer is not safe', () => {
    const model = onnxModel({
      nodes: [{ opType: 'Op', inputs: [], outputs: ['y'], attributes: { a: { type: 'int', value: 2 ** 53 } } }],
      inputs: {},
      outputs: {},
    });
    expect(() => encodeModel(model)).toThrow(
      new ValueError('[encodeModel] integers must be safe integers. Received: 9007199254740992.'),
    );
  });
});

describe('onnxTensor', () => {
  test.each([
    ['float32', new Float32Array([1, -2]), DataType.FLOAT, '0000803f000000c0'],
    ['float64', new Float64Array([1]), DataType.DOUBLE, '000000000000f03f'],
    ['int32', new Int32Array([1, -2]), DataType.INT32, '01000000feffffff'],
    ['uint8', new Uint8Array([1, 255]), DataType.UINT8, '01ff'],
    ['bool', new Uint8Array([1, 0]), DataType.BOOL, '0100'],
  ] as const)('writes %s little-endian', (dtype, data, dataType, raw) => {
    const { rawData, ...rest } = onnxTensor('t', new Tensor(data, [data.length], dtype));
    expect(rest).toEqual({ name: 't', dims: [data.length], dataType });
    expect(hex(rawData)).toBe(raw);
    expect(dataTypeOf(dtype)).toBe(dataType);
  });

  test('copies only the part of a buffer that belongs to the tensor', () => {
    const part = new Float32Array([7, 1, 7]).subarray(1, 2);
    expect(hex(onnxTensor('t', new Tensor(part, [])).rawData)).toBe('0000803f');
  });
});

describe('int64Tensor', () => {
  test('is one-dimensional unless dims are given', () => {
    expect(int64Tensor('axes', [-1, 2])).toEqual({
      name: 'axes',
      dims: [2],
      dataType: DataType.INT64,
      rawData: Uint8Array.from([255, 255, 255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 0, 0, 0]),
    });
    expect(int64Tensor('k', [5], []).dims).toEqual([]);
  });

  test('throws if values are not safe integers or do not match dims', () => {
    expect(() => int64Tensor('k', [1, 2], [3])).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [int64Tensor] dims must have as many elements as the values, 2. Received: dims=[3].]`,
    );
    expect(() => int64Tensor('k', [0.5])).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [int64Tensor] values must be safe integers. Received: 0.5.]`,
    );
    expect(() => int64Tensor('k', [0.5])).toThrow(ValueError);
  });
});
