import { canonicalAxis } from '../../core/axes.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { type Operand, castTo, toFloat, toValue } from '../../compiler/builder/operand.ts';
import { notEqual } from '../ops/index.ts';
import { crossentropyFields, labelsOf, sparseCrossentropyFields } from '../losses/crossentropy.ts';
import * as functions from './loss-functions.ts';
import { SamplewiseMean } from './means.ts';
import { type Fields, string } from '../saving/fields.ts';
import { type Direction, Metric, type MetricOptions } from './metric.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/**
 * The mean of Σ yTrue · log(yTrue / yPred).
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new KLDivergence()] });
 * (await model.testOnBatch([[0.25, 0.75]], [[0.5, 0.5]])).kl_divergence;   // 0.143841
 * @see https://keras.io/api/metrics/probabilistic_metrics/#kldivergence-class
 */
export class KLDivergence extends SamplewiseMean {
  static override readonly className: string = 'KLDivergence';
  static override readonly fields: Fields = { ...Metric.fields, name: string('kl_divergence') };
  override readonly direction: Direction = 'down';

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return functions.klDivergence(yTrue, yPred);
  }
}

/**
 * The mean of yPred − yTrue · log yPred.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new Poisson()] });
 * (await model.testOnBatch([[1, 2]], [[1, 2]])).poisson;   // 0.806853
 * @see https://keras.io/api/metrics/probabilistic_metrics/#poisson-class
 */
export class Poisson extends SamplewiseMean {
  static override readonly className: string = 'Poisson';
  static override readonly fields: Fields = { ...Metric.fields, name: string('poisson') };
  override readonly direction: Direction = 'down';

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return functions.poisson(yTrue, yPred);
  }
}

/**
 * The mean of max(1 − yTrue · yPred, 0), for targets −1 and 1 (or 0 and 1).
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new Hinge()] });
 * (await model.testOnBatch([[0.5, 0.5]], [[1, -1]])).hinge;   // 1
 * @see https://keras.io/api/metrics/hinge_metrics/#hinge-class
 */
export class Hinge extends SamplewiseMean {
  static override readonly className: string = 'Hinge';
  static override readonly fields: Fields = { ...Metric.fields, name: string('hinge') };
  override readonly direction: Direction = 'down';

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return functions.hinge(yTrue, yPred);
  }
}

/**
 * The mean of max(1 − yTrue · yPred, 0)², for targets −1 and 1 (or 0 and 1).
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new SquaredHinge()] });
 * (await model.testOnBatch([[0.5, 0.5]], [[1, -1]])).squared_hinge;   // 1.25
 * @see https://keras.io/api/metrics/hinge_metrics/#squaredhinge-class
 */
export class SquaredHinge extends SamplewiseMean {
  static override readonly className: string = 'SquaredHinge';
  static override readonly fields: Fields = { ...Metric.fields, name: string('squared_hinge') };
  override readonly direction: Direction = 'down';

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return functions.squaredHinge(yTrue, yPred);
  }
}

/**
 * The mean of max(neg − pos + 1, 0), pos = Σ yTrue · yPred and neg = max((1 − yTrue) · yPred).
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new CategoricalHinge()] });
 * (await model.testOnBatch([[0.5, 0.6]], [[0, 1]])).categorical_hinge;   // 0.9
 * @see https://keras.io/api/metrics/hinge_metrics/#categoricalhinge-class
 */
export class CategoricalHinge extends SamplewiseMean {
  static override readonly className: string = 'CategoricalHinge';
  static override readonly fields: Fields = { ...Metric.fields, name: string('categorical_hinge') };
  override readonly direction: Direction = 'down';

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return functions.categoricalHinge(yTrue, yPred);
  }
}

/** Options of {@link BinaryCrossentropy}. */
export interface CrossentropyMetricOptions extends MetricOptions {
  /** Whether predictions are logits instead of probabilities. @default false */
  fromLogits?: boolean;
  /** The fraction of each target that is distributed evenly over the classes. @default 0 */
  labelSmoothing?: number;
}

/**
 * The mean of −(yTrue log yPred + (1 − yTrue) log(1 − yPred)).
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new BinaryCrossentropy()] });
 * (await model.testOnBatch([[0.8, 0.4]], [[1, 0]])).binary_crossentropy;   // 0.366985
 * @see https://keras.io/api/metrics/probabilistic_metrics/#binarycrossentropy-class
 */
