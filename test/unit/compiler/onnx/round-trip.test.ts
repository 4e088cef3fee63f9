import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeModel, encodeModel } from '../../../../src/compiler/onnx/codec.ts';
import { DataType, type OnnxAttribute, type OnnxGraph, type OnnxTensor } from '../../../../src/compiler/onnx/index.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const integer = fc.maxSafeInteger();
const size = fc.nat({ max: 5 });
const float = fc.float();

const onnxTensor: fc.Arbitrary<OnnxTensor> = fc
  .record({ name: text, dims: fc.array(size, { maxLength: 3 }) })
  .chain(({ name, dims }) => {
    const bytes = 4 * dims.reduce((product, n) => product * n, 1);
    return fc
      .uint8Array({ minLength: bytes, maxLength: bytes })
      .map((rawData) => ({ name, dims, dataType: DataType.FLOAT, rawData }));
  });

const info = fc.record({
  name: text,
  dataType: fc.constantFrom(...Object.values(DataType)),
  dims: fc.option(fc.array(fc.oneof(size, text, fc.constant(null)), { maxLength: 3 })),
});

function attribute(depth: number): fc.Arbitrary<OnnxAttribute> {
  const plain: fc.Arbitrary<OnnxAttribute>[] = [
    fc.record({ type: fc.constant('float'), value: float }),
    fc.record({ type: fc.constant('int'), value: integer }),
    fc.record({ type: fc.constant('string'), value: text }),
    fc.record({ type: fc.constant('floats'), value: fc.array(float) }),
    fc.record({ type: fc.constant('ints'), value: fc.array(integer) }),
    fc.record({ type: fc.constant('strings'), value: fc.array(text) }),
    fc.record({ type: fc.constant('tensor'), value: onnxTensor }),
  ];
  if (depth < 2) plain.push(fc.record({ type: fc.constant('graph'), value: graph(depth + 1) }));
  return fc.oneof(...plain);
}

function graph(depth: number): fc.Arbitrary<OnnxGraph> {
  const list = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(item, { maxLength: 3 });
  const names = list(text);
  const node = fc.record({
    name: text,
    opType: text,
    domain: text,
    inputs: names,
    outputs: names,
    attributes: fc.dictionary(text, attribute(depth), { maxKeys: 3, noNullPrototype: true }),
  });
  return fc.record(
    {
      name: text,
      nodes: list(node),
      initializers: list(onnxTensor),
      inputs: list(info),
      outputs: list(info),
      valueInfos: fc.array(info, { minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: ['name', 'nodes', 'initializers', 'inputs', 'outputs'] },
  );
}

const model = fc.record({
  irVersion: integer,
  opsetImports: fc.array(fc.record({ domain: text, version: integer }), { maxLength: 3 }),
  producerName: text,
  producerVersion: text,
  metadata: fc.dictionary(text, text, { noNullPrototype: true }),
  graph: graph(0),
});

test('decoding an encoded model returns an equal model', () => {
  fc.assert(
    fc.property(model, (given) => {
      expect(decodeModel(encodeModel(given))).toEqual(given);
    }),
  );
});

test('decoding arbitrary bytes returns a model or throws a ValueError', () => {
  const attempt = (bytes: Uint8Array): void => {
    try {
      decodeModel(bytes);
    } catch (error) {
      expect(String(error)).toMatch(
        /^ValueError: \[decodeModel\] the bytes must be a supported ONNX model. Received: /,
      );
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), attempt));
  const broken = fc.record({ model, at: fc.nat(), byte: fc.nat({ max: 255 }), length: fc.nat() });
  fc.assert(
    fc.property(broken, ({ model: given, at, byte, length }) => {
      const bytes = encodeModel(given);
      bytes[at % bytes.length] = byte;
      attempt(bytes);
      attempt(bytes.subarray(0, length % bytes.length));
    }),
  );
});
