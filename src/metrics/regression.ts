import type { Config } from '../core/config.ts';
import { checkNumber, checkOptions } from '../core/options.ts';
import type { Trace } from '../graph/trace.ts';
import type { Value } from '../graph/value.ts';
import { sqrt, square, subtract } from '../ops/elementwise.ts';
import { type Operand, castTo, toValue } from '../ops/operand.ts';
import * as functions from './loss-functions.ts';
import { RunningMean, SamplewiseMean } from './means.ts';
import { type Direction, type MetricOptions, metricOptions } from './metric.ts';
import { aligned, maskedWeights } from './samplewise.ts';

/**
 * The mean of squared errors: mean((yTrue − yPred)²).
 * @example
 * new MeanSquaredError();
 * @see https://keras.io/api/metrics/regression_metrics/#meansquarederror-class
 */
export class MeanSquaredError extends SamplewiseMean {
  override readonly direction: Direction = 'down';

  constructor(options: MetricOptions = {}) {
    checkOptions('MeanSquaredError', options, metricOptions);
    super(options, 'mean_squared_error');
  }

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return functions.meanSquaredError(yTrue, yPred);
  }
}

/**
 * The mean of absolute errors: mean(|yTrue − yPred|).
 * @example
 * new MeanAbsoluteError();
 * @see https://keras.io/api/metrics/regression_metrics/#meanabsoluteerror-class
 */
export class MeanAbsoluteError extends SamplewiseMean {
  override readonly direction: Direction = 'down';

  constructor(options: MetricOptions = {}) {
    checkOptions('MeanAbsoluteError', options, metricOptions);
    super(options, 'mean_absolute_error');
  }

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return functions.meanAbsoluteError(yTrue, yPred);
  }
}

/**
 * The mean of relative errors in percent: 100 · mean(|yTrue − yPred| / max(|yTrue|, 1e-7)).
 * @example
 * new MeanAbsolutePercentageError();
 * @see https://keras.io/api/metrics/regression_metrics/#meanabsolutepercentageerror-class
 */
export class MeanAbsolutePercentageError extends SamplewiseMean {
  override readonly direction: Direction = 'down';

  constructor(options: MetricOptions = {}) {
    checkOptions('MeanAbsolutePercentageError', options, metricOptions);
    super(options, 'mean_absolute_percentage_error');
  }

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return functions.meanAbsolutePercentageError(yTrue, yPred);
  }
}

/**
 * The mean of squared differences of logarithms: mean((log(yTrue + 1) − log(yPred + 1))²).
 * @example
 * new MeanSquaredLogarithmicError();
 * @see https://keras.io/api/metrics/regression_metrics/#meansquaredlogarithmicerror-class
 */
export class MeanSquaredLogarithmicError extends SamplewiseMean {
  override readonly direction: Direction = 'down';

  constructor(options: MetricOptions = {}) {
    checkOptions('MeanSquaredLogarithmicError', options, metricOptions);
    super(options, 'mean_squared_logarithmic_error');
  }

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return functions.meanSquaredLogarithmicError(yTrue, yPred);
  }
}

/**
 * The mean of log cosh(yPred − yTrue).
 * @example
 * new LogCoshError();
 * @see https://keras.io/api/metrics/regression_metrics/#logcosherror-class
 */
export class LogCoshError extends SamplewiseMean {
  override readonly direction: Direction = 'down';

  constructor(options: MetricOptions = {}) {
    checkOptions('LogCoshError', options, metricOptions);
    super(options, 'logcosh');
  }

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return functions.logCosh(yTrue, yPred);
  }
}

/**
 * The root of the mean of squared errors: √mean((yTrue − yPred)²).
 * @example
 * new RootMeanSquaredError();
 * @see https://keras.io/api/metrics/regression_metrics/#rootmeansquarederror-class
 */
export class RootMeanSquaredError extends RunningMean {
  override readonly direction: Direction = 'down';

  constructor(options: MetricOptions = {}) {
    checkOptions('RootMeanSquaredError', options, metricOptions);
    super(options, 'root_mean_squared_error');
  }

  override updateState(trace: Trace, yTrue: Operand, yPred: Operand, sampleWeight?: Operand | null): void {
    const prediction = toValue(yPred);
    const [a, b] = aligned('RootMeanSquaredError', yTrue, castTo(prediction, this.dtype));
    const weights = maskedWeights(sampleWeight, trace.maskOf(prediction));
    this.accumulate(trace, square(subtract(b, a)), weights);
  }

  override result(trace: Trace): Value {
    return sqrt(super.result(trace));
  }
}

/**
 * The mean cosine of the angle between target and prediction along an axis: 1 for one direction (the loss is its negative).
 * @example
 * new CosineSimilarity({ axis: -1 });
 * @see https://keras.io/api/metrics/regression_metrics/#cosinesimilarity-class
 */
export class CosineSimilarity extends SamplewiseMean {
  override readonly direction: Direction = 'up';
  readonly axis: number;

  constructor(options: MetricOptions & { /** @default -1 */ axis?: number } = {}) {
    checkOptions('CosineSimilarity', options, [...metricOptions, 'axis']);
    super(options, 'cosine_similarity');
    this.axis = checkNumber('CosineSimilarity', 'axis', options.axis ?? -1);
  }

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return functions.cosineSimilarity(yTrue, yPred, this.axis);
  }

  /** Keras never writes the axis; here it is written where it is not −1, which Keras reads. */
  override getConfig(): Config {
    return this.axis === -1 ? super.getConfig() : { ...super.getConfig(), axis: this.axis };
  }
}
