import { checkNumber } from '../../core/checks.ts';
import { EPSILON } from '../../core/epsilon.ts';
import { ValueError } from '../../core/errors.ts';
import { showShape } from '../../core/shape.ts';
import { weightsOf } from '../losses/alignment.ts';
import type { Trace } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/ir/value.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import { type Operand, castTo, toFloat, toValue } from '../../compiler/builder/operand.ts';
import {
  abs,
  add,
  divide,
  greater,
  greaterEqual,
  logicalAnd,
  multiply,
  subtract,
  max,
  mean,
  sum,
} from '../ops/index.ts';
import { type Fields, type GivenOptions, choice, constant, field, nullable, number, string } from '../saving/fields.ts';
import { type Direction, Metric, type MetricOptions } from './metric.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Options of {@link F1Score}. */
export interface F1ScoreOptions extends MetricOptions {
  /**
   * The average over the classes: the mean of their scores ('macro'), their mean weighted by the number of entries of
   * each class ('weighted'), or the score of all classes together ('micro'); null returns a vector of all scores.
   * @default null
   */
  average?: 'micro' | 'macro' | 'weighted' | null;
  /** The threshold above which predictions are positive; null makes the largest of each row positive. @default null */
  threshold?: number | null;
}

/** Options of {@link FBetaScore}. */
export interface FBetaScoreOptions extends F1ScoreOptions {
  /** The weight of recall relative to precision. @default 1 */
  beta?: number;
}

const threshold = field<number>({
  read: (who, option, given) => {
    const value = checkNumber(who, option, given);
    if (value > 0 && value <= 1) return value;
    throw new ValueError(`[${who}] ${option} must be in (0, 1]. Received: ${option}=${value}.`);
  },
});

interface State {
  readonly truePositives: Variable;
  readonly falsePositives: Variable;
  readonly falseNegatives: Variable;
  /** The number of entries of each class. */
  readonly weights: Variable;
}

/** The options that can be given by position. */
const F_BETA_ORDER = ['average', 'beta', 'threshold', 'name'] as const;

/**
 * The weighted harmonic mean of precision P and recall R of each class.
 *
 *     F = (1 + β²) P R / (β² P + R)
 *
 * Shapes: targets and predictions `[batch, classes]`; the result is a scalar, or `[classes]` if there is no average.
 * @throws ValueError if beta is not positive, threshold is not in (0, 1], or targets have another rank.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new FBetaScore({ beta: 2, threshold: 0.5, average: 'micro' })] });
 * (await model.testOnBatch([[0.9, 0.8], [0.9, 0.1]], [[1, 0], [1, 0]])).fbeta_score;   // 0.9090908
 * @see https://keras.io/api/metrics/classification_metrics/#fbetascore-class
 */
export class FBetaScore extends Metric {
  static override readonly className: string = 'FBetaScore';
  static override readonly positional: readonly string[] = F_BETA_ORDER;
  static override readonly fields: Fields = {
    ...Metric.fields,
    name: string('fbeta_score'),
    average: nullable(choice(['micro', 'macro', 'weighted'])),
    beta: number(1, { above: 0 }),
    threshold: nullable(threshold),
  };
  override readonly direction: Direction = 'up';

  /** The average over the classes; null for none. */
  declare readonly average: 'micro' | 'macro' | 'weighted' | null;
  /** The weight of recall relative to precision. */
  declare readonly beta: number;
  /** The threshold above which predictions are positive; null makes the largest of each row positive. */
  declare readonly threshold: number | null;
  #state: State | null = null;

  constructor(options: object, positional: GivenOptions);
  constructor(...args: Arguments<FBetaScoreOptions, typeof F_BETA_ORDER>);
  constructor(options?: FBetaScoreOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  /** Creates the state when the number of classes is known. */
  #build(target: Value, prediction: Value): State {
    const classes = prediction.shape.at(-1) ?? null;
    if (target.rank !== 2 || prediction.rank !== 2 || classes === null) {
      throw new ValueError(
        `[${this.className}] targets and predictions must have the shape [batch, classes]. Received: yTrue of shape ${showShape(target.shape)}, yPred of shape ${showShape(prediction.shape)}.`,
      );
    }
    const shape = this.average === 'micro' ? [] : [classes];
    this.#state ??= {
      truePositives: this.addVariable('true_positives', shape),
      falsePositives: this.addVariable('false_positives', shape),
      falseNegatives: this.addVariable('false_negatives', shape),
      weights: this.addVariable('intermediate_weights', shape),
    };
    return this.#state;
  }

  override updateState(trace: Trace, yTrue: Operand, yPred: Operand, sampleWeight?: Operand | null): void {
    const target = castTo(toValue(yTrue), this.dtype);
    const prediction = castTo(toValue(yPred), this.dtype);
    const state = this.#build(target, prediction);
    const positive = castTo(this.#positive(prediction), this.dtype);
    const weights =
      sampleWeight === null || sampleWeight === undefined
        ? null
        : weightsOf(this.className, castTo(toFloat(sampleWeight), this.dtype), target);
    const count = (variable: Variable, entries: Value): void => {
      const weighted = weights === null ? entries : multiply(entries, weights);
      const counts = sum(weighted, this.average === 'micro' ? {} : { axis: 0 });
      trace.update(variable, add(trace.read(variable), counts));
    };
    count(state.truePositives, multiply(positive, target));
    count(state.falsePositives, multiply(positive, subtract(1, target)));
    count(state.falseNegatives, multiply(subtract(1, positive), target));
    count(state.weights, target);
  }

  #positive(prediction: Value): Value {
    if (this.threshold !== null) return greater(prediction, this.threshold);
    const isMaximum = greaterEqual(prediction, max(prediction, { axis: -1, keepdims: true }));
    return logicalAnd(isMaximum, greater(abs(prediction), 1e-9));
  }

  override result(trace: Trace): Value {
    if (this.#state === null) return castTo(toValue(0), this.dtype);
    const { truePositives, falsePositives, falseNegatives, weights } = this.#state;
    const right = trace.read(truePositives);
    const over = (a: Value, b: Value): Value => divide(a, add(b, EPSILON));
    const precision = over(right, add(right, trace.read(falsePositives)));
    const recall = over(right, add(right, trace.read(falseNegatives)));
    const squared = this.beta ** 2;
    const together = add(multiply(precision, squared), recall);
    const scores = multiply(over(multiply(precision, recall), together), 1 + squared);
    if (this.average === null) return scores;
    if (this.average !== 'weighted') return mean(scores);
    const counts = trace.read(weights);
    return sum(multiply(scores, over(counts, sum(counts))));
  }
}

/**
 * The harmonic mean of precision P and recall R of each class: F = 2 P R / (P + R).
 *
 * Shapes: targets and predictions `[batch, classes]`; the result is a scalar, or `[classes]` if there is no average.
 * @throws ValueError if threshold is not in (0, 1], or targets have another rank.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new F1Score({ average: 'macro' })] });
 * (await model.testOnBatch([[0.9, 0.1], [0.4, 0.6], [0.3, 0.7]], [[1, 0], [1, 0], [0, 1]])).f1_score;   // 0.6666666
 * @see https://keras.io/api/metrics/classification_metrics/#f1score-class
 */
export class F1Score extends FBetaScore {
  static override readonly className: string = 'F1Score';
  static override readonly positional = ['average', 'threshold', 'name'] as const;
  static override readonly fields: Fields = { ...FBetaScore.fields, name: string('f1_score'), beta: constant(1) };

  constructor(...args: Arguments<F1ScoreOptions, typeof F1Score.positional>);
  constructor(options?: F1ScoreOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }
}
