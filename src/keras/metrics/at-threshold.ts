import type { Config } from '../../core/config.ts';
import { ValueError } from '../../core/errors.ts';
import { checkInteger, checkNumber, checkOptions } from '../../core/checks.ts';
import { type ReadContext, defaultContext } from '../saving/read-context.ts';
import { optionsOf } from '../saving/registry.ts';
import type { Trace } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/graph/value.ts';
import type { Variable } from '../../compiler/graph/variable.ts';
import { add, greaterEqual, where } from '../ops/elementwise.ts';
import { type Operand, toValue } from '../ops/operand.ts';
import { max } from '../ops/reductions.ts';
import { type Counts, confusionCounts } from './confusion.ts';
import { type Direction, Metric, type MetricOptions, metricOptions, spendSize } from './metric.ts';
import { divideNoNan } from './samplewise.ts';

/** Options of the metrics that look for the best threshold. */
export interface ThresholdedOptions extends MetricOptions {
  /** How many thresholds, spread evenly over [0, 1], are tried; 1 tries 0.5 alone. @default 200 */
  numThresholds?: number;
  /** Only this entry of the last axis counts. @default null, all */
  classId?: number | null;
}

type State = Readonly<Record<keyof Counts, Variable>>;

type Rate = 'sensitivity' | 'recall' | 'precision' | 'specificity';

/** The rates by their names, each the first count's share of both. Sensitivity and recall are one rate. */
const rates: Readonly<Record<Rate, readonly [keyof Counts, keyof Counts]>> = {
  sensitivity: ['truePositives', 'falseNegatives'],
  recall: ['truePositives', 'falseNegatives'],
  precision: ['truePositives', 'falsePositives'],
  specificity: ['trueNegatives', 'falsePositives'],
};

/** The greatest value of one rate at the thresholds where another one is at least as large as given; 0 if there is none. */
abstract class RateAtThreshold extends Metric {
  override readonly direction: Direction = 'up';
  /** How many thresholds are tried. */
  readonly numThresholds: number;
  /** Only this entry of the last axis counts; null for all. */
  readonly classId: number | null;
  /** The thresholds that are tried. */
  readonly thresholds: readonly number[];
  protected readonly least: number;
  readonly #who: string;
  readonly #wanted: Rate;
  readonly #bound: Rate;
  readonly #state: State;

