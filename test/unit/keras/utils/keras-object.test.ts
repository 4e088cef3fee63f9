import { expect, test } from 'vitest';
import type { Config, Json } from '../../../../src/core/config.ts';
import { DTypePolicy } from '../../../../src/core/dtype-policy.ts';
import { tensor } from '../../../../src/core/tensor.ts';
import * as activations from '../../../../src/keras/activations/index.ts';
import { MaxNorm } from '../../../../src/keras/constraints/index.ts';
import { RandomNormal } from '../../../../src/keras/initializers/index.ts';
import { Dense, Input, TimeDistributed } from '../../../../src/keras/layers/index.ts';
import { BinaryCrossentropy, Loss, MeanSquaredError } from '../../../../src/keras/losses/index.ts';
import { TopKCategoricalAccuracy } from '../../../../src/keras/metrics/index.ts';
import { Sequential } from '../../../../src/keras/models/index.ts';
import { SGD, schedules } from '../../../../src/keras/optimizers/index.ts';
import { L1L2 } from '../../../../src/keras/regularizers/index.ts';
import { deserializeKerasObject, serializeKerasObject } from '../../../../src/keras/utils/index.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { loadGolden } from '../../../support/golden.ts';

const { cases } = loadGolden<{ readonly kind: string; readonly json: Json }>('keras-objects');

const objects: Readonly<Record<string, unknown>> = {
  layer: new Dense(2, { activation: 'relu', name: 'd' }),
  wrapper: new TimeDistributed(new Dense(2, { name: 'd' }), { name: 't' }),
  optimizer: new SGD({ learningRate: 0.5, momentum: 0.25 }),
  schedule: new schedules.ExponentialDecay(0.5, 10, 0.25),
  loss: new BinaryCrossentropy({ fromLogits: true }),
  metric: new TopKCategoricalAccuracy({ k: 3, name: 'top' }),
  initializer: new RandomNormal({ mean: 0, stddev: 0.5, seed: 3 }),
  regularizer: new L1L2({ l1: 0.5, l2: 0.25 }),
  constraint: new MaxNorm({ maxValue: 2, axis: 1 }),
  policy: new DTypePolicy('mixed_float16'),
  function: activations.relu,
  tensor: tensor([[1, 2]]),
  structure: { a: [1, 1.5, 'b', null, true], c: new MeanSquaredError() },
};

test.each(cases)('serializeKerasObject writes a $kind as Keras does', ({ kind, json }) => {
  expect(serializeKerasObject(objects[kind])).toEqual(json);
});

test.each(cases)('deserializeKerasObject reads a $kind that Keras wrote', ({ kind, json }) => {
  const read = deserializeKerasObject(json);
  expect(serializeKerasObject(read)).toEqual(json);
  if (kind !== 'structure') expect(read?.constructor).toBe(objects[kind]?.constructor);
});

test('deserializeKerasObject reads models, and their compilation', () => {
  const model = new Sequential([Input({ shape: [2] }), new Dense(1)]);
  model.compile({ optimizer: 'adam', loss: 'mse' });
  const read = deserializeKerasObject(serializeKerasObject(model)) as Sequential;
  expect(read).toBeInstanceOf(Sequential);
  expect(read.optimizer.name).toBe('adam');
});

class Halved extends Loss {
  static override readonly className = 'Halved';

  override call(yTrue: Value): Value {
    return yTrue;
  }
}

test('deserializeKerasObject reads custom classes of any kind by their names', () => {
  const json = serializeKerasObject([new Halved(), new Dense(1)]) as readonly Json[];
  expect(json[0]).toMatchObject({ module: null, class_name: 'Halved' });
  const [loss, layer] = deserializeKerasObject([...json], { customObjects: { Halved } }) as readonly unknown[];
  expect(loss).toBeInstanceOf(Halved);
  expect(layer).toBeInstanceOf(Dense);
});

test('serializeKerasObject and deserializeKerasObject refuse what they do not know', () => {
  expect(() => serializeKerasObject(new Map())).toThrow(
    "[serializeKerasObject] the object must be one of Keras's, a tensor or a plain value. Received: Map",
  );
  const unknown: Config = { module: 'keras.losses', class_name: 'Nothing', config: {}, registered_name: null };
  expect(() => deserializeKerasObject(unknown)).toThrow(/unknown loss "Nothing"/);
});
