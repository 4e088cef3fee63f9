import { type Metric, serialize } from '../../metrics/index.ts';

/** Metrics for which a larger value is better. */
const UP: readonly string[] = [
  'AUC',
  'Accuracy',
  'BinaryAccuracy',
  'BinaryIoU',
  'CategoricalAccuracy',
  'CosineSimilarity',
  'F1Score',
  'FBetaScore',
  'IoU',
  'MeanIoU',
  'OneHotIoU',
  'OneHotMeanIoU',
  'Precision',
  'PrecisionAtRecall',
  'R2Score',
  'Recall',
  'RecallAtPrecision',
  'SensitivityAtSpecificity',
  'SparseCategoricalAccuracy',
  'SparseTopKCategoricalAccuracy',
  'SpecificityAtSensitivity',
  'TopKCategoricalAccuracy',
  'TrueNegatives',
  'TruePositives',
];

/** Metrics that have no better direction in themselves. */
const UNKNOWN: readonly string[] = ['Mean', 'MeanMetricWrapper', 'Sum'];

/** Whether a larger (`up`) or a smaller (`down`) value of a metric is better; `null` for custom metrics. */
export function directionOf(metric: Metric): 'up' | 'down' | null {
  const name = builtinClass(metric);
  if (name === null || UNKNOWN.includes(name)) return null;
  return UP.includes(name) ? 'up' : 'down';
}

function builtinClass(metric: Metric): string | null {
  try {
    const { module, class_name: name } = serialize(metric);
    return module === null ? null : name;
  } catch {
    // An anonymous function cannot be written to a config.
    return null;
  }
}
