import { Input, Model, NotImplementedError, Sequential, layers, loadModel } from 'evenkeel';
import { Dense, SpectralNormalization, WeightNormalization } from 'evenkeel/layers';
import { expect, test } from 'vitest';
import { deserializeLayer, layerClasses, serializeLayer } from '../../../../src/keras/layers/serialization.ts';
import { innerClasses } from '../../../../src/keras/layers/normalization/inner-layer.ts';
import { WeightWrapper } from '../../../../src/keras/layers/normalization/weight-wrapper.ts';

test('layers that normalize weights know every layer with a kernel', () => {
  const withKernel = Object.entries(layerClasses).filter(([, layerClass]) => {
    const { prototype } = layerClass as unknown as { readonly prototype: object };
    return 'kernel' in prototype && !(prototype instanceof WeightWrapper);
  });
  for (const [name, layerClass] of withKernel) expect(innerClasses[name], name).toBe(layerClass);
  expect(withKernel.length).toBeGreaterThan(1);
});

test('a wrapper inside a wrapper is written as a built-in class, and read', () => {
  const layer = new SpectralNormalization(new WeightNormalization(new Dense(2)));
  const json = JSON.stringify(serializeLayer(layer));
  expect(JSON.parse(json)).toMatchObject({
    config: { layer: { module: 'keras.layers', registered_name: null, config: { layer: { module: 'keras.layers' } } } },
  });
  expect(JSON.stringify(serializeLayer(deserializeLayer(JSON.parse(json))))).toBe(json);
});

test('a wrapper inside a wrapper is not read by the class of the outer one, and says by what', () => {
  const layer = new SpectralNormalization(new WeightNormalization(new Dense(2)));
  const message =
    '[fromConfig] a layer that wraps a wrapping layer must be read with layers.deserialize, or with its model. Received: layer=WeightNormalization.';
  expect(() => SpectralNormalization.fromConfig(layer.getConfig())).toThrow(new NotImplementedError(message));
});

test('a model in a layer is written as a model, and read again', async () => {
  const row = new Sequential([Input({ shape: [4] }), new layers.Dense(2)]);
  const x = Input({ shape: [3, 4] });
  const model = new Model({ inputs: x, outputs: new layers.TimeDistributed(row).apply(x) });
  const written = JSON.stringify(model.getConfig());
  expect(written).toContain('"layer":{"module":"keras","class_name":"Sequential"');
  for (const format of ['keras', 'h5'] as const) {
    const again = await loadModel(await model.toBytes(format));
    expect(again.weights.map(({ value }) => value)).toEqual(model.weights.map(({ value }) => value));
    expect(JSON.stringify(again.getConfig())).toBe(written);
  }
});

test('a recurrent layer returns the states of stacked cells in a list for each cell', () => {
  const cell = new layers.StackedRNNCells([new layers.LSTMCell(3), new layers.GRUCell(2)]);
  const made: unknown = new layers.RNN(cell, { returnState: true }).apply(Input({ shape: [4, 5] }));
  const shapes = (part: unknown): unknown =>
    Array.isArray(part) ? part.map(shapes) : (part as { readonly shape: unknown }).shape;
  const states = [[[null, 3], [null, 3]], [null, 2]]; // prettier-ignore
  expect(shapes(made)).toEqual([[null, 2], ...states]);
});
