/** The metrics: a line for each file. The classes that strings and configs name are derived from these exports. */
export {
  Accuracy,
  BinaryAccuracy,
  type BinaryAccuracyOptions,
  CategoricalAccuracy,
  SparseCategoricalAccuracy,
  SparseTopKCategoricalAccuracy,
  TopKCategoricalAccuracy,
  type TopKOptions,
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  topKCategoricalAccuracy,
} from './accuracy.ts';
export {
  PrecisionAtRecall,
  RecallAtPrecision,
  SensitivityAtSpecificity,
  SpecificityAtSensitivity,
  type ThresholdedOptions,
} from './at-threshold.ts';
export { AUC, type AUCOptions } from './auc.ts';
export { type CountOptions, FalseNegatives, FalsePositives, TrueNegatives, TruePositives } from './confusion-counts.ts';
export {
  ConcordanceCorrelation,
  type CorrelationOptions,
  PearsonCorrelation,
  concordanceCorrelation,
  pearsonCorrelation,
} from './correlation.ts';
export { F1Score, type F1ScoreOptions, FBetaScore, type FBetaScoreOptions } from './f-score.ts';
export { BinaryIoU, type BinaryIoUOptions, IoU, type IoUOptions, MeanIoU } from './iou.ts';
export { Mean, MeanMetricWrapper, type MetricFunction, Sum } from './means.ts';
export { OneHotIoU, type OneHotIoUOptions, OneHotMeanIoU } from './one-hot-iou.ts';
export { Precision, type PrecisionRecallOptions, Recall } from './precision-recall.ts';
export * from './probabilistic.ts';
export { R2Score, type R2ScoreOptions } from './r2-score.ts';
export * from './regression.ts';
