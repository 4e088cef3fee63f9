import type { Trace } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { type Operand, toValue } from '../../compiler/builder/operand.ts';
import { add, greaterEqual, where, max, divideNoNan } from '../ops/index.ts';
import { type Fields, type GivenOptions, integer, nullable, number } from '../saving/fields.ts';
import { type CountState, type Counts, addCounts, confusionCounts, countState } from './confusion.ts';
import { type Direction, Metric, type MetricOptions } from './metric.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Options of the metrics that search for the best threshold. */
export interface ThresholdedOptions extends MetricOptions {
  /** The number of thresholds, spread evenly over [0, 1]; 1 for 0.5 only. @default 200 */
  numThresholds?: number;
  /** The only entry of the last axis that counts. @default null, all */
  classId?: number | null;
}

type Rate = 'sensitivity' | 'recall' | 'precision' | 'specificity';

/** The two counts of each rate a / (a + b). Sensitivity and recall are the same rate. */
const rates: Readonly<Record<Rate, readonly [keyof Counts, keyof Counts]>> = {
  sensitivity: ['truePositives', 'falseNegatives'],
  recall: ['truePositives', 'falseNegatives'],
  precision: ['truePositives', 'falsePositives'],
  specificity: ['trueNegatives', 'falsePositives'],
};

/** A required option in [0, 1]. */
const bound = number(undefined, { min: 0, max: 1 });

/** The maximum of one rate at the thresholds where another rate reaches a bound; 0 if there is none. */
abstract class RateAtThreshold extends Metric {
  static override readonly fields: Fields = {
    ...Metric.fields,
    classId: nullable(integer(undefined, 0)),
    numThresholds: integer(200, 1, 2 ** 24),
  };
  static override readonly sizeKeys: readonly string[] = ['num_thresholds'];
  override readonly direction: Direction = 'up';

  /** The number of thresholds. */
  declare readonly numThresholds: number;
  /** The only entry of the last axis that counts; null for all. */
  declare readonly classId: number | null;
  /** The thresholds. */
  readonly thresholds: readonly number[];
  /** The rate that is maximized. */
  protected abstract readonly maximized: Rate;
  /** The rate that must reach the bound. */
  protected abstract readonly bounded: Rate;
  readonly #state: CountState;

  constructor(options: ThresholdedOptions = {}, positional: GivenOptions = {}) {
    super(options, positional);
    const count = this.numThresholds;
    this.thresholds = count === 1 ? [0.5] : Array.from({ length: count }, (_, i) => i / (count - 1));
    this.#state = countState((name) => this.addVariable(name, [count]));
  }

  /** The minimum of the bounded rate. */
  protected abstract get minimum(): number;

