import type { Trace } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { type Operand, castTo, toValue } from '../../compiler/builder/operand.ts';
import { sqrt, square, subtract } from '../ops/index.ts';
import * as functions from './loss-functions.ts';
import { RunningMean, SamplewiseMean } from './means.ts';
import { unlessDefault } from '../saving/field-kinds.ts';
import { type Fields, integer, string } from '../saving/fields.ts';
import { type Direction, Metric, type MetricOptions } from './metric.ts';
import { aligned } from '../losses/alignment.ts';
import { maskedWeights } from './samplewise.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/**
 * The mean of squared errors: mean((yTrue − yPred)²).
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new MeanSquaredError()] });
 * (await model.testOnBatch([[1], [3]], [[0], [1]])).mean_squared_error;   // 2.5
 * @see https://keras.io/api/metrics/regression_metrics/#meansquarederror-class
 */
export class MeanSquaredError extends SamplewiseMean {
  static override readonly className: string = 'MeanSquaredError';
  static override readonly fields: Fields = { ...Metric.fields, name: string('mean_squared_error') };
  override readonly direction: Direction = 'down';

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return functions.meanSquaredError(yTrue, yPred);
  }
}

/**
 * The mean of absolute errors: mean(|yTrue − yPred|).
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new MeanAbsoluteError()] });
 * (await model.testOnBatch([[1], [3]], [[0], [1]])).mean_absolute_error;   // 1.5
 * @see https://keras.io/api/metrics/regression_metrics/#meanabsoluteerror-class
 */
export class MeanAbsoluteError extends SamplewiseMean {
  static override readonly className: string = 'MeanAbsoluteError';
  static override readonly fields: Fields = { ...Metric.fields, name: string('mean_absolute_error') };
  override readonly direction: Direction = 'down';

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return functions.meanAbsoluteError(yTrue, yPred);
  }
}

/**
 * The mean of relative errors in percent: 100 · mean(|yTrue − yPred| / max(|yTrue|, 1e-7)).
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new MeanAbsolutePercentageError()] });
 * (await model.testOnBatch([[2], [2]], [[1], [4]])).mean_absolute_percentage_error;   // 75
 * @see https://keras.io/api/metrics/regression_metrics/#meanabsolutepercentageerror-class
 */
export class MeanAbsolutePercentageError extends SamplewiseMean {
  static override readonly className: string = 'MeanAbsolutePercentageError';
  static override readonly fields: Fields = { ...Metric.fields, name: string('mean_absolute_percentage_error') };
  override readonly direction: Direction = 'down';

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return functions.meanAbsolutePercentageError(yTrue, yPred);
  }
}

/**
 * The mean of squared differences of logarithms: mean((log(yTrue + 1) − log(yPred + 1))²).
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new MeanSquaredLogarithmicError()] });
 * (await model.testOnBatch([[0, 3]], [[0, 1]])).mean_squared_logarithmic_error;   // 0.240227
 * @see https://keras.io/api/metrics/regression_metrics/#meansquaredlogarithmicerror-class
 */
export class MeanSquaredLogarithmicError extends SamplewiseMean {
  static override readonly className: string = 'MeanSquaredLogarithmicError';
  static override readonly fields: Fields = { ...Metric.fields, name: string('mean_squared_logarithmic_error') };
  override readonly direction: Direction = 'down';

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return functions.meanSquaredLogarithmicError(yTrue, yPred);
  }
}

/**
 * The mean of log cosh(yPred − yTrue).
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new LogCoshError()] });
 * (await model.testOnBatch([[0, 1]], [[0, 0]])).logcosh;   // 0.21689
 * @see https://keras.io/api/metrics/regression_metrics/#logcosherror-class
 */
export class LogCoshError extends SamplewiseMean {
  static override readonly className: string = 'LogCoshError';
  static override readonly fields: Fields = { ...Metric.fields, name: string('logcosh') };
  override readonly direction: Direction = 'down';

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return functions.logCosh(yTrue, yPred);
  }
}

/**
 * The root of the mean of squared errors: √mean((yTrue − yPred)²).
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new RootMeanSquaredError()] });
 * (await model.testOnBatch([[1], [3]], [[0], [1]])).root_mean_squared_error;   // 1.581139
 * @see https://keras.io/api/metrics/regression_metrics/#rootmeansquarederror-class
 */
export class RootMeanSquaredError extends RunningMean {
  static override readonly className: string = 'RootMeanSquaredError';
  static override readonly fields: Fields = { ...Metric.fields, name: string('root_mean_squared_error') };
  override readonly direction: Direction = 'down';

  override updateState(trace: Trace, yTrue: Operand, yPred: Operand, sampleWeight?: Operand | null): void {
    const prediction = toValue(yPred);
    const [a, b] = aligned('RootMeanSquaredError', yTrue, castTo(prediction, this.dtype));
    const weights = maskedWeights(sampleWeight, trace.maskOf(prediction));
    this.accumulate(trace, square(subtract(b, a)), weights);
  }

  /** The root of the mean. */
  override result(trace: Trace): Value {
    return sqrt(super.result(trace));
  }
}

/** Options of {@link CosineSimilarity}. */
export interface CosineSimilarityOptions extends MetricOptions {
  /** The axis of the vectors. @default -1 */
  axis?: number;
}

/**
 * The mean cosine of the angle between target and prediction along an axis: 1 for equal directions. The loss is its
 * negative.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new CosineSimilarity()] });
 * (await model.testOnBatch([[4, 3]], [[3, 4]])).cosine_similarity;   // 0.96
 * @see https://keras.io/api/metrics/regression_metrics/#cosinesimilarity-class
 */
export class CosineSimilarity extends SamplewiseMean {
  static override readonly className: string = 'CosineSimilarity';
  static override readonly positional = ['name', 'dtype', 'axis'] as const;
  static override readonly fields: Fields = {
    ...Metric.fields,
    name: string('cosine_similarity'),
    axis: unlessDefault(integer(-1)),
  };
  override readonly direction: Direction = 'up';

  /** The axis of the vectors. */
  declare readonly axis: number;

  constructor(...args: Arguments<CosineSimilarityOptions, typeof CosineSimilarity.positional>);
  constructor(options?: CosineSimilarityOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return functions.cosineSimilarity(yTrue, yPred, this.axis);
  }
}
