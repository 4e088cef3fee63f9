import { type Metric, serialize } from '../../metrics/index.ts';

/** The metrics of which more is better. */
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

/** The metrics that say nothing of better and worse by themselves. */
const UNKNOWN: readonly string[] = ['Mean', 'MeanMetricWrapper', 'Sum'];

/** Whether more or less of a metric is better; `null` for the user's own. */
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
    // A metric made of a nameless function, which cannot be written to a config.
    return null;
  }
}
