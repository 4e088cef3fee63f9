import type { Config, Json } from '../../core/config.ts';
import { ValueError, show } from '../../core/errors.ts';
import { snakeCase } from '../../core/names.ts';
import { checkOptions } from '../../core/checks.ts';
import { serializeFunction } from '../saving/registry.ts';
import type { Trace } from '../../compiler/graph/trace.ts';
import { Value } from '../../compiler/graph/value.ts';
import type { Variable } from '../../compiler/graph/variable.ts';
import { add } from '../ops/elementwise.ts';
import { type Operand, castTo, toFloat, toValue } from '../ops/operand.ts';
import { mean, sum } from '../ops/reductions.ts';
import { Metric, type MetricOptions, metricOptions } from './metric.ts';
import { divideNoNan, maskedWeights, sampleCount, samplewise } from './samplewise.ts';

/** A weighted mean over all samples: total / count. */
export abstract class RunningMean extends Metric {
  /** The weighted sum so far. */
  readonly total: Variable = this.addVariable('total');
  /** The sum of the weights so far. */
  readonly count: Variable = this.addVariable('count');

  /** Adds the values of a batch. */
  protected accumulate(trace: Trace, values: Operand, weights: Value | null): void {
    const batch = samplewise(this.name, castTo(toValue(values), this.dtype), weights, mean);
    trace.update(this.total, add(trace.read(this.total), sum(batch.values)));
    trace.update(this.count, add(trace.read(this.count), castTo(sampleCount(batch), this.dtype)));
  }

  override result(trace: Trace): Value {
    return divideNoNan(trace.read(this.total), trace.read(this.count));
  }
}

/**
 * The weighted mean of values: Σ w v / Σ w, and 0 before there are any.
 *
 * Shapes: values `[batch, …]`; weights broadcast to them.
 * @throws ValueError if the weights do not.
 * @example
 * class Watch extends Layer {
 *   mean = new Mean();
 *   call(x, { trace }) { this.mean.updateState(trace, x); return this.mean.result(trace); }
 * }
 * const watch = new Watch();
 * await watch.apply([1, 3]);    // 2
 * await watch.apply([8]);       // 4
 * @see https://keras.io/api/metrics/reduction_metrics/#mean-class
 */
export class Mean extends RunningMean {
  constructor(options: MetricOptions = {}) {
    checkOptions('Mean', options, metricOptions);
    super(options, 'mean');
  }

  override updateState(trace: Trace, values: Operand, sampleWeight?: Operand | null): void {
    this.accumulate(trace, values, maskedWeights(sampleWeight, null));
  }
}

/**
 * The weighted sum of values: Σ w v.
 *
 * Shapes: values `[batch, …]`; weights broadcast to them.
 * @throws ValueError if the weights do not.
 * @example
 * class Watch extends Layer {
 *   sum = new Sum();
 *   call(x, { trace }) { this.sum.updateState(trace, x); return this.sum.result(trace); }
 * }
 * const watch = new Watch();
 * await watch.apply([1, 3]);    // 4
 * await watch.apply([8]);       // 12
 * @see https://keras.io/api/metrics/reduction_metrics/#sum-class
 */
export class Sum extends Metric {
  /** The sum so far. */
  readonly total: Variable = this.addVariable('total');

  constructor(options: MetricOptions = {}) {
    checkOptions('Sum', options, metricOptions);
    super(options, 'sum');
  }

  override updateState(trace: Trace, values: Operand, sampleWeight?: Operand | null): void {
    const weights = maskedWeights(sampleWeight, null);
    const batch = samplewise(this.name, castTo(toValue(values), this.dtype), weights, sum);
    trace.update(this.total, add(trace.read(this.total), sum(batch.values)));
  }

  override result(trace: Trace): Value {
    return trace.read(this.total);
  }
}

/** A mean of values that are computed from targets and predictions. */
export abstract class SamplewiseMean extends RunningMean {
  /** The values of a batch. */
  protected abstract values(yTrue: Operand, yPred: Operand): Value;

  /** Which of the values count, where there are weights at all; null for all. */
  protected valuesMask(_yTrue: Operand, _yPred: Operand): Value | null {
    return null;
  }

  override updateState(trace: Trace, yTrue: Operand, yPred: Operand, sampleWeight?: Operand | null): void {
    const predictions = toValue(yPred);
    const weights = maskedWeights(sampleWeight, trace.maskOf(predictions));
    const counted = weights === null ? null : this.valuesMask(yTrue, predictions);
    const values = this.values(yTrue, predictions);
    this.accumulate(trace, values, counted === null ? weights : maskedWeights(weights, counted));
  }
}

/** A metric as a function of targets and predictions: the value of each sample. */
export type MetricFunction = (yTrue: Value, yPred: Value) => Value;

/**
 * The mean of a function of targets and predictions, for `compile({ metrics: [fn] })`.
 *
 * @throws ValueError when a batch comes, if the function does not return a symbolic value.
 * @example
 * const distance = (yTrue, yPred) => ops.abs(ops.subtract(yTrue, yPred));
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new MeanMetricWrapper(distance, { name: 'mine' })] });
 * await model.testOnBatch([[1], [5]], [[1], [2]]);   // { loss: 4.5, mine: 1.5 }
 * @see https://keras.io/api/metrics/base_metric/#meanmetricwrapper-class
 */
export class MeanMetricWrapper extends SamplewiseMean {
  readonly #fn: MetricFunction;

  constructor(fn: MetricFunction, options: MetricOptions = {}) {
    checkOptions('MeanMetricWrapper', options, metricOptions);
    super(options, fn.name === '' ? 'metric' : snakeCase(fn.name));
    this.#fn = fn;
  }

  protected override values(yTrue: Operand, yPred: Operand): Value {
    const result: unknown = this.#fn(toValue(yTrue), toFloat(yPred));
    if (result instanceof Value) return result;
    throw new ValueError(
      `[${this.name}] a metric must return a symbolic value. Received: ${show(result)}. Write it with evenkeel/ops.`,
    );
  }

  override getConfig(): Config {
    const fn: Readonly<Record<string, Json>> = { ...serializeFunction(this.#fn, 'metrics.serialize') };
    return { ...super.getConfig(), fn };
  }

  static override fromConfig(): Metric {
    throw new TypeError(
      '[MeanMetricWrapper] a function cannot be made from a config. Pass it in customObjects under its name.',
    );
  }
}
