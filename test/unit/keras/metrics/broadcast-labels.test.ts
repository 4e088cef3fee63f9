import { metrics, tensor } from 'evenkeel';
import { expect, test } from 'vitest';
import { updateMetric } from './update-metric.ts';

test('SparseCategoricalAccuracy broadcasts labels against predictions, as Keras does', () => {
  const score = (yTrue: unknown, yPred: unknown): number =>
    updateMetric(new metrics.SparseCategoricalAccuracy(), tensor(yTrue as never), tensor(yPred as never), null).item();
  // Keras: 0.5, 0.5, 1/3 and 1.
  expect(score([2, 1], [1, 2, 3])).toBe(0.5);
  expect(score([[2], [1]], [1, 2, 3])).toBe(0.5);
  expect(score([2, 1, 0], [1, 2, 3])).toBeCloseTo(1 / 3, 6);
  expect(
    score(
      [2, 1],
      [
        [
          [1, 2, 3],
          [3, 4, 1],
        ],
      ],
    ),
  ).toBe(1);
});

test('SparseCategoricalAccuracy refuses one-hot targets, which Keras broadcasts', () => {
  const metric = new metrics.SparseCategoricalAccuracy();
  const [yTrue, yPred] = [
    tensor([
      [0, 1, 0],
      [1, 0, 0],
      [0, 0, 1],
    ]),
    tensor([
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
    ]),
  ];
  expect(() => updateMetric(metric, yTrue, yPred, null)).toThrow(
    'If the targets are one-hot, use the categorical accuracy.',
  );
});
