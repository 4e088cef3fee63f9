import type { Config, SerializedObject } from '../../core/config.ts';
import type { DType } from '../../core/dtype.ts';
import {
  type ConfigObject,
  type CustomObjects,
  type SerializedFunction,
  findClass,
  fromIdentifier,
  optionsOf,
  serializeWith,
} from '../saving/registry.ts';
import { type ReadContext, defaultContext } from '../saving/read-context.ts';
import type { Shape } from '../../core/shape.ts';
import { type WrappingVocabulary, fromWrappingVocabulary } from '../saving/vocabulary.ts';
import { get as getLoss } from '../losses/index.ts';
import { targetsOf } from '../losses/targets.ts';
import * as accuracy from './accuracy.ts';
import {
  PrecisionAtRecall,
  RecallAtPrecision,
  SensitivityAtSpecificity,
  SpecificityAtSensitivity,
} from './at-threshold.ts';
import { AUC } from './auc.ts';
import { FalseNegatives, FalsePositives, TrueNegatives, TruePositives } from './confusion-counts.ts';
import { ConcordanceCorrelation, PearsonCorrelation } from './correlation.ts';
import { F1Score, FBetaScore } from './f-score.ts';
import { BinaryIoU, IoU, MeanIoU } from './iou.ts';
import { Mean, MeanMetricWrapper, type MetricFunction, Sum } from './means.ts';
import { Metric } from './metric.ts';
import { OneHotIoU, OneHotMeanIoU } from './one-hot-iou.ts';
import { Precision, Recall } from './precision-recall.ts';
import * as probabilistic from './probabilistic.ts';
import { R2Score } from './r2-score.ts';
import * as regression from './regression.ts';

/** What is taken wherever a metric is. */
export type MetricIdentifier = string | ConfigObject | SerializedFunction | Metric | MetricFunction;

const vocabulary: WrappingVocabulary<Metric, MetricFunction> = {
  module: 'keras.metrics',
  kind: 'metric',
  base: Metric,
  rule: 'a metric must be a name, a config object, a Metric or a function',
  wrapper: 'MeanMetricWrapper',
  wrap: (fn, options) => new MeanMetricWrapper(fn, options),
  classes: {
    AUC,
    Accuracy: accuracy.Accuracy,
    BinaryAccuracy: accuracy.BinaryAccuracy,
    BinaryCrossentropy: probabilistic.BinaryCrossentropy,
    BinaryIoU,
    CategoricalAccuracy: accuracy.CategoricalAccuracy,
    CategoricalCrossentropy: probabilistic.CategoricalCrossentropy,
    CategoricalHinge: probabilistic.CategoricalHinge,
    ConcordanceCorrelation,
    CosineSimilarity: regression.CosineSimilarity,
    F1Score,
    FBetaScore,
    FalseNegatives,
    FalsePositives,
    Hinge: probabilistic.Hinge,
    IoU,
    KLDivergence: probabilistic.KLDivergence,
    LogCoshError: regression.LogCoshError,
    Mean,
    MeanAbsoluteError: regression.MeanAbsoluteError,
    MeanAbsolutePercentageError: regression.MeanAbsolutePercentageError,
    MeanIoU,
    MeanMetricWrapper,
    MeanSquaredError: regression.MeanSquaredError,
    MeanSquaredLogarithmicError: regression.MeanSquaredLogarithmicError,
    OneHotIoU,
    OneHotMeanIoU,
    PearsonCorrelation,
    Poisson: probabilistic.Poisson,
    Precision,
    PrecisionAtRecall,
    R2Score,
    Recall,
    RecallAtPrecision,
    RootMeanSquaredError: regression.RootMeanSquaredError,
    SensitivityAtSpecificity,
    SparseCategoricalAccuracy: accuracy.SparseCategoricalAccuracy,
    SparseCategoricalCrossentropy: probabilistic.SparseCategoricalCrossentropy,
    SparseTopKCategoricalAccuracy: accuracy.SparseTopKCategoricalAccuracy,
    SpecificityAtSensitivity,
    SquaredHinge: probabilistic.SquaredHinge,
    Sum,
    TopKCategoricalAccuracy: accuracy.TopKCategoricalAccuracy,
    TrueNegatives,
    TruePositives,
  },
  aliases: {
    BCE: 'BinaryCrossentropy',
    MAE: 'MeanAbsoluteError',
    MAPE: 'MeanAbsolutePercentageError',
    MSE: 'MeanSquaredError',
    MSLE: 'MeanSquaredLogarithmicError',
    bce: 'BinaryCrossentropy',
    mae: 'MeanAbsoluteError',
    mape: 'MeanAbsolutePercentageError',
    mse: 'MeanSquaredError',
    msle: 'MeanSquaredLogarithmicError',
  },
};

