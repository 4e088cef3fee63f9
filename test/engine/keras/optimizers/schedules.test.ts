import { Sequential, tensor } from 'evenkeel';
import { Dense } from 'evenkeel/layers';
import { Adam, Nadam, SGD, schedules } from 'evenkeel/optimizers';
import { LearningRateScheduler } from 'evenkeel/callbacks';
import { expect, test } from 'vitest';
import type { Optimizer } from '../../../../src/keras/optimizers/index.ts';

function oneWeight(optimizer: Optimizer, dtype: 'float32' | 'float64' = 'float32'): Sequential {
  const model = new Sequential([new Dense(1, { kernelInitializer: 'ones', useBias: false, dtype })]);
  model.compile({ optimizer, loss: 'mse' });
  return model;
}

const all = [
  new schedules.ExponentialDecay(0.1, 2, 0.5, { staircase: true }),
  new schedules.InverseTimeDecay(0.1, 2, 0.5),
  new schedules.PiecewiseConstantDecay([1, 3], [0.1, 0.05, 0.01]),
  new schedules.PolynomialDecay(0.1, 3, { power: 2, cycle: true }),
  new schedules.CosineDecay(0.01, 4, { warmupTarget: 0.1, warmupSteps: 2 }),
  new schedules.CosineDecayRestarts(0.1, 2, { mMul: 0.5, alpha: 0.1 }),
];

test.each(all)('a training step with the schedule $name uses the rate of its formula', async (schedule) => {
  for (const dtype of ['float32', 'float64'] as const) {
    const sgd = new SGD({ learningRate: schedule });
    const model = oneWeight(sgd, dtype);
    let expected = 1;
    for (let step = 0; step < 6; step++) {
      expect(sgd.learningRate.value.item()).toBeCloseTo(schedule.at(step), 6);
      // The gradient of (w − 0)² is 2 w.
      expected -= schedule.at(step) * 2 * expected;
      await model.trainOnBatch(tensor([[1]], undefined, dtype), tensor([[0]], undefined, dtype));
      expect(model.weights[0]!.value.item()).toBeCloseTo(expected, 6);
    }
  }
});

test('a callback cannot change a learning rate that comes from a schedule', async () => {
  const model = oneWeight(new SGD({ learningRate: all[0]! }));
  const callbacks = [new LearningRateScheduler((_, rate) => rate / 2)];
  await expect(model.fit([[1]], [[0]], { verbose: 0, callbacks })).rejects.toThrow(
    '[SGD] the learning rate comes from a LearningRateSchedule and cannot be set.',
  );
});

test('with gradient accumulation the weights are updated once per cycle, by the mean gradient', async () => {
  const model = oneWeight(new SGD({ learningRate: 0.5, gradientAccumulationSteps: 2 }));
  const seen: number[] = [];
  for (const y of [0, 0.5, 0.75, 0.25]) {
    await model.trainOnBatch([[1]], [[y]]);
    seen.push(model.weights[0]!.value.item());
  }
  // Gradients 2 and 1, then −1 and 0.
  expect(seen).toEqual([1, 0.25, 0.25, 0.5]);
});

test.each([() => new Adam({ gradientAccumulationSteps: 3 }), () => new Nadam({ gradientAccumulationSteps: 3 })])(
  'slots keep their values while gradients accumulate (%#)',
  async (make) => {
    const optimizer = make();
    const model = oneWeight(optimizer);
    const before = (): unknown => optimizer.variables.slice(3).map(({ value }) => value.toArray());
    await model.trainOnBatch([[1]], [[0]]);
    const first = before();
    await model.trainOnBatch([[1]], [[0]]);
    expect(before()).toEqual(first);
    await model.trainOnBatch([[1]], [[0]]);
    expect(before()).not.toEqual(first);
  },
);
