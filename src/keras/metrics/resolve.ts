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
import { type WrappingVocabulary, classesOf, fromWrappingVocabulary } from '../saving/vocabulary.ts';
import { get as getLoss } from '../losses/index.ts';
import { targetsOf } from '../losses/targets.ts';
import { BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy } from './accuracy.ts';
import { MeanMetricWrapper, type MetricFunction } from './means.ts';
import { Metric } from './metric.ts';
import * as roster from './roster.ts';

/** A metric, or its name, config or function. */
export type MetricIdentifier = string | ConfigObject | SerializedFunction | Metric | MetricFunction;

const vocabulary: WrappingVocabulary<Metric, MetricFunction> = {
  module: 'keras.metrics',
  kind: 'metric',
  base: Metric,
  rule: 'a metric must be a name, a config object, a Metric or a function',
  wrap: (fn, options) => new MeanMetricWrapper(fn, options),
  classes: classesOf(Metric, roster),
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
 * Returns the metric for a name, a config object, a metric or a function.
 *
 * @throws TypeError if there is no such name, or the value has another type.
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

/** The function of a loss without a metric, such as Huber's, under its name; null if there is no such loss. */
function lossNamed(name: string): MetricFunction | null {
  try {
    const loss = getLoss(name);
    const fn: MetricFunction = (yTrue, yPred) => loss.call(yTrue, yPred);
    return Object.defineProperty(fn, 'name', { value: name });
  } catch {
    return null;
  }
}

/** The classes that 'accuracy' stands for, by the kind of the targets. */
const accuracies = {
  binary: BinaryAccuracy,
  sparse: SparseCategoricalAccuracy,
  categorical: CategoricalAccuracy,
};

/**
 * Returns the metric that 'accuracy' stands for: a single output is binary; labels (targets of a lower rank, or with a
 * last axis of 1) are sparse; all others are categorical.
 *
 * @example
 * resolveAccuracy('accuracy', [null], [null, 10]) instanceof metrics.SparseCategoricalAccuracy;   // true
 * @see https://keras.io/api/models/model_training_apis/#compile-method
 */
export function resolveAccuracy(
  name: string,
  yTrueShape: Shape,
  yPredShape: Shape,
  options: { /** The type of the state. @default 'float32' */ dtype?: DType } = {},
): Metric {
  return new accuracies[targetsOf(yTrueShape, yPredShape)]({ name, ...options });
}

/**
 * Like {@link get}, but 'accuracy' and 'acc' depend on the shapes, and a string is also the name
 * of the metric.
 *
 * @param dtype the type of the state of metrics that are not given as objects
 * @throws TypeError if there is no such name, or the value has another type.
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
 * Returns Keras's JSON for a metric.
 *
 * @throws TypeError for a function without a name.
 * @example
 * metrics.serialize(new metrics.Mean()).config;   // { name: 'mean', dtype: 'float32' }
 * @see https://keras.io/api/metrics/
 */
export function serialize(metric: Metric): SerializedObject {
  return serializeWith(vocabulary, metric);
}

/**
 * Returns the metric of a config object: the inverse of {@link serialize}.
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
