import { ValueError } from '../../core/errors.ts';
import { broadcastShapes, compatible, showShape } from '../../core/shape.ts';
import type { Trace } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/ir/value.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import { type Operand, castTo, toFloat, toValue } from '../../compiler/builder/operand.ts';
import {
  abs,
  add,
  divide,
  equal,
  greater,
  multiply,
  square,
  subtract,
  where,
  broadcastTo,
  onesLike,
  mean,
  sum,
} from '../ops/index.ts';
import { type Fields, choice, integer, nullable, string } from '../saving/fields.ts';
import { type Direction, Metric, type MetricOptions } from './metric.ts';
import { aligned, fromFirstAxis } from '../losses/alignment.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Options of {@link R2Score}. */
export interface R2ScoreOptions extends MetricOptions {
  /**
   * The average over the outputs: the mean of their scores, or their mean weighted by the variance of the targets; null
   * returns a vector of all scores.
   * @default 'uniform_average'
   */
  classAggregation?: 'uniform_average' | 'variance_weighted_average' | null;
  /** The number of inputs of the model, for which the score is adjusted; 0 for no adjustment. @default 0 */
  numRegressors?: number;
}

interface State {
  readonly squaredSum: Variable;
  readonly sum: Variable;
  readonly residual: Variable;
  readonly count: Variable;
}

/**
 * The fraction of the variance of the targets that the predictions explain: 1 for perfect ones, 0 for the mean.
 *
 *     R² = 1 − Σ w (yTrue − yPred)² / Σ w (yTrue − mean yTrue)²
 *
 * The score of an output with constant targets is 0. Adjusted for p inputs and n targets:
 * 1 − (1 − R²)(n − 1) / (n − p − 1), if n > p + 1.
 *
 * Shapes: targets and predictions `[batch, outputs]`; the result is a scalar, or `[outputs]` without aggregation.
 * @throws ValueError if targets have another rank.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new R2Score()] });
 * (await model.testOnBatch([[2], [4], [6]], [[1], [4], [7]])).r2_score;   // 0.888889
 * @see https://keras.io/api/metrics/regression_metrics/#r2score-class
 */
export class R2Score extends Metric {
  static override readonly className: string = 'R2Score';
  static override readonly positional = ['classAggregation', 'numRegressors', 'name'] as const;
  static override readonly fields: Fields = {
    ...Metric.fields,
    name: string('r2_score'),
    classAggregation: nullable(choice(['uniform_average', 'variance_weighted_average'], 'uniform_average')),
    numRegressors: integer(0, 0),
  };
  override readonly direction: Direction = 'up';

  /** The average over the outputs; null for none. */
  declare readonly classAggregation: 'uniform_average' | 'variance_weighted_average' | null;
  /** The number of inputs of the model, for which the score is adjusted. */
  declare readonly numRegressors: number;
  /** The number of targets so far. */
  readonly numSamples: Variable = this.addVariable('num_samples');
  #state: State | null = null;

  constructor(...args: Arguments<R2ScoreOptions, typeof R2Score.positional>);
  constructor(options?: R2ScoreOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  /** Creates the state when the number of outputs is known. */
  #build(target: Value, prediction: Value): State {
    const outputs = prediction.shape.at(-1) ?? null;
    if (target.rank !== 2 || prediction.rank !== 2 || outputs === null) {
      throw new ValueError(
        `[R2Score] targets and predictions must have the shape [batch, outputs]. Received: yTrue of shape ${showShape(target.shape)}, yPred of shape ${showShape(prediction.shape)}.`,
      );
    }
    this.#state ??= {
      squaredSum: this.addVariable('squared_sum', [outputs]),
      sum: this.addVariable('sum', [outputs]),
      residual: this.addVariable('residual', [outputs]),
      count: this.addVariable('count', [outputs]),
    };
    return this.#state;
  }

  override updateState(trace: Trace, yTrue: Operand, yPred: Operand, sampleWeight?: Operand | null): void {
    const [target, prediction] = aligned('R2Score', yTrue, castTo(toValue(yPred), this.dtype));
    const state = this.#build(target, prediction);
    const weights = this.#weights(target, sampleWeight);
    const count = (variable: Variable, values: Value): void =>
      trace.update(variable, add(trace.read(variable), sum(values, { axis: 0 })));
    count(state.sum, multiply(target, weights));
    count(state.squaredSum, multiply(square(target), weights));
    count(state.residual, multiply(square(subtract(target, prediction)), weights));
    count(state.count, weights);
    trace.update(this.numSamples, add(trace.read(this.numSamples), sum(onesLike(target))));
  }

  #weights(target: Value, sampleWeight: Operand | null | undefined): Value {
    if (sampleWeight === null || sampleWeight === undefined) return onesLike(target);
    const given = castTo(toFloat(sampleWeight), this.dtype);
    const weights = fromFirstAxis(given, target.rank);
    const shape = broadcastShapes(weights.shape, target.shape);
    if (shape !== null && compatible(shape, target.shape)) return broadcastTo(weights, target.shape);
    throw new ValueError(
      `[R2Score] sampleWeight must broadcast to the targets. Received: sampleWeight of shape ${showShape(given.shape)} for targets of shape ${showShape(target.shape)}.`,
    );
  }

  override result(trace: Trace): Value {
    if (this.#state === null) return castTo(toValue(0), this.dtype);
    const { squaredSum, sum: total, residual, count } = this.#state;
    const all = trace.read(total);
    const variance = subtract(trace.read(squaredSum), divide(square(all), trace.read(count)));
    const explained = subtract(1, divide(trace.read(residual), variance));
    const scores = where(equal(abs(explained), Infinity), 0, explained);
    return this.#adjusted(trace, this.#aggregated(scores, variance));
  }

  #aggregated(scores: Value, variance: Value): Value {
    if (this.classAggregation === null) return scores;
    if (this.classAggregation === 'uniform_average') return mean(scores);
    return divide(sum(multiply(variance, scores)), sum(variance));
  }

  #adjusted(trace: Trace, score: Value): Value {
    if (this.numRegressors === 0) return score;
    const others = subtract(trace.read(this.numSamples), 1);
    const free = subtract(others, this.numRegressors);
    const isEnough = greater(free, 0);
    const unexplained = multiply(subtract(1, score), divide(others, where(isEnough, free, 1)));
    return where(isEnough, subtract(1, unexplained), score);
  }
}
