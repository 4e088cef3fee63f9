export {
  Accuracy,
  BinaryAccuracy,
  CategoricalAccuracy,
  SparseCategoricalAccuracy,
  SparseTopKCategoricalAccuracy,
  TopKCategoricalAccuracy,
  type TopKOptions,
} from './accuracy.ts';
export type { Curve, SummationMethod } from './auc-curves.ts';
export { AUC, type AUCOptions } from './auc.ts';
export { type CountOptions, FalseNegatives, FalsePositives, TrueNegatives, TruePositives } from './confusion-counts.ts';
export { F1Score, type F1ScoreOptions, FBetaScore, type FBetaScoreOptions } from './f-score.ts';
export { BinaryIoU, type BinaryIoUOptions, IoU, type IoUOptions, MeanIoU } from './iou.ts';
export { Mean, MeanMetricWrapper, type MetricFunction, Sum } from './means.ts';
export { type Direction, Metric, type MetricOptions } from './metric.ts';
export { Precision, type PrecisionRecallOptions, Recall } from './precision-recall.ts';
export * from './probabilistic.ts';
export { R2Score, type R2ScoreOptions } from './r2-score.ts';
export * from './regression.ts';
export { type MetricIdentifier, get, resolve, resolveAccuracy, serialize } from './resolve.ts';
