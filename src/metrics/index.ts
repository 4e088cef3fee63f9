export {
  Accuracy,
  BinaryAccuracy,
  CategoricalAccuracy,
  SparseCategoricalAccuracy,
  SparseTopKCategoricalAccuracy,
  TopKCategoricalAccuracy,
  type TopKOptions,
} from './accuracy.ts';
export { Mean, MeanMetricWrapper, type MetricFunction, Sum } from './means.ts';
export { type Direction, Metric, type MetricOptions } from './metric.ts';
export * from './probabilistic.ts';
export * from './regression.ts';
export { type MetricIdentifier, get, resolve, resolveAccuracy, serialize } from './resolve.ts';
