import { checkOptions } from '../../core/checks.ts';
import { EPSILON } from '../../core/epsilon.ts';
import type { Value } from '../../compiler/ir/value.ts';
import type { Operand } from '../../compiler/builder/operand.ts';
import { add, divide, multiply, sqrt, square, subtract, mean, variance } from '../ops/index.ts';
import { SamplewiseMean } from './means.ts';
import { type Direction, Metric, type MetricOptions } from './metric.ts';
import { alignedFloats } from '../losses/alignment.ts';
import { type Axes, axes } from '../saving/field-kinds.ts';
import { type Fields, string } from '../saving/fields.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Options of {@link PearsonCorrelation} and {@link ConcordanceCorrelation}. */
export interface CorrelationOptions extends MetricOptions {
  /** The axis of the values to compare, or several. @default -1 */
  axis?: Axes;
}

/** Values minus their mean. */
const centered = (x: Value, axis: Axes | null): Value => subtract(x, mean(x, { axis, keepdims: true }));

/** Options of {@link pearsonCorrelation} and {@link concordanceCorrelation}. */
export interface CorrelationAxisOptions {
  /** The axis of the values to compare, or several; null for all. @default -1 */
  readonly axis?: Axes | null | undefined;
}

/**
 * Pearson's correlation of targets and predictions along an axis: NaN if one of them is constant.
 *
 *     r = mean((yTrue − mean(yTrue)) (yPred − mean(yPred))) / (σ(yTrue) σ(yPred))
 *
 * Shapes: targets and predictions of one shape → without the axis.
 * @throws ValueError if the shapes do not match.
 * @example
 * const target = tensor([[0, 1, 0.5], [1, 1, 0.2]]);
 * await jit((x) => metrics.pearsonCorrelation(target, x))([[0.1, 0.9, 0.5], [1, 0.9, 0.2]]);   // [1, 0.9933992]
 * @see https://keras.io/api/metrics/regression_metrics/
 */
export function pearsonCorrelation(yTrue: Operand, yPred: Operand, options: CorrelationAxisOptions = {}): Value {
  checkOptions('metrics.pearsonCorrelation', options, ['axis']);
  const { axis = -1 } = options;
  const [target, prediction] = alignedFloats('PearsonCorrelation', yTrue, yPred);
  const standardized = (x: Value): Value => {
    const rest = centered(x, axis);
    return divide(rest, sqrt(variance(rest, { axis, keepdims: true })));
  };
  return mean(multiply(standardized(target), standardized(prediction)), { axis });
}

/**
 * The concordance of targets and predictions along an axis: their closeness to the line on which they are equal.
 *
 *     c = 2 mean((yTrue − mean(yPred)) (yPred − mean(yPred))) / (var(yTrue) + var(yPred) + (mean(yTrue) − mean(yPred))² + 1e-7)
 *
 * Shapes: targets and predictions of one shape → without the axis.
 * @throws ValueError if the shapes do not match.
 * @example
 * const target = tensor([[0, 1, 0.5], [1, 1, 0.2]]);
 * await jit((x) => metrics.concordanceCorrelation(target, x))([[0.1, 0.9, 0.5], [1, 0.9, 0.2]]);   // [0.9756093, 0.987654]
 * @see https://keras.io/api/metrics/regression_metrics/
 */
export function concordanceCorrelation(yTrue: Operand, yPred: Operand, options: CorrelationAxisOptions = {}): Value {
  checkOptions('metrics.concordanceCorrelation', options, ['axis']);
  const { axis = -1 } = options;
  const [target, prediction] = alignedFloats('ConcordanceCorrelation', yTrue, yPred);
  const meanOf = (x: Value): Value => mean(x, { axis, keepdims: true });
  const spread = (x: Value): Value => variance(centered(x, axis), { axis, keepdims: true });
  const [a, b] = [meanOf(target), meanOf(prediction)];
  // Keras subtracts the mean of the predictions from both, which is equal: the other factor has the sum 0.
  const together = multiply(subtract(target, b), subtract(prediction, b));
  const scale = add(add(spread(target), spread(prediction)), square(subtract(a, b)));
  return mean(divide(multiply(together, 2), add(scale, EPSILON)), { axis });
}

/** The base of the correlations. */
abstract class Correlation extends SamplewiseMean {
  static override readonly positional = ['name', 'dtype', 'axis'] as const;
  static override readonly fields: Fields = { ...Metric.fields, axis: axes(-1) };
  override readonly direction: Direction = 'up';

  /** The axis of the values to compare, or several. */
  declare readonly axis: Axes;

  constructor(...args: Arguments<CorrelationOptions, typeof Correlation.positional>);
  constructor(options?: CorrelationOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }
}

/**
 * The mean over all samples of Pearson's correlation of targets and predictions: 1 for an increasing linear relation, −1
 * for a decreasing one, and NaN if one of them is constant.
 *
 * Shapes: targets and predictions of one shape, `[batch, values]` for example.
 * @throws TypeError if axis is neither an integer nor a list of integers.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new PearsonCorrelation()] });
 * (await model.testOnBatch([[0.1, 0.9, 0.5], [1, 0.9, 0.2]], [[0, 1, 0.5], [1, 1, 0.2]])).pearson_correlation;   // 0.9966996
 * @see https://keras.io/api/metrics/regression_metrics/
 */
export class PearsonCorrelation extends Correlation {
  static override readonly className: string = 'PearsonCorrelation';
  static override readonly fields: Fields = { ...Correlation.fields, name: string('pearson_correlation') };

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return pearsonCorrelation(yTrue, yPred, { axis: this.axis });
  }
}

/**
 * The mean over all samples of the concordance of targets and predictions (Lin, 1989): 1 if they are equal.
 *
 * Shapes: targets and predictions of one shape, `[batch, values]` for example.
 * @throws TypeError if axis is neither an integer nor a list of integers.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new ConcordanceCorrelation({ name: 'ccc' })] });
 * (await model.testOnBatch([[0.1, 0.9, 0.5], [1, 0.9, 0.2]], [[0, 1, 0.5], [1, 1, 0.2]])).ccc;   // 0.9816317
 * @see https://keras.io/api/metrics/regression_metrics/
 */
export class ConcordanceCorrelation extends Correlation {
  static override readonly className: string = 'ConcordanceCorrelation';
  static override readonly fields: Fields = { ...Correlation.fields, name: string('concordance_correlation') };

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return concordanceCorrelation(yTrue, yPred, { axis: this.axis });
  }
}
