import { describe, expect, test } from 'vitest';
import * as layers from '../../../../src/keras/layers/index.ts';
import { Input, Layer } from '../../../../src/keras/layers/index.ts';
import { Model, Sequential, cloneModel } from '../../../../src/keras/models/index.ts';
import { Tensor } from '../../../../src/core/tensor.ts';
import { lcg } from '../../../support/lcg.ts';
import { predictByReference } from '../../../support/predict-by-reference.ts';

describe('cloneModel', () => {
  test('cloneModel makes a Sequential model with new layers and weights', () => {
    const model = new Sequential([Input({ shape: [3], name: 'x' }), new layers.Dense(2, { name: 'a' })], { name: 'm' });
    const twin = cloneModel(model);
    expect(twin).toBeInstanceOf(Sequential);
    expect(twin.getConfig()).toEqual(model.getConfig());
    expect(twin.layers[0]).not.toBe(model.layers[0]);
    expect(twin.getWeights()[0]!.data).not.toEqual(model.getWeights()[0]!.data);
  });

  test('the clone of an unbuilt Sequential model is unbuilt', () => {
    const twin = cloneModel(new Sequential([new layers.Dense(2, { name: 'a' })]));
    expect(twin.built).toBe(false);
    expect(twin.layers.map(({ name }) => name)).toEqual(['a']);
  });

  test('branches, shared layers, several inputs and outputs, operations and modes are kept', () => {
    const [left, right] = [Input({ shape: [3], name: 'left' }), Input({ shape: [3], name: 'right' })];
    const shared = new layers.Dense(2, { name: 'shared' });
    const twice = new layers.Lambda((x) => x, { name: 'same' });
    const sum = new layers.Add({ name: 'sum' }).apply([shared.apply(left), twice.apply(shared.apply(right))]);
    const dropped = new layers.Dropout(0.5, { name: 'dropped' }).apply(sum, { training: false });
    const model = new Model({ inputs: { left, right }, outputs: [dropped, sum], name: 'm' });
    const twin = cloneModel(model);
    twin.setWeights(model.getWeights());
    expect(twin.layers.map(({ name }) => name)).toEqual(model.layers.map(({ name }) => name));
    expect(twin.network!.connections.size).toBe(model.network!.connections.size);
    expect(twin.getLayer('same')).toBe(twice);
    expect(twin.getLayer('shared')).not.toBe(shared);
  });

  test('nested models are cloned', () => {
    const inner = new Sequential([Input({ shape: [3] }), new layers.Dense(3, { name: 'deep' })], { name: 'inner' });
    const inputs = Input({ shape: [3] });
    const model = new Model({ inputs, outputs: inner.apply(inner.apply(inputs)) });
    const twin = cloneModel(model);
    expect(twin.countParams()).toBe(model.countParams());
    expect(twin.getLayer('inner')).not.toBe(inner);
    expect((twin.getLayer('inner') as Sequential).layers[0]).not.toBe(inner.layers[0]);
  });

  test('cloneFunction replaces layers', () => {
    const model = new Sequential([Input({ shape: [3] }), new layers.Dense(2), new layers.Dropout(0.5)]);
    const twin = cloneModel(model, {
      cloneFunction: (layer) => (layer instanceof layers.Dropout ? new layers.Identity() : layer),
    });
    expect(twin.layers.map(({ className }) => className)).toEqual(['Dense', 'Identity']);
  });

  test('a model of a custom class is refused', () => {
    class Own extends Model {
      readonly dense = new layers.Dense(1);
    }
    expect(() => cloneModel(new Own({ name: 'own' }))).toThrow(
      '[cloneModel] the model must be made of inputs and outputs, or be Sequential. Received: Own own, of a custom class. Construct a new instance of that class.',
    );
  });

  test('unknown options are refused', () => {
    const model = new Sequential([Input({ shape: [3] }), new layers.Dense(2)]);
    // @ts-expect-error there is no such option.
    expect(() => cloneModel(model, { cloneFunktion: (layer: Layer) => layer })).toThrow(/cloneFunktion/);
  });
});

test('a clone with the same weights computes the same outputs', () => {
  const inputs = Input({ shape: [4, 4, 2] });
  const x = new layers.Conv2D(3, 3, { padding: 'same', activation: 'relu' }).apply(inputs);
  const model = new Model({ inputs, outputs: new layers.Flatten().apply(new layers.BatchNormalization().apply(x)) });
  const twin = cloneModel(model);
  twin.setWeights(model.getWeights());
  const feed = new Tensor(Float32Array.from(lcg([2, 4, 4, 2], 1)), [2, 4, 4, 2]);
  expect(predictByReference(twin, [feed])[0]!.data).toEqual(predictByReference(model, [feed])[0]!.data);
});
