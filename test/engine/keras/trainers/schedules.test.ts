import { Sequential, tensor } from 'evenkeel';
import { Dense } from 'evenkeel/layers';
import { AUC, F1Score, MeanIoU, Precision, R2Score } from 'evenkeel/metrics';
import { Adam, Nadam, SGD, schedules } from 'evenkeel/optimizers';
import { LearningRateScheduler } from 'evenkeel/callbacks';
import { describe, expect, test } from 'vitest';
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

describe('a schedule', () => {
  test.each(all)('$name makes the steps that its formula says', async (schedule) => {
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

  test('is not for callbacks to change', async () => {
    const model = oneWeight(new SGD({ learningRate: all[0]! }));
    const callbacks = [new LearningRateScheduler((_, rate) => rate / 2)];
    await expect(model.fit([[1]], [[0]], { verbose: 0, callbacks })).rejects.toThrow(
      '[SGD] the learning rate comes from a LearningRateSchedule and cannot be set.',
    );
  });
});

test('gradients of several batches move the weights once, on their mean', async () => {
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
  'optimizers with state wait for the batches that they gather (%#)',
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

describe('metrics that count', () => {
  const identity = (metrics: readonly (AUC | F1Score)[]): Sequential => {
    const model = new Sequential([new Dense(2, { kernelInitializer: 'identity', useBias: false })]);
    model.compile({ loss: 'mse', metrics: [...metrics] });
    return model;
  };
  const [x, y] = [
    [
      [0.9, 0.1],
      [0.4, 0.6],
      [0.3, 0.7],
    ],
    [
      [1, 0],
      [1, 0],
      [0, 1],
    ],
  ];

  test('are reported by evaluate', async () => {
    const model = identity([
      ...[new AUC({ name: 'auc' }), new AUC({ name: 'labels', multiLabel: true, curve: 'PR' })],
      ...([
        new Precision({ name: 'precision' }),
        new Precision({ name: 'top', topK: 1 }),
        new R2Score(),
        new MeanIoU(2, { name: 'iou', sparseYTrue: false, sparseYPred: false }),
        new F1Score({ average: 'weighted' }),
      ] as never[]),
    ]);
    const logs = await model.evaluate(x, y, { verbose: 0, batchSize: 2 });
    expect(logs['precision']).toBeCloseTo(2 / 3, 6);
    expect(logs['top']).toBeCloseTo(2 / 3, 6);
    expect(logs['iou']).toBeCloseTo(1 / 2, 5);
    expect(logs['f1_score']).toBeCloseTo(2 / 3, 6);
    expect(logs['auc']).toBeCloseTo(8 / 9, 5);
    expect(logs['labels']).toBeCloseTo(1, 2);
    expect(logs['r2_score']).toBeCloseTo(0.31, 5);
  });

  test('must give one number', async () => {
    await expect(identity([new F1Score()]).evaluate(x, y, { verbose: 0 })).rejects.toThrow(
      'a metric of a model must return one number. Received: f1_score of shape [2]. Use a single threshold, or an average.',
    );
  });
});
