import { ValueError, show } from '../../core/errors.ts';
import type { Trace } from '../../compiler/graph/trace.ts';
import { Value } from '../../compiler/ir/value.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import { type Operand, castTo, toFloat, toValue } from '../../compiler/builder/operand.ts';
import { add, mean, sum, divideNoNan } from '../ops/index.ts';
import { Metric, type MetricOptions } from './metric.ts';
import { namedFunction } from '../saving/field-kinds.ts';
import { type Fields, string } from '../saving/fields.ts';
import { snakeCase } from '../../core/names.ts';
import { maskedWeights, sampleCount, samplewise } from './samplewise.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

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
 * The weighted mean of values: Σ w v / Σ w, initially 0.
 *
 * Shapes: values `[batch, …]`; weights broadcast to them.
 * @throws ValueError if the weights do not broadcast.
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
  static override readonly className: string = 'Mean';
  static override readonly fields: Fields = { ...Metric.fields, name: string('mean') };

  override updateState(trace: Trace, values: Operand, sampleWeight?: Operand | null): void {
    this.accumulate(trace, values, maskedWeights(sampleWeight, null));
  }
}

/**
 * The weighted sum of values: Σ w v.
 *
 * Shapes: values `[batch, …]`; weights broadcast to them.
 * @throws ValueError if the weights do not broadcast.
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
  static override readonly className: string = 'Sum';
  static override readonly fields: Fields = { ...Metric.fields, name: string('sum') };

  /** The sum so far. */
  readonly total: Variable = this.addVariable('total');

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
  /** Returns the values of a batch. */
  protected abstract values(yTrue: Operand, yPred: Operand): Value;

  /** Returns booleans that select the values that count, if there are weights; null for all. */
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

/** A metric as a function of targets and predictions that returns the value of each sample. */
export type MetricFunction = (yTrue: Value, yPred: Value) => Value;

/**
 * The mean of a function of targets and predictions, made by `compile({ metrics: [fn] })`.
 *
 * @throws ValueError for a batch, if the function does not return a symbolic value.
 * @example
 * const distance = (yTrue, yPred) => ops.abs(ops.subtract(yTrue, yPred));
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [distance] });
 * await model.testOnBatch([[1], [5]], [[1], [2]]);   // { loss: 4.5, distance: 1.5 }
 * @see https://keras.io/api/metrics/base_metric/#meanmetricwrapper-class
 */
export class MeanMetricWrapper extends SamplewiseMean {
  static override readonly className: string = 'MeanMetricWrapper';
  static override readonly positional = ['fn', 'name', 'dtype'] as const;
  static override readonly fields: Fields = { ...Metric.fields, fn: namedFunction() };

  /** The function. */
  declare readonly fn: MetricFunction;

  constructor(...args: Arguments<MetricOptions & { fn: MetricFunction }, typeof MeanMetricWrapper.positional>);
  constructor(fn: MetricFunction, options?: MetricOptions);
  constructor(...args: readonly unknown[]) {
    const [options, positional] = takeArguments(new.target, args);
    const { fn, name } = positional as { readonly fn?: MetricFunction; readonly name?: string | null };
    const byDefault = typeof fn !== 'function' || fn.name === '' ? 'metric' : snakeCase(fn.name);
    super(options, { ...positional, name: name ?? byDefault });
  }

  protected override values(yTrue: Operand, yPred: Operand): Value {
    const result: unknown = this.fn(toValue(yTrue), toFloat(yPred));
    if (result instanceof Value) return result;
    throw new ValueError(
      `[${this.name}] a metric must return a symbolic value. Received: ${show(result)}. Write it with evenkeel/ops.`,
    );
  }
}
