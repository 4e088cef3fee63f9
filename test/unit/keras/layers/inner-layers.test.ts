import { NotImplementedError } from 'evenkeel';
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
