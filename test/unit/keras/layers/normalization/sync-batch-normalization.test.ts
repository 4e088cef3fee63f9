import { expect, test } from 'vitest';
import { deserializeLayer, serializeLayer } from '../../../../../src/keras/layers/serialization.ts';
import { BatchNormalization, SyncBatchNormalization } from '../../../../../src/keras/layers/index.ts';
import { callLayer, pattern } from '../../../../support/call-layer.ts';

/** What tf.keras writes for a SyncBatchNormalization. */
const legacy = {
  name: 'sync',
  trainable: true,
  dtype: 'float32',
  axis: [3],
  momentum: 0.9,
  epsilon: 0.001,
  center: true,
  scale: true,
  beta_initializer: { class_name: 'Zeros', config: {} },
  gamma_initializer: { class_name: 'Ones', config: {} },
  moving_mean_initializer: { class_name: 'Zeros', config: {} },
  moving_variance_initializer: { class_name: 'Ones', config: {} },
  beta_regularizer: null,
  gamma_regularizer: null,
  beta_constraint: null,
  gamma_constraint: null,
};

test('is BatchNormalization on one process', () => {
  const [sync, plain] = [new SyncBatchNormalization({ momentum: 0.5 }), new BatchNormalization({ momentum: 0.5 })];
  const x = pattern([4, 3]);
  expect(callLayer(sync, x, { training: true }).output).toEqual(callLayer(plain, x, { training: true }).output);
  expect(sync.getWeights()).toEqual(plain.getWeights());
  expect(sync.synchronized).toBe(true);
});

test('comes back from a config of tf.keras, and writes its keys', () => {
  const layer = deserializeLayer({ class_name: 'SyncBatchNormalization', config: legacy });
  expect(layer).toBeInstanceOf(SyncBatchNormalization);
  expect(layer.name).toBe('sync');
  expect(Object.keys(layer.getConfig())).toEqual(Object.keys(legacy));
  expect(layer.getConfig()['axis']).toEqual([3]);
});

test('names renorm in its config where it is on', () => {
  const layer = new SyncBatchNormalization({ renorm: true, renormClipping: { rmax: 2 } });
  expect(layer.getConfig()).toMatchObject({ renorm: true, renorm_clipping: { rmax: 2 }, renorm_momentum: 0.99 });
  expect(layer.getConfig()).not.toHaveProperty('synchronized');
  const copy = deserializeLayer(serializeLayer(layer));
  expect(copy.getConfig()).toEqual(layer.getConfig());
});

test('takes synchronized: true, which says nothing new, and refuses false and fused', () => {
  expect(new SyncBatchNormalization({ synchronized: true }).synchronized).toBe(true);
  expect(() => new SyncBatchNormalization({ name: 's', synchronized: false })).toThrow(
    '[SyncBatchNormalization s] synchronized must be true. Received: synchronized=false. Use BatchNormalization.',
  );
  expect(() => new SyncBatchNormalization({ name: 's', fused: true })).toThrow(
    '[SyncBatchNormalization s] fused: true cannot be used with synchronized: true. Use fused: null or false.',
  );
});
