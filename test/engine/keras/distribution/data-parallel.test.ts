import { type CompileOptions, callbacks, distribution, losses, metrics, optimizers } from 'evenkeel';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { lcg } from '../../../support/lcg.ts';
import { ROWS, compare, labels, x } from '../../../support/world-training.ts';

beforeEach(() => {
  distribution.setDistribution(new distribution.DataParallel());
});
afterEach(() => {
  distribution.setDistribution(null);
});

describe('several processes train as one with the same batches', () => {
  test('where shares are unequal, and some processes have no rows of the last batch', async () => {
    // 22 = 2 · 8 + 6 rows, of which two of eight processes have none; of the batches of 21 rows, the last has one.
    await compare({}, [2, 8]);
    await compare({ fit: { batchSize: 21 } });
  });

  test('with weights of rows and classes', async () => {
    const weighted = (reduction: 'sum' | 'mean_with_sample_weight' | 'sum_over_batch_size') => (): CompileOptions => ({
      optimizer: 'sgd',
      loss: new losses.MeanSquaredError({ reduction }),
      weightedMetrics: ['mae'],
      metrics: ['mae'],
    });
    const sampleWeight = lcg([ROWS], 9, 0, 2);
    for (const reduction of ['sum', 'mean_with_sample_weight', 'sum_over_batch_size'] as const) {
      await compare({ compile: weighted(reduction), fit: { sampleWeight, batchSize: 21 } });
    }
    await compare({
      y: labels,
      compile: () => ({ optimizer: 'sgd', loss: new losses.SparseCategoricalCrossentropy({ fromLogits: true }) }),
      fit: { classWeight: { 0: 1, 1: 2, 2: 0.5 } },
    });
  });

  test('with metrics, validation data and callbacks that look at them', async () => {
    await compare({
      y: labels,
      compile: () => ({
        optimizer: new optimizers.SGD({ learningRate: 0.5 }),
        loss: new losses.SparseCategoricalCrossentropy({ fromLogits: true, ignoreClass: 1 }),
        metrics: ['accuracy', new metrics.SparseTopKCategoricalAccuracy({ k: 2 })],
      }),
      fit: () => ({
        epochs: 5,
        validationData: [x, labels],
        callbacks: [
          new callbacks.EarlyStopping({ monitor: 'val_loss', patience: 1 }),
          new callbacks.ReduceLROnPlateau({ monitor: 'loss', patience: 1 }),
        ],
      }),
    });
    await compare({ fit: { validationSplit: 0.3, epochs: 3 } });
  });
});