  override updateState(trace: Trace, yTrue: Operand, yPred: Operand, sampleWeight?: Operand | null): void {
    const { thresholds, dtype, classId } = this;
    const how = { thresholds, evenly: thresholds.length > 1, dtype, classId, sampleWeight };
    addCounts(trace, this.#state, confusionCounts(this.className, yTrue, yPred, how));
  }

  override result(trace: Trace): Value {
    const rate = (name: Rate): Value => {
      const [numerator, other] = rates[name];
      const right = trace.read(this.#state[numerator]);
      return divideNoNan(right, add(right, trace.read(this.#state[other])));
    };
    const values = rate(this.maximized);
    return max(where(greaterEqual(rate(this.bounded), this.minimum), values, toValue(0, values.dtype)));
  }
}

/**
 * The maximum sensitivity, TP / (TP + FN), at the thresholds where the specificity, TN / (TN + FP), is at least
 * as large as given; 0 if there is no such threshold.
 *
 * Shapes: targets and predictions of one shape.
 * @throws ValueError if specificity is not in [0, 1].
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new SensitivityAtSpecificity(0.5, { name: 'sensitivity' })] });
 * const predictions = [[0], [0.3], [0.8], [0.3], [0.8]];
 * (await model.testOnBatch(predictions, [[0], [0], [0], [1], [1]])).sensitivity;   // 0.5
 * @see https://keras.io/api/metrics/classification_metrics/#sensitivityatspecificity-class
 */
export class SensitivityAtSpecificity extends RateAtThreshold {
  static override readonly className: string = 'SensitivityAtSpecificity';
  static override readonly positional = ['specificity', 'numThresholds', 'classId', 'name'] as const;
  static override readonly fields: Fields = { ...RateAtThreshold.fields, specificity: bound };
  protected override readonly maximized = 'sensitivity';
  protected override readonly bounded = 'specificity';

  /** The minimum specificity. */
  declare readonly specificity: number;

  constructor(
    ...args: Arguments<ThresholdedOptions & { specificity: number }, typeof SensitivityAtSpecificity.positional>
  );
  constructor(specificity: number, options?: ThresholdedOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  protected override get minimum(): number {
    return this.specificity;
  }
}

/**
 * The maximum specificity, TN / (TN + FP), at the thresholds where the sensitivity, TP / (TP + FN), is at least
 * as large as given; 0 if there is no such threshold.
 *
 * Shapes: targets and predictions of one shape.
 * @throws ValueError if sensitivity is not in [0, 1].
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new SpecificityAtSensitivity(0.5, { name: 'specificity' })] });
 * const predictions = [[0], [0.3], [0.8], [0.3], [0.8]];
 * (await model.testOnBatch(predictions, [[0], [0], [0], [1], [1]])).specificity;   // 0.6666667
 * @see https://keras.io/api/metrics/classification_metrics/#specificityatsensitivity-class
 */
export class SpecificityAtSensitivity extends RateAtThreshold {
  static override readonly className: string = 'SpecificityAtSensitivity';
  static override readonly positional = ['sensitivity', 'numThresholds', 'classId', 'name'] as const;
  static override readonly fields: Fields = { ...RateAtThreshold.fields, sensitivity: bound };
  protected override readonly maximized = 'specificity';
  protected override readonly bounded = 'sensitivity';

  /** The minimum sensitivity. */
  declare readonly sensitivity: number;

  constructor(
    ...args: Arguments<ThresholdedOptions & { sensitivity: number }, typeof SpecificityAtSensitivity.positional>
  );
  constructor(sensitivity: number, options?: ThresholdedOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  protected override get minimum(): number {
    return this.sensitivity;
  }
}

/**
 * The maximum precision, TP / (TP + FP), at the thresholds where the recall, TP / (TP + FN), is at least as large as
 * given; 0 if there is no such threshold.
 *
 * Shapes: targets and predictions of one shape.
 * @throws ValueError if recall is not in [0, 1].
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new PrecisionAtRecall(0.5, { name: 'precision' })] });
 * const predictions = [[0], [0.3], [0.8], [0.3], [0.8]];
 * (await model.testOnBatch(predictions, [[0], [0], [0], [1], [1]])).precision;   // 0.5
 * @see https://keras.io/api/metrics/classification_metrics/#precisionatrecall-class
 */
export class PrecisionAtRecall extends RateAtThreshold {
  static override readonly className: string = 'PrecisionAtRecall';
  static override readonly positional = ['recall', 'numThresholds', 'classId', 'name'] as const;
  static override readonly fields: Fields = { ...RateAtThreshold.fields, recall: bound };
  protected override readonly maximized = 'precision';
  protected override readonly bounded = 'recall';

  /** The minimum recall. */
  declare readonly recall: number;

  constructor(...args: Arguments<ThresholdedOptions & { recall: number }, typeof PrecisionAtRecall.positional>);
  constructor(recall: number, options?: ThresholdedOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  protected override get minimum(): number {
    return this.recall;
  }
}

/**
 * The maximum recall, TP / (TP + FN), at the thresholds where the precision, TP / (TP + FP), is at least as large as
 * given; 0 if there is no such threshold.
 *
 * Shapes: targets and predictions of one shape.
 * @throws ValueError if precision is not in [0, 1].
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new RecallAtPrecision(0.8, { name: 'recall' })] });
 * const predictions = [[0], [0.3], [0.9], [0.6], [0.8]];
 * (await model.testOnBatch(predictions, [[0], [0], [1], [0], [1]])).recall;   // 1
 * @see https://keras.io/api/metrics/classification_metrics/#recallatprecision-class
 */
export class RecallAtPrecision extends RateAtThreshold {
  static override readonly className: string = 'RecallAtPrecision';
  static override readonly positional = ['precision', 'numThresholds', 'classId', 'name'] as const;
  static override readonly fields: Fields = { ...RateAtThreshold.fields, precision: bound };
  protected override readonly maximized = 'recall';
  protected override readonly bounded = 'precision';

  /** The minimum precision. */
  declare readonly precision: number;

  constructor(...args: Arguments<ThresholdedOptions & { precision: number }, typeof RecallAtPrecision.positional>);
  constructor(precision: number, options?: ThresholdedOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  protected override get minimum(): number {
    return this.precision;
  }
}