  constructor(who: string, wanted: Rate, bound: Rate, least: number, options: ThresholdedOptions) {
    checkOptions(who, options, [...metricOptions, 'numThresholds', 'classId']);
    super(options);
    this.#who = who;
    this.#wanted = wanted;
    this.#bound = bound;
    this.least = checkNumber(who, bound, least);
    if (least < 0 || least > 1) {
      throw new ValueError(`[${who}] ${bound} must lie in [0, 1]. Received: ${bound}=${least}.`);
    }
    const count = checkInteger(who, 'numThresholds', options.numThresholds ?? 200, 1);
    this.numThresholds = count;
    const classId = options.classId ?? null;
    this.classId = classId === null ? null : checkInteger(who, 'classId', classId, 0);
    this.thresholds = count === 1 ? [0.5] : Array.from({ length: count }, (_, i) => i / (count - 1));
    this.#state = {
      truePositives: this.addVariable('true_positives', [count]),
      falsePositives: this.addVariable('false_positives', [count]),
      trueNegatives: this.addVariable('true_negatives', [count]),
      falseNegatives: this.addVariable('false_negatives', [count]),
    };
  }

  override updateState(trace: Trace, yTrue: Operand, yPred: Operand, sampleWeight?: Operand | null): void {
    const { thresholds, dtype, classId } = this;
    const how = { thresholds, evenly: thresholds.length > 1, dtype, classId, sampleWeight };
    const counts = confusionCounts(this.#who, yTrue, yPred, how);
    for (const what of Object.keys(this.#state) as (keyof Counts)[]) {
      const variable = this.#state[what];
      trace.update(variable, add(trace.read(variable), counts[what]));
    }
  }

  override result(trace: Trace): Value {
    const rate = (name: Rate): Value => {
      const [which, others] = rates[name];
      const right = trace.read(this.#state[which]);
      return divideNoNan(right, add(right, trace.read(this.#state[others])));
    };
    const wanted = rate(this.#wanted);
    return max(where(greaterEqual(rate(this.#bound), this.least), wanted, toValue(0, wanted.dtype)));
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      class_id: this.classId,
      num_thresholds: this.numThresholds,
      [this.#bound]: this.least,
    };
  }
}

/** The number in a config that has to be given, and the options. */
function readConfig(
  who: string,
  config: Config,
  argument: Rate,
  context: ReadContext,
): readonly [number, ThresholdedOptions] {
  spendSize(who, config, 'num_thresholds', context);
  const { [argument]: least, ...options } = optionsOf(config);
  return [least as number, options];
}

/**
 * The greatest sensitivity, TP / (TP + FN), at the thresholds where the specificity, TN / (TN + FP), is at least as large
 * as given; 0 if there is no such threshold.
 *
 * Shapes: targets and predictions alike.
 * @throws ValueError if specificity lies outside [0, 1].
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new SensitivityAtSpecificity(0.5, { name: 'sensitivity' })] });
 * const predictions = [[0], [0.3], [0.8], [0.3], [0.8]];
 * (await model.testOnBatch(predictions, [[0], [0], [0], [1], [1]])).sensitivity;   // 0.5
 * @see https://keras.io/api/metrics/classification_metrics/#sensitivityatspecificity-class
 */
export class SensitivityAtSpecificity extends RateAtThreshold {
  constructor(specificity: number, options: ThresholdedOptions = {}) {
    super('SensitivityAtSpecificity', 'sensitivity', 'specificity', specificity, options);
  }

  /** What the specificity must be at least. */
  get specificity(): number {
    return this.least;
  }

  static override fromConfig(config: Config, context: ReadContext = defaultContext): Metric {
    return new SensitivityAtSpecificity(...readConfig('SensitivityAtSpecificity', config, 'specificity', context));
  }
}

/**
 * The greatest specificity, TN / (TN + FP), at the thresholds where the sensitivity, TP / (TP + FN), is at least as large
 * as given; 0 if there is no such threshold.
 *
 * Shapes: targets and predictions alike.
 * @throws ValueError if sensitivity lies outside [0, 1].
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new SpecificityAtSensitivity(0.5, { name: 'specificity' })] });
 * const predictions = [[0], [0.3], [0.8], [0.3], [0.8]];
 * (await model.testOnBatch(predictions, [[0], [0], [0], [1], [1]])).specificity;   // 0.6666667
 * @see https://keras.io/api/metrics/classification_metrics/#specificityatsensitivity-class
 */
export class SpecificityAtSensitivity extends RateAtThreshold {
  constructor(sensitivity: number, options: ThresholdedOptions = {}) {
    super('SpecificityAtSensitivity', 'specificity', 'sensitivity', sensitivity, options);
  }

  /** What the sensitivity must be at least. */
  get sensitivity(): number {
    return this.least;
  }

  static override fromConfig(config: Config, context: ReadContext = defaultContext): Metric {
    return new SpecificityAtSensitivity(...readConfig('SpecificityAtSensitivity', config, 'sensitivity', context));
  }
}

/**
 * The greatest precision, TP / (TP + FP), at the thresholds where the recall, TP / (TP + FN), is at least as large as
 * given; 0 if there is no such threshold.
 *
 * Shapes: targets and predictions alike.
 * @throws ValueError if recall lies outside [0, 1].
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new PrecisionAtRecall(0.5, { name: 'precision' })] });
 * const predictions = [[0], [0.3], [0.8], [0.3], [0.8]];
 * (await model.testOnBatch(predictions, [[0], [0], [0], [1], [1]])).precision;   // 0.5
 * @see https://keras.io/api/metrics/classification_metrics/#precisionatrecall-class
 */
export class PrecisionAtRecall extends RateAtThreshold {
  constructor(recall: number, options: ThresholdedOptions = {}) {
    super('PrecisionAtRecall', 'precision', 'recall', recall, options);
  }

  /** What the recall must be at least. */
  get recall(): number {
    return this.least;
  }

  static override fromConfig(config: Config, context: ReadContext = defaultContext): Metric {
    return new PrecisionAtRecall(...readConfig('PrecisionAtRecall', config, 'recall', context));
  }
}

/**
 * The greatest recall, TP / (TP + FN), at the thresholds where the precision, TP / (TP + FP), is at least as large as
 * given; 0 if there is no such threshold.
 *
 * Shapes: targets and predictions alike.
 * @throws ValueError if precision lies outside [0, 1].
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new RecallAtPrecision(0.8, { name: 'recall' })] });
 * const predictions = [[0], [0.3], [0.9], [0.6], [0.8]];
 * (await model.testOnBatch(predictions, [[0], [0], [1], [0], [1]])).recall;   // 1
 * @see https://keras.io/api/metrics/classification_metrics/#recallatprecision-class
 */
export class RecallAtPrecision extends RateAtThreshold {
  constructor(precision: number, options: ThresholdedOptions = {}) {
    super('RecallAtPrecision', 'recall', 'precision', precision, options);
  }

  /** What the precision must be at least. */
  get precision(): number {
    return this.least;
  }

  static override fromConfig(config: Config, context: ReadContext = defaultContext): Metric {
    return new RecallAtPrecision(...readConfig('RecallAtPrecision', config, 'precision', context));
  }
}