export class BinaryCrossentropy extends SamplewiseMean {
  static override readonly className: string = 'BinaryCrossentropy';
  static override readonly positional = ['name', 'dtype', 'fromLogits', 'labelSmoothing'] as const;
  static override readonly fields: Fields = {
    ...Metric.fields,
    name: string('binary_crossentropy'),
    fromLogits: crossentropyFields.fromLogits,
    labelSmoothing: crossentropyFields.labelSmoothing,
  };
  override readonly direction: Direction = 'down';

  /** Whether predictions are logits instead of probabilities. */
  declare readonly fromLogits: boolean;
  /** The fraction of each target that is distributed evenly over the classes. */
  declare readonly labelSmoothing: number;

  constructor(...args: Arguments<CrossentropyMetricOptions, typeof BinaryCrossentropy.positional>);
  constructor(options?: CrossentropyMetricOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return functions.binaryCrossentropy(yTrue, yPred, this);
  }
}

/** Options of {@link CategoricalCrossentropy}. */
export interface CategoricalCrossentropyMetricOptions extends CrossentropyMetricOptions {
  /** The axis of the classes. @default -1 */
  axis?: number;
}

/**
 * The mean of −Σ yTrue log yPred over the axis of the classes.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new CategoricalCrossentropy()] });
 * (await model.testOnBatch([[0.1, 0.5, 0.4]], [[0, 1, 0]])).categorical_crossentropy;   // 0.693147
 * @see https://keras.io/api/metrics/probabilistic_metrics/#categoricalcrossentropy-class
 */
export class CategoricalCrossentropy extends SamplewiseMean {
  static override readonly className: string = 'CategoricalCrossentropy';
  static override readonly positional = ['name', 'dtype', 'fromLogits', 'labelSmoothing', 'axis'] as const;
  static override readonly fields: Fields = {
    ...Metric.fields,
    name: string('categorical_crossentropy'),
    ...crossentropyFields,
  };
  override readonly direction: Direction = 'down';

  /** Whether predictions are logits instead of probabilities. */
  declare readonly fromLogits: boolean;
  /** The fraction of each target that is distributed evenly over the classes. */
  declare readonly labelSmoothing: number;
  /** The axis of the classes. */
  declare readonly axis: number;

  constructor(...args: Arguments<CategoricalCrossentropyMetricOptions, typeof CategoricalCrossentropy.positional>);
  constructor(options?: CategoricalCrossentropyMetricOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return functions.categoricalCrossentropy(yTrue, yPred, this);
  }
}

/** Options of {@link SparseCategoricalCrossentropy}. */
export interface SparseCrossentropyMetricOptions extends MetricOptions {
  /** Whether predictions are logits instead of probabilities. @default false */
  fromLogits?: boolean;
  /** A label whose loss is 0; if there are sample weights, it does not count at all. @default null */
  ignoreClass?: number | null;
  /** The axis of the classes. @default -1 */
  axis?: number;
}

/**
 * The mean of −log of the probability predicted for each label.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'sparse_categorical_crossentropy', metrics: [new SparseCategoricalCrossentropy()] });
 * (await model.testOnBatch([[0.1, 0.5, 0.4]], [1])).sparse_categorical_crossentropy;   // 0.693147
 * @see https://keras.io/api/metrics/probabilistic_metrics/#sparsecategoricalcrossentropy-class
 */
export class SparseCategoricalCrossentropy extends SamplewiseMean {
  static override readonly className: string = 'SparseCategoricalCrossentropy';
  static override readonly positional = ['name', 'dtype', 'fromLogits', 'ignoreClass', 'axis'] as const;
  static override readonly fields: Fields = {
    ...Metric.fields,
    name: string('sparse_categorical_crossentropy'),
    ...sparseCrossentropyFields,
  };
  override readonly direction: Direction = 'down';

  /** Whether predictions are logits instead of probabilities. */
  declare readonly fromLogits: boolean;
  /** A label whose loss is 0; if there are sample weights, it does not count at all. */
  declare readonly ignoreClass: number | null;
  /** The axis of the classes. */
  declare readonly axis: number;

  constructor(...args: Arguments<SparseCrossentropyMetricOptions, typeof SparseCategoricalCrossentropy.positional>);
  constructor(options?: SparseCrossentropyMetricOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return functions.sparseCategoricalCrossentropy(yTrue, yPred, this);
  }

  protected override valuesMask(yTrue: Operand, yPred: Operand): Value | null {
    if (this.ignoreClass === null) return null;
    const prediction = toFloat(yPred);
    const labels = labelsOf(yTrue, prediction, canonicalAxis(this.axis, prediction.rank, this.name), this.name);
    return notEqual(castTo(toValue(labels), 'float32'), this.ignoreClass);
  }
}
