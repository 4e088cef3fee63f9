import { Metric } from '../../../../src/keras/metrics/index.ts';
import * as roster from '../../../../src/keras/metrics/roster.ts';
import { classesOf } from '../../../../src/keras/saving/vocabulary.ts';
import { type DescribedClass, testFieldContract } from '../../../support/field-contract.ts';

const { MeanMetricWrapper: _wrapper, ...classes } = classesOf(Metric, roster) as unknown as Readonly<
  Record<string, DescribedClass>
>;

testFieldContract(classes, {
  values: {
    ...{ name: 'mine', dtype: 'float64', direction: 'up', k: 3, beta: 2, threshold: 0.75, thresholds: [0.25, 0.75] },
    ...{
      fromLogits: true,
      fromSortedIds: true,
      labelSmoothing: 0.5,
      axis: -2,
      ignoreClass: 1,
      classId: 2,
      topK: 4,
      numThresholds: 10,
    },
    ...{ sensitivity: 0.5, specificity: 0.5, precision: 0.5, recall: 0.5, average: 'micro' },
    ...{ curve: 'PR', summationMethod: 'minoring', multiLabel: true, numLabels: 3, labelWeights: [1, 2, 3] },
    ...{ numClasses: 3, targetClassIds: [1], sparseYTrue: false, sparseYPred: false },
    ...{ classAggregation: null, numRegressors: 2 },
  },
  special: {
    'BinaryIoU.targetClassIds': [1],
    'OneHotIoU.sparseYPred': true,
    'OneHotMeanIoU.sparseYPred': true,
  },
  // As in Keras, all thresholds that are used.
  attributes: { 'AUC.thresholds': [-1e-7, 0.25, 0.75, 1 + 1e-7] },
  requires: { 'AUC.numLabels': ['multiLabel'] },
});