/**
 * The metric that a name, a config object, an object or a function stands for.
 *
 * @throws TypeError if there is no such name, or the value is of another kind.
 * @example
 * metrics.get('sparse_categorical_accuracy').name;   // 'sparse_categorical_accuracy'
 * @see https://keras.io/api/metrics/
 */
export function get(identifier: MetricIdentifier, who = 'metrics.get', context: ReadContext = defaultContext): Metric {
  return make(identifier, who, context, {});
}

function make(identifier: MetricIdentifier, who: string, context: ReadContext, config: Config): Metric {
  const metric = makeUncounted(identifier, who, context, config);
  context.budget?.spendOnce(metric.name, 'variable', metric.variables);
  return metric;
}

function makeUncounted(identifier: MetricIdentifier, who: string, context: ReadContext, config: Config): Metric {
  return fromWrappingVocabulary(vocabulary, identifier, { who, context, config }, (name, isCustom) => {
    const loss = isCustom || findClass(vocabulary, name) !== undefined ? null : lossNamed(name);
    return loss === null
      ? fromIdentifier(vocabulary, { class_name: name, config }, who, context)
      : vocabulary.wrap(loss, { name, ...optionsOf(config) });
  });
}

/** The function of a loss that has no metric of its own, such as Huber's, under its name; null if there is no such loss. */
function lossNamed(name: string): MetricFunction | null {
  try {
    const loss = getLoss(name);
    const fn: MetricFunction = (yTrue, yPred) => loss.call(yTrue, yPred);
    return Object.defineProperty(fn, 'name', { value: name });
  } catch {
    return null;
  }
}

/** What 'accuracy' means for targets of a kind. */
const accuracies = {
  binary: accuracy.BinaryAccuracy,
  sparse: accuracy.SparseCategoricalAccuracy,
  categorical: accuracy.CategoricalAccuracy,
};

/**
 * What 'accuracy' means for targets and predictions of these shapes: one output is binary; labels (targets of a lower
 * rank, or with a last axis of 1) are sparse; the rest is categorical.
 *
 * @example
 * metrics.resolveAccuracy('accuracy', [null], [null, 10]) instanceof metrics.SparseCategoricalAccuracy;   // true
 * @see https://keras.io/api/models/model_training_apis/#compile-method
 */
export function resolveAccuracy(
  name: string,
  yTrueShape: Shape,
  yPredShape: Shape,
  options: { /** The type of its state. @default 'float32' */ dtype?: DType } = {},
): Metric {
  return new accuracies[targetsOf(yTrueShape, yPredShape)]({ name, ...options });
}

/**
 * Like {@link get}, but 'accuracy' and 'acc' choose by the shapes ({@link resolveAccuracy}), and a metric that is given
 * by a name is called by it.
 *
 * @param dtype the type of the state of what is made here
 * @throws TypeError if there is no such name, or the value is of another kind.
 * @example
 * const metric = metrics.resolve('acc', [null], [null, 10]);
 * metric instanceof metrics.SparseCategoricalAccuracy;   // true
 * metric.name;   // 'acc'
 * @see https://keras.io/api/models/model_training_apis/#compile-method
 */
export function resolve(
  identifier: MetricIdentifier,
  yTrueShape: Shape,
  yPredShape: Shape,
  who = 'metrics.resolve',
  context: ReadContext = defaultContext,
  dtype: DType = 'float32',
): Metric {
  if (typeof identifier === 'string' && ['accuracy', 'acc'].includes(identifier.toLowerCase())) {
    return resolveAccuracy(identifier, yTrueShape, yPredShape, { dtype });
  }
  const name = typeof identifier === 'string' ? identifier : null;
  return make(identifier, who, context, name === null ? { dtype } : { name, dtype });
}

/**
 * Keras's JSON for a metric.
 *
 * @throws TypeError if it is made of a function without a name.
 * @example
 * metrics.serialize(new metrics.Mean()).config;   // { name: 'mean', dtype: 'float32' }
 * @see https://keras.io/api/metrics/
 */
export function serialize(metric: Metric): SerializedObject {
  return serializeWith(vocabulary, metric);
}

/**
 * The metric that a config object stands for; the other direction of {@link serialize}.
 *
 * @throws TypeError if there is no such metric.
 * @example
 * metrics.deserialize(metrics.serialize(new metrics.Mean({ name: 'mine' }))).name;   // 'mine'
 * @see https://keras.io/api/metrics/
 */
export function deserialize(
  config: ConfigObject | SerializedFunction | string,
  customObjects: CustomObjects = {},
): Metric {
  return get(config, 'metrics.deserialize', { customObjects });
}
