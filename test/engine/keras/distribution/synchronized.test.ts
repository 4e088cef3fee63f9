import { type Layer, distribution, layers, tensor } from 'evenkeel';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { ROWS, compare, float64, targets, x } from '../../../support/world-training.ts';

beforeEach(() => {
  distribution.setDistribution(new distribution.DataParallel());
});
afterEach(() => {
  distribution.setDistribution(null);
});

const batchNormalization =
  (options: object = {}) =>
  (): Layer[] => [
    new layers.Dense(5, float64),
    new layers.BatchNormalization({ synchronized: true, momentum: 0.8, ...options, ...float64 }),
    new layers.Activation('tanh', float64),
    new layers.Dense(3, float64),
  ];

describe('several processes train as one with the same batches', () => {
  test('with a mask', async () => {
    const masked = (): Layer[] => [
      new layers.Reshape([3, 2], float64),
      new layers.Masking({ maskValue: 0, ...float64 }),
      new layers.SimpleRNN(4, { returnSequences: true, ...float64 }),
      new layers.BatchNormalization({ synchronized: true, ...float64 }),
      new layers.Dense(1, float64),
    ];
    const steps = tensor(
      x.data.map((entry, i) => (i % 12 >= 8 ? 0 : entry)),
      x.shape,
    );
    await compare({ x: steps, layers: masked, y: tensor(targets.data, [ROWS, 3, 1]) });
  });

  test('with synchronized batch normalization', async () => {
    await compare({ layers: batchNormalization() }, [2, 8]);
    await compare({ layers: batchNormalization(), fit: { batchSize: 21 } });
    await compare({
      layers: batchNormalization({ renorm: true, renormClipping: { rmax: 1.5, rmin: 0.7, dmax: 0.5 } }),
    });
  });
});
