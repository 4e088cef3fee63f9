import { describe, expect, test } from 'vitest';
import { deserializeLayer, serializeLayer } from '../../../../../src/keras/layers/serialization.ts';
import { Input, InputLayer } from '../../../../../src/keras/layers/index.ts';

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
