import { expect, test } from 'vitest';
import { ValueError } from '../../../../src/core/errors.ts';
import { Tensor } from '../../../../src/core/tensor.ts';
import * as metrics from '../../../../src/keras/metrics/index.ts';
import { updateMetric } from './update-metric.ts';

const floats = (data: readonly number[], shape: readonly number[]): Tensor =>
  new Tensor(Float32Array.from(data), shape);
const given = (metric: metrics.Metric, shape: readonly number[], weights: Tensor | null = null): unknown => {
  const ones = floats(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 1),
    shape,
  );
  return updateMetric(metric, ones, ones, weights);
};

test('the weights of entries are those of the class with classId', () => {
  const metric = new metrics.Precision({ classId: 1 });
  const [target, prediction] = [floats([1, 1, 0, 0], [2, 2]), floats([0, 1, 0, 1], [2, 2])];
  expect(updateMetric(metric, target, prediction, floats([9, 3, 9, 1], [2, 2])).item()).toBe(0.75);
});

test('a state of integers truncates weights, as in Keras', () => {
  const config = { num_classes: 2, name: 'mine', dtype: 'int64' };
  const metric = metrics.get({ class_name: 'MeanIoU', config });
  expect(metric.dtype).toBe('int32');
  const weights = floats([1.9, 0.9, 2], [3]);
  expect(updateMetric(metric, floats([1, 1, 0], [3]), floats([1, 0, 1], [3]), weights).item()).toBeCloseTo(1 / 6, 6);
  expect(metric.variables[0]?.value.toArray()).toEqual([
    [0, 2],
    [0, 1],
  ]);
});

test('any axis of one-hot targets can be that of the classes, where Keras fails', () => {
  const [target, prediction] = [
    [1, 0, 0, 1],
    [0.9, 0.2, 0.1, 0.8],
  ];
  const along = (axis: number, shape: readonly number[]): number =>
    updateMetric(new metrics.OneHotMeanIoU(2, { axis }), floats(target, shape), floats(prediction, shape), null).item();
  expect(along(1, [1, 2, 2])).toBeCloseTo(1, 6);
  expect(along(-2, [1, 2, 2])).toBeCloseTo(1, 6);
});

test('larger values are better for all confusion metrics except the counts of errors', () => {
  expect(new metrics.Precision().direction).toBe('up');
  expect(new metrics.AUC().direction).toBe('up');
  expect(new metrics.F1Score().direction).toBe('up');
  expect(new metrics.R2Score().direction).toBe('up');
  expect(new metrics.MeanIoU(2).direction).toBe('up');
  expect(new metrics.RecallAtPrecision(0.5).direction).toBe('up');
  expect(new metrics.OneHotIoU(2, [0]).direction).toBe('up');
  expect(new metrics.PearsonCorrelation().direction).toBe('up');
  expect(new metrics.TruePositives().direction).toBe('up');
  expect(new metrics.TrueNegatives().direction).toBe('up');
  expect(new metrics.FalsePositives().direction).toBe('down');
  expect(new metrics.FalseNegatives().direction).toBe('down');
});

test.each([
  [
    () => new metrics.Precision({ thresholds: [0.5, 2] }),
    new ValueError('[Precision] thresholds must be at least one number in [0, 1]. Received: thresholds=[0.5, 2].'),
  ],
  [() => new metrics.Recall({ topK: 0 }), new TypeError('[Recall] topK must be an integer ≥ 1. Received: topK=0.')],
  [
    () => given(new metrics.Recall({ classId: 3 }), [2, 3]),
    new ValueError(
      '[Recall] classId must be an entry of the last axis of targets and predictions of rank 2 or more. Received: classId=3, shape [2, 3].',
    ),
  ],
  [
    () => given(new metrics.TruePositives(), [2, 3], floats([1, 1, 1], [3])),
    new ValueError(
      '[TruePositives] sampleWeight must broadcast to the predictions. Received: sampleWeight of shape [3] for predictions of shape [2, 3].',
    ),
  ],
  [
    () => new metrics.AUC({ curve: 'DET' as never }),
    new TypeError('[AUC] curve must be one of "ROC", "PR", "PRGAIN". Received: curve="DET".'),
  ],
  [
    () => new metrics.AUC({ numLabels: 3 }),
    new ValueError('[AUC] numLabels requires multiLabel: true. Received: numLabels=3.'),
  ],
  [
    () => given(new metrics.AUC({ multiLabel: true }), [2]),
    new ValueError('[AUC] predictions must have the shape [batch, labels] with multiLabel. Received: shape [2].'),
  ],
  [
    () => new metrics.FBetaScore({ beta: 0 }),
    new ValueError('[FBetaScore] beta must be greater than 0. Received: beta=0.'),
  ],
  [
    () => given(new metrics.F1Score(), [2]),
    new ValueError(
      '[F1Score] targets and predictions must have the shape [batch, classes]. Received: yTrue of shape [2], yPred of shape [2].',
    ),
  ],
  [
    () => given(new metrics.R2Score(), [2]),
    new ValueError(
      '[R2Score] targets and predictions must have the shape [batch, outputs]. Received: yTrue of shape [2], yPred of shape [2].',
    ),
  ],
  [
    () => new metrics.IoU(2, [2]),
    new ValueError(
      '[IoU] targetClassIds must be a list of classes in [0, numClasses). Received: targetClassIds=[2], numClasses=2.',
    ),
  ],
  [
    () => new metrics.OneHotIoU(2, [2]),
    new ValueError(
      '[OneHotIoU] targetClassIds must be a list of classes in [0, numClasses). Received: targetClassIds=[2], numClasses=2.',
    ),
  ],
  [
    () => new metrics.OneHotMeanIoU(2, { sparseYTrue: true } as never),
    new TypeError('[OneHotMeanIoU] unknown option "sparseYTrue". Did you mean "sparseYPred"?'),
  ],
  [
    () => new metrics.PrecisionAtRecall(1.5),
    new ValueError('[PrecisionAtRecall] recall must be in [0, 1]. Received: recall=1.5.'),
  ],
  [
    () => metrics.get('sensitivity_at_specificity'),
    new TypeError('[SensitivityAtSpecificity] specificity must be a finite number. Received: specificity=undefined.'),
  ],
  [
    () => new metrics.RecallAtPrecision(0.5, { numThresholds: 0 }),
    new TypeError('[RecallAtPrecision] numThresholds must be an integer ≥ 1. Received: numThresholds=0.'),
  ],
  [
    () => given(new metrics.SpecificityAtSensitivity(0.5, { classId: 3 }), [2, 3]),
    new ValueError(
      '[SpecificityAtSensitivity] classId must be an entry of the last axis of targets and predictions of rank 2 or more. Received: classId=3, shape [2, 3].',
    ),
  ],
  [
    () => new metrics.PearsonCorrelation({ axis: [] }),
    new TypeError('[PearsonCorrelation] axis must be an integer or a list of integers. Received: axis=[].'),
  ],
])('mistakes are refused with a fix (%#)', (run, error) => {
  expect(run).toThrow(error);
});
