import type { Config } from '../../core/config.ts';
import { ValueError } from '../../core/errors.ts';
import { checkChoice, checkNumber, checkOptions } from '../../core/checks.ts';
import { showShape } from '../../core/shape.ts';
import type { Trace } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/graph/value.ts';
import type { Variable } from '../../compiler/graph/variable.ts';
import { abs, add, divide, greater, greaterEqual, logicalAnd, multiply, subtract } from '../ops/elementwise.ts';
import { expandDims } from '../ops/movement.ts';
import { type Operand, castTo, toFloat, toValue } from '../ops/operand.ts';
import { max, mean, sum } from '../ops/reductions.ts';
import { type Direction, Metric, type MetricOptions, metricOptions } from './metric.ts';

/** Options of {@link F1Score}. */
export interface F1ScoreOptions extends MetricOptions {
  /**
   * How the scores of classes become one: their mean ('macro'), that weighted with how many entries are of each class
   * ('weighted'), or the score of all classes together ('micro'); null gives a vector of them all.
   * @default null
   */
  average?: 'micro' | 'macro' | 'weighted' | null;
  /** Predictions above it are positive; null makes the greatest of each row positive. @default null */
  threshold?: number | null;
}

/** Options of {@link FBetaScore}. */
export interface FBetaScoreOptions extends F1ScoreOptions {
  /** How many times as much recall counts as precision. @default 1 */
  beta?: number;
}

/** Keeps quotients finite. */
const EPSILON = 1e-7;

interface State {
  readonly truePositives: Variable;
  readonly falsePositives: Variable;
  readonly falseNegatives: Variable;
  /** How many entries are of each class. */
  readonly weights: Variable;
}

/**
 * The weighted harmonic mean of precision P and recall R of each class.
 *
 *     F = (1 + β²) P R / (β² P + R)
 *
 * Shapes: targets and predictions `[batch, classes]`; the result is a scalar, or `[classes]` if there is no average.
 * @throws ValueError if beta is not above 0, threshold lies outside (0, 1], or targets have another rank.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new FBetaScore({ beta: 2, threshold: 0.5, average: 'micro' })] });
 * (await model.testOnBatch([[0.9, 0.8], [0.9, 0.1]], [[1, 0], [1, 0]])).fbeta_score;   // 0.9090908
 * @see https://keras.io/api/metrics/classification_metrics/#fbetascore-class
 */
export class FBetaScore extends Metric {
  override readonly direction: Direction = 'up';
  /** How the scores of classes become one. */
  readonly average: 'micro' | 'macro' | 'weighted' | null;
  /** How many times as much recall counts as precision. */
  readonly beta: number;
  /** Predictions above it are positive; null makes the greatest of each row positive. */
  readonly threshold: number | null;
  readonly #who: string;
  #state: State | null = null;

  constructor(options: FBetaScoreOptions = {}, who = 'FBetaScore', defaultName = 'fbeta_score') {
    checkOptions(who, options, [...metricOptions, 'average', 'beta', 'threshold']);
    super(options, defaultName);
    this.#who = who;
    const average = options.average ?? null;
    const averages = ['micro', 'macro', 'weighted'] as const;
    this.average = average === null ? null : checkChoice(who, 'average', average, averages);
    this.beta = checkNumber(who, 'beta', options.beta ?? 1);
    if (this.beta <= 0) throw new ValueError(`[${who}] beta must be greater than 0. Received: beta=${this.beta}.`);
    const threshold = options.threshold ?? null;
    this.threshold = threshold === null ? null : checkNumber(who, 'threshold', threshold);
    if (this.threshold !== null && (this.threshold <= 0 || this.threshold > 1)) {
      throw new ValueError(`[${who}] threshold must lie in (0, 1]. Received: threshold=${this.threshold}.`);
    }
  }

  /** The state is made when the number of classes is known. */
  #build(target: Value, prediction: Value): State {
    const classes = prediction.shape.at(-1) ?? null;
    if (target.rank !== 2 || prediction.rank !== 2 || classes === null) {
      throw new ValueError(
        `[${this.#who}] targets and predictions must have the shape [batch, classes]. Received: yTrue of shape ${showShape(target.shape)}, yPred of shape ${showShape(prediction.shape)}.`,
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
        : expandDims(castTo(toFloat(sampleWeight), this.dtype), 1);
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
    const isGreatest = greaterEqual(prediction, max(prediction, { axis: -1, keepdims: true }));
    return logicalAnd(isGreatest, greater(abs(prediction), 1e-9));
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

  override getConfig(): Config {
    return { ...super.getConfig(), average: this.average, beta: this.beta, threshold: this.threshold };
  }
}

/**
 * The harmonic mean of precision P and recall R of each class: F = 2 P R / (P + R).
 *
 * Shapes: targets and predictions `[batch, classes]`; the result is a scalar, or `[classes]` if there is no average.
 * @throws ValueError if threshold lies outside (0, 1], or targets have another rank.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new F1Score({ average: 'macro' })] });
 * (await model.testOnBatch([[0.9, 0.1], [0.4, 0.6], [0.3, 0.7]], [[1, 0], [1, 0], [0, 1]])).f1_score;   // 0.6666666
 * @see https://keras.io/api/metrics/classification_metrics/#f1score-class
 */
export class F1Score extends FBetaScore {
  constructor(options: F1ScoreOptions = {}) {
    checkOptions('F1Score', options, [...metricOptions, 'average', 'threshold']);
    super(options, 'F1Score', 'f1_score');
  }

  override getConfig(): Config {
    const { beta: _beta, ...config } = super.getConfig();
    return config;
  }
}
