import { Sequential } from 'evenkeel';
import { Dense } from 'evenkeel/layers';
import { AUC, F1Score, MeanIoU, Precision, R2Score } from 'evenkeel/metrics';
import { expect, test } from 'vitest';

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

test('evaluate reports metrics that count', async () => {
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

test('a metric of a model may return a number for each class', async () => {
  const logs = await identity([new F1Score()]).evaluate(x, y, { verbose: 0 });
  expect(logs['f1_score']).toEqual([expect.closeTo(2 / 3, 6), expect.closeTo(2 / 3, 6)]);
});
