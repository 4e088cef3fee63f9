/**
 * The metrics of Keras.
 *
 * @module evenkeel/metrics
 */
export type { Curve, SummationMethod } from './auc-curves.ts';
export type { Thresholds } from './confusion.ts';
export { type Direction, Metric, type MetricOptions } from './metric.ts';
export { type MetricIdentifier, deserialize, get, resolve, serialize } from './resolve.ts';
export * from './roster.ts';
// The functions of the losses that Keras exports under metrics as well.
export {
  binaryCrossentropy,
  binaryFocalCrossentropy,
  categoricalCrossentropy,
  categoricalFocalCrossentropy,
  categoricalHinge,
  hinge,
  huber,
  klDivergence,
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  poisson,
  sparseCategoricalCrossentropy,
  squaredHinge,
} from '../losses/index.ts';
