import type { Config } from '../../core/config.ts';
import { checkInteger, checkOptions } from '../../core/checks.ts';
import type { Trace } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/graph/value.ts';
import type { Variable } from '../../compiler/graph/variable.ts';
import { add } from '../ops/elementwise.ts';
import type { Operand } from '../ops/operand.ts';
import { scalarIfOne } from './confusion-counts.ts';
import { areSpreadEvenly, confusionCounts, readThresholds } from './confusion.ts';
import { type Direction, Metric, type MetricOptions, metricOptions } from './metric.ts';
import { divideNoNan } from './samplewise.ts';

/** Options of {@link Precision} and {@link Recall}. */
export interface PrecisionRecallOptions extends MetricOptions {
  /** Predictions above it are positive. A list gives a list of results. @default 0.5, or none with topK */
  thresholds?: number | readonly number[] | null;
  /** Only so many of the greatest predictions of each row may be positive. @default null, all */
  topK?: number | null;
  /** Only this entry of the last axis counts. @default null, all */
  classId?: number | null;
}

/** What the two have in common: true positives, divided by them and those that were wrong. */
abstract class PositiveShare extends Metric {
  override readonly direction: Direction = 'up';
  /** Predictions above them are positive. */
  readonly thresholds: readonly number[];
  /** Only so many of the greatest predictions of each row may be positive; null for all. */
  readonly topK: number | null;
  /** Only this entry of the last axis counts; null for all. */
  readonly classId: number | null;
  /** The weighted count of true positives so far, for each threshold. */
  readonly truePositives: Variable;
  protected readonly wrong: Variable;
  readonly #given: number | readonly number[] | null;
  readonly #who: string;
  readonly #counts: 'falsePositives' | 'falseNegatives';

  constructor(who: string, counts: 'falsePositives' | 'falseNegatives', options: PrecisionRecallOptions) {
    checkOptions(who, options, [...metricOptions, 'thresholds', 'topK', 'classId']);
    super(options);
    this.#who = who;
    this.#counts = counts;
    const integer = (argument: 'topK' | 'classId', least: number): number | null => {
      const value = options[argument] ?? null;
      return value === null ? null : checkInteger(who, argument, value, least);
    };
    this.topK = integer('topK', 1);
    this.classId = integer('classId', 0);
    // Below every prediction, but not below those that are not among the greatest.
    this.thresholds = readThresholds(who, options.thresholds, this.topK === null ? 0.5 : -1e10);
    this.#given = Array.isArray(options.thresholds) ? this.thresholds : (options.thresholds ?? null);
    const shape = [this.thresholds.length];
    this.truePositives = this.addVariable('true_positives', shape);
    this.wrong = this.addVariable(counts === 'falsePositives' ? 'false_positives' : 'false_negatives', shape);
  }

  override updateState(trace: Trace, yTrue: Operand, yPred: Operand, sampleWeight?: Operand | null): void {
    const { thresholds, dtype, topK, classId } = this;
    const how = { thresholds, evenly: areSpreadEvenly(thresholds), dtype, topK, classId, sampleWeight };
    const counts = confusionCounts(this.#who, yTrue, yPred, how);
    trace.update(this.truePositives, add(trace.read(this.truePositives), counts.truePositives));
    trace.update(this.wrong, add(trace.read(this.wrong), counts[this.#counts]));
  }

  override result(trace: Trace): Value {
    const right = trace.read(this.truePositives);
    return scalarIfOne(divideNoNan(right, add(right, trace.read(this.wrong))));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), thresholds: this.#given, top_k: this.topK, class_id: this.classId };
  }
}

/**
 * Which part of what is predicted to be positive is: TP / (TP + FP), and 0 where nothing is predicted to be.
 *
 * Shapes: targets and predictions alike; with a list of thresholds the result is a vector.
 * @throws ValueError if a threshold lies outside [0, 1].
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new Precision({ name: 'precision' })] });
 * (await model.testOnBatch([[0.9], [0.8], [0.1]], [[1], [0], [1]])).precision;   // 0.5
 * @see https://keras.io/api/metrics/classification_metrics/#precision-class
 */
export class Precision extends PositiveShare {
  constructor(options: PrecisionRecallOptions = {}) {
    super('Precision', 'falsePositives', options);
  }
}

/**
 * Which part of what is positive is predicted to be: TP / (TP + FN), and 0 where nothing is positive.
 *
 * Shapes: targets and predictions alike; with a list of thresholds the result is a vector.
 * @throws ValueError if a threshold lies outside [0, 1].
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new Recall({ name: 'recall' })] });
 * (await model.testOnBatch([[0.9], [0.1], [0.2], [0.3]], [[1], [1], [1], [1]])).recall;   // 0.25
 * @see https://keras.io/api/metrics/classification_metrics/#recall-class
 */
export class Recall extends PositiveShare {
  constructor(options: PrecisionRecallOptions = {}) {
    super('Recall', 'falseNegatives', options);
  }
}
