import type { Config } from '../../core/config.ts';
import { checkOptions } from '../../core/checks.ts';
import type { Trace } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/graph/value.ts';
import type { Variable } from '../../compiler/graph/variable.ts';
import { add } from '../ops/elementwise.ts';
import { squeeze } from '../ops/movement.ts';
import type { Operand } from '../ops/operand.ts';
import { type Counts, areSpreadEvenly, confusionCounts, readThresholds } from './confusion.ts';
import { Metric, type MetricOptions, metricOptions } from './metric.ts';

/** Options of the four metrics that count right and wrong predictions. */
export interface CountOptions extends MetricOptions {
  /** Predictions above it are positive. A list gives a list of counts. @default 0.5 */
  thresholds?: number | readonly number[] | null;
}

/** A scalar of a vector with one element; a longer one as it is. */
export const scalarIfOne = (x: Value): Value => (x.shape[0] === 1 ? squeeze(x, 0) : x);

/** What the four have in common. */
abstract class ConfusionCount extends Metric {
  /** Predictions above them are positive. */
  readonly thresholds: readonly number[];
  /** The weighted counts so far, one for each threshold. */
  readonly accumulator: Variable;
  readonly #given: number | readonly number[] | null;
  readonly #who: string;
  readonly #what: keyof Counts;

  constructor(who: string, what: keyof Counts, options: CountOptions) {
    checkOptions(who, options, [...metricOptions, 'thresholds']);
    super(options);
    this.#who = who;
    this.#what = what;
    this.thresholds = readThresholds(who, options.thresholds, 0.5);
    this.#given = Array.isArray(options.thresholds) ? this.thresholds : (options.thresholds ?? null);
    this.accumulator = this.addVariable('accumulator', [this.thresholds.length]);
  }

  override updateState(trace: Trace, yTrue: Operand, yPred: Operand, sampleWeight?: Operand | null): void {
    const { thresholds, dtype } = this;
    const how = { thresholds, evenly: areSpreadEvenly(thresholds), dtype, sampleWeight };
    const counts = confusionCounts(this.#who, yTrue, yPred, how);
    trace.update(this.accumulator, add(trace.read(this.accumulator), counts[this.#what]));
  }

  override result(trace: Trace): Value {
    return scalarIfOne(trace.read(this.accumulator));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), thresholds: this.#given };
  }
}

/**
 * How many entries are predicted to be positive and are.
 *
 * Shapes: targets and predictions alike; with a list of thresholds the result is a vector.
 * @throws ValueError if a threshold lies outside [0, 1].
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new TruePositives({ name: 'right' })] });
 * (await model.testOnBatch([[0.9], [0.8], [0.1]], [[1], [0], [1]])).right;   // 1
 * @see https://keras.io/api/metrics/classification_metrics/#truepositives-class
 */
export class TruePositives extends ConfusionCount {
  constructor(options: CountOptions = {}) {
    super('TruePositives', 'truePositives', options);
  }
}

/**
 * How many entries are predicted not to be positive and are not.
 *
 * Shapes: targets and predictions alike; with a list of thresholds the result is a vector.
 * @throws ValueError if a threshold lies outside [0, 1].
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new TrueNegatives({ name: 'right' })] });
 * (await model.testOnBatch([[0.9], [0.2], [0.1]], [[1], [0], [0]])).right;   // 2
 * @see https://keras.io/api/metrics/classification_metrics/#truenegatives-class
 */
export class TrueNegatives extends ConfusionCount {
  constructor(options: CountOptions = {}) {
    super('TrueNegatives', 'trueNegatives', options);
  }
}

/**
 * How many entries are predicted to be positive and are not.
 *
 * Shapes: targets and predictions alike; with a list of thresholds the result is a vector.
 * @throws ValueError if a threshold lies outside [0, 1].
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new FalsePositives({ name: 'wrong' })] });
 * (await model.testOnBatch([[0.9], [0.8], [0.1]], [[1], [0], [1]])).wrong;   // 1
 * @see https://keras.io/api/metrics/classification_metrics/#falsepositives-class
 */
export class FalsePositives extends ConfusionCount {
  constructor(options: CountOptions = {}) {
    super('FalsePositives', 'falsePositives', options);
  }
}

/**
 * How many entries are predicted not to be positive and are.
 *
 * Shapes: targets and predictions alike; with a list of thresholds the result is a vector.
 * @throws ValueError if a threshold lies outside [0, 1].
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new FalseNegatives({ name: 'wrong' })] });
 * (await model.testOnBatch([[0.9], [0.2], [0.1]], [[1], [1], [1]])).wrong;   // 2
 * @see https://keras.io/api/metrics/classification_metrics/#falsenegatives-class
 */
export class FalseNegatives extends ConfusionCount {
  constructor(options: CountOptions = {}) {
    super('FalseNegatives', 'falseNegatives', options);
  }
}
