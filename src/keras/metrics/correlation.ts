import type { Config } from '../../core/config.ts';
import { show } from '../../core/errors.ts';
import { checkOptions } from '../../core/checks.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { add, divide, multiply, sqrt, square, subtract } from '../ops/elementwise.ts';
import type { Operand } from '../ops/operand.ts';
import { mean, variance } from '../ops/reductions.ts';
import { SamplewiseMean } from './means.ts';
import { type Direction, type MetricOptions, metricOptions } from './metric.ts';
import { alignedFloats } from '../losses/alignment.ts';

/** An axis, or several. */
type Axes = number | readonly number[];

/** Options of {@link PearsonCorrelation} and {@link ConcordanceCorrelation}. */
export interface CorrelationOptions extends MetricOptions {
  /** The axis of the values to compare, or several. @default -1 */
  axis?: Axes;
}

/** Keeps quotients finite. */
const EPSILON = 1e-7;

/** What is left of values after their mean. */
const centred = (x: Value, axis: Axes): Value => subtract(x, mean(x, { axis, keepdims: true }));

/**
 * Pearson's correlation of targets and predictions along an axis: NaN where one of them is constant.
 *
 *     r = mean((yTrue − mean(yTrue)) (yPred − mean(yPred))) / (σ(yTrue) σ(yPred))
 *
 * Shapes: targets and predictions alike → without the axis.
 * @throws ValueError if the shapes do not fit.
 * @example
 * const target = tensor([[0, 1, 0.5], [1, 1, 0.2]]);
 * await jit((x) => metrics.pearsonCorrelation(target, x))([[0.1, 0.9, 0.5], [1, 0.9, 0.2]]);   // [1, 0.9933992]
 * @see https://keras.io/api/metrics/regression_metrics/
 */
export function pearsonCorrelation(yTrue: Operand, yPred: Operand, axis: Axes = -1): Value {
  const [target, prediction] = alignedFloats('PearsonCorrelation', yTrue, yPred);
  const standardized = (x: Value): Value => {
    const rest = centred(x, axis);
    return divide(rest, sqrt(variance(rest, { axis, keepdims: true })));
  };
  return mean(multiply(standardized(target), standardized(prediction)), { axis });
}

/**
 * The concordance of targets and predictions along an axis: how near they lie to the line where both are the same.
 *
 *     c = 2 mean((yTrue − mean(yPred)) (yPred − mean(yPred))) / (var(yTrue) + var(yPred) + (mean(yTrue) − mean(yPred))² + 1e-7)
 *
 * Shapes: targets and predictions alike → without the axis.
 * @throws ValueError if the shapes do not fit.
 * @example
 * const target = tensor([[0, 1, 0.5], [1, 1, 0.2]]);
 * await jit((x) => metrics.concordanceCorrelation(target, x))([[0.1, 0.9, 0.5], [1, 0.9, 0.2]]);   // [0.9756093, 0.987654]
 * @see https://keras.io/api/metrics/regression_metrics/
 */
export function concordanceCorrelation(yTrue: Operand, yPred: Operand, axis: Axes = -1): Value {
  const [target, prediction] = alignedFloats('ConcordanceCorrelation', yTrue, yPred);
  const meanOf = (x: Value): Value => mean(x, { axis, keepdims: true });
  const spread = (x: Value): Value => variance(centred(x, axis), { axis, keepdims: true });
  const [a, b] = [meanOf(target), meanOf(prediction)];
  // Any mean may stand in the place of the target's: the other factor sums to 0.
  const together = multiply(subtract(target, b), subtract(prediction, b));
  const scale = add(add(spread(target), spread(prediction)), square(subtract(a, b)));
  return mean(divide(multiply(together, 2), add(scale, EPSILON)), { axis });
}

/** What the two have in common. */
abstract class Correlation extends SamplewiseMean {
  override readonly direction: Direction = 'up';
  /** The axis of the values to compare, or several. */
  readonly axis: Axes;

  constructor(who: string, options: CorrelationOptions, defaultName: string) {
    checkOptions(who, options, [...metricOptions, 'axis']);
    super(options, defaultName);
    const axis: unknown = options.axis ?? -1;
    const list: readonly unknown[] = Array.isArray(axis) ? axis : [axis];
    if (list.length === 0 || !list.every((entry) => Number.isInteger(entry))) {
      throw new TypeError(`[${who}] axis must be an integer or a list of integers. Received: axis=${show(axis)}.`);
    }
    this.axis = Array.isArray(axis) ? (list as readonly number[]).slice() : (axis as number);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), axis: this.axis };
  }
}

/**
 * The mean over all samples of Pearson's correlation of targets and predictions: 1 where they are in a line that rises,
 * −1 in one that falls, and NaN where one of them is constant.
 *
 * Shapes: targets and predictions alike, `[batch, values]` say.
 * @throws TypeError if axis is no integer, nor a list of them.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new PearsonCorrelation()] });
 * (await model.testOnBatch([[0.1, 0.9, 0.5], [1, 0.9, 0.2]], [[0, 1, 0.5], [1, 1, 0.2]])).pearson_correlation;   // 0.9966996
 * @see https://keras.io/api/metrics/regression_metrics/
 */
export class PearsonCorrelation extends Correlation {
  constructor(options: CorrelationOptions = {}) {
    super('PearsonCorrelation', options, 'pearson_correlation');
  }

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return pearsonCorrelation(yTrue, yPred, this.axis);
  }
}

/**
 * The mean over all samples of the concordance of targets and predictions (Lin, 1989): 1 where they are the same.
 *
 * Shapes: targets and predictions alike, `[batch, values]` say.
 * @throws TypeError if axis is no integer, nor a list of them.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new ConcordanceCorrelation({ name: 'ccc' })] });
 * (await model.testOnBatch([[0.1, 0.9, 0.5], [1, 0.9, 0.2]], [[0, 1, 0.5], [1, 1, 0.2]])).ccc;   // 0.9816317
 * @see https://keras.io/api/metrics/regression_metrics/
 */
export class ConcordanceCorrelation extends Correlation {
  constructor(options: CorrelationOptions = {}) {
    super('ConcordanceCorrelation', options, 'concordance_correlation');
  }

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return concordanceCorrelation(yTrue, yPred, this.axis);
  }
}
