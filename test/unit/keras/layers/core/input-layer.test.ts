import { describe, expect, test } from 'vitest';
import { deserializeLayer, serializeLayer } from '../../../../../src/keras/layers/serialization.ts';
import { Add, Dense, Embedding, Input, InputLayer } from '../../../../../src/keras/layers/index.ts';
import { Model, Sequential, ValueError } from '../../../../../src/index.ts';

describe('Input', () => {
  test('is a symbolic tensor of the shape with the batch', () => {
    expect(Input({ shape: [2, null] }).shape).toEqual([null, 2, null]);
    expect(Input({ shape: [], batchSize: 8 }).shape).toEqual([8]);
    expect(Input({ batchShape: [null, 4], dtype: 'int32', name: 'ids' })).toMatchObject({
      shape: [null, 4],
      dtype: 'int32',
      name: 'ids',
      index: 0,
    });
  });

  test('comes from a layer that is built', () => {
    const layer = new InputLayer({ shape: [3] });
    expect(layer.output.node).toMatchObject({ operation: layer, index: 0, inputs: [], outputs: [layer.output] });
    expect(layer.built).toBe(true);
    expect(layer.weights).toEqual([]);
    expect(layer.name).toMatch(/^input_layer(_\d+)?$/);
  });

  test('is written as Keras writes it', () => {
    const layer = new InputLayer({ shape: [3], name: 'in', dtype: 'uint8' });
    expect(JSON.stringify(serializeLayer(layer))).toBe(
      '{"module":"keras.layers","class_name":"InputLayer","config":{"batch_shape":[null,3],"dtype":"uint8","sparse":false,"ragged":false,"name":"in","optional":false},"registered_name":null}',
    );
    const copy = deserializeLayer(serializeLayer(layer));
    expect(copy.getConfig()).toEqual(layer.getConfig());
  });

  test.each([
    [{ name: 'in' }, '[InputLayer in] shape must be given. Received: neither shape nor batchShape.'],
    [
      { name: 'in', shape: [2], batchShape: [1, 2] },
      '[InputLayer in] batchShape must not be given together with shape. Received: both. Leave one out.',
    ],
    [
      { name: 'in', batchSize: 4, batchShape: [1, 2] },
      '[InputLayer in] batchShape must not be given together with batchSize. Received: both. Leave one out.',
    ],
    [
      { name: 'in', shape: [2], batchSize: 0 },
      '[InputLayer in] batchSize must be a positive integer. Received: batchSize=0.',
    ],
    [
      { name: 'in', shape: [-2] },
      '[InputLayer in] shape must be an array of integers ≥ 0, with null for an unknown size. Received: shape=[-2].',
    ],
    [
      { name: 'in', shape: 2 },
      '[InputLayer in] shape must be an array of integers ≥ 0, with null for an unknown size. Received: shape=2.',
    ],
    [
      { name: 'in', shape: [2], sparse: true },
      '[InputLayer in] sparse must be false: the engine has no sparse tensors. Received: sparse=true.',
    ],
    [{ shpe: [2] }, '[InputLayer] unknown option "shpe". Did you mean "shape"?'],
  ])('refuses %j', (options, message) => {
    expect(() => Input(options as never)).toThrow(message);
  });
});

test('an input of a symbolic tensor has its shape and type, and takes its place in a model', () => {
  const x = Input({ shape: [4], batchSize: 3, name: 'x' });
  const hidden = new Dense(5, { name: 'hidden' }).apply(x);
  const output = new Dense(2, { name: 'output' }).apply(hidden);
  const start = Input({ tensor: hidden, name: 'start' });
  expect([start.shape, start.dtype, start.name]).toEqual([[3, 5], 'float32', 'start']);
  // A part of the model was computed from the tensor, another one from the input.
  const both = new Add({ name: 'both' }).apply([output, new Dense(2, { name: 'side' }).apply(start)]);
  const model = new Model({ inputs: start, outputs: both });
  expect(model.inputs.map(({ name }) => name)).toEqual(['start']);
  expect(model.layers.map(({ name }) => name).sort()).toEqual(['both', 'output', 'side', 'start']);
  expect(Model.fromConfig(model.getConfig()).outputShape).toEqual([3, 2]);
  // The model of the tensor itself is unchanged.
  expect(new Model({ inputs: x, outputs: output }).layers.map(({ name }) => name)).toEqual(['x', 'hidden', 'output']);
});

test('an input of a symbolic tensor may replace an input, and start a Sequential model', () => {
  const x = Input({ shape: [4], dtype: 'int32', name: 'x' });
  const y = new Embedding(3, 2).apply(x);
  const model = new Model({ inputs: Input({ tensor: x, name: 'x' }), outputs: y });
  expect([model.inputShape, model.outputShape]).toEqual([
    [null, 4],
    [null, 4, 2],
  ]);
  expect(new Sequential([Input({ tensor: y }), new Dense(7)]).outputShape).toEqual([null, 4, 7]);
  const layer = new InputLayer({ inputTensor: x, shape: [4], batchShape: [null, 4], dtype: 'int32' });
  expect(layer.inputTensor).toBe(x);
  expect(layer.getConfig()).toEqual({
    ...{ batch_shape: [null, 4], dtype: 'int32', sparse: false, ragged: false, name: layer.name, optional: false },
  });
});

test('an input of a symbolic tensor refuses options that do not fit it', () => {
  const tensor = Input({ shape: [4], name: 'x' });
  const received = 'for KerasTensor(shape=[null, 4], dtype=float32, name=x). Omit it.';
  for (const [option, value, shown] of [
    ['shape', [5], '[5]'],
    ['batchSize', 3, '3'],
    ['batchShape', [3, 4], '[3, 4]'],
    ['dtype', 'int32', '"int32"'],
  ] as const) {
    expect(() => Input({ tensor, [option]: value })).toThrow(
      new ValueError(`[InputLayer] ${option} must be that of inputTensor. Received: ${option}=${shown} ${received}`),
    );
  }
  expect(() => Input({ tensor: [1, 2] as never })).toThrow(
    new TypeError('[InputLayer] inputTensor must be a symbolic tensor. Received: inputTensor=[1, 2].'),
  );
  expect(() => Input({ inputTensor: tensor } as never)).toThrow(
    '[Input] inputTensor is an option of InputLayer. Received: inputTensor. Write tensor.',
  );
});
