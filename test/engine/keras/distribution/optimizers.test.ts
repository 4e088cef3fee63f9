import { distribution, optimizers } from 'evenkeel';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { compare } from '../../../support/world-training.ts';

beforeEach(() => {
  distribution.setDistribution(new distribution.DataParallel());
});
afterEach(() => {
  distribution.setDistribution(null);
});

describe('several processes train as one with the same batches', () => {
  test('with each optimizer', async () => {
    for (const optimizer of Object.values(optimizers)) {
      if (typeof optimizer !== 'function' || !(optimizer.prototype instanceof optimizers.Optimizer)) continue;
      if (optimizer === optimizers.LossScaleOptimizer || optimizer === optimizers.MultiOptimizer) continue;
      const Class = optimizer as new (options: object) => optimizers.Optimizer;
      // Some divide by roots of gradients that are almost zero, which enlarges their rounding.
      await compare(
        { compile: () => ({ optimizer: new Class({ learningRate: 0.01 }), loss: 'mse' }), fit: { batchSize: 11 } },
        [2],
        1e-6,
      );
    }
  });

  test('with clipping by the global norm, weight decay, averages and accumulation', async () => {
    const optimizer = (): optimizers.Optimizer =>
      new optimizers.Adam({ globalClipnorm: 0.01, weightDecay: 0.1, useEma: true, emaOverwriteFrequency: 3 });
    await compare({ compile: () => ({ optimizer: optimizer(), loss: 'mse' }) });
    const accumulating = (): optimizers.Optimizer =>
      new optimizers.SGD({ gradientAccumulationSteps: 2, momentum: 0.9 });
    await compare({ compile: () => ({ optimizer: accumulating(), loss: 'mse' }) });
    const several = (): optimizers.Optimizer =>
      new optimizers.MultiOptimizer(new optimizers.OptimizerMap(optimizer(), { '.*bias': accumulating() }));
    await compare({ compile: () => ({ optimizer: several(), loss: 'mse' }) });
  });
});
