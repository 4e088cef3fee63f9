import type { Config } from '../../core/config.ts';
import type { Fields } from '../saving/fields.ts';
import type { Trace } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/ir/value.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import type { Operand } from '../../compiler/builder/operand.ts';
import { add, squeeze } from '../ops/index.ts';
import { type Counts, type Thresholds, areSpreadEvenly, confusionCounts, listOf, thresholds } from './confusion.ts';
import { type Direction, Metric, type MetricOptions } from './metric.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Options of the four metrics that count correct and wrong predictions. */
export interface CountOptions extends MetricOptions {
  /** The threshold above which predictions are positive. A list makes the result a vector. @default 0.5 */
  thresholds?: number | readonly number[] | null;
}

/** Returns the element of a vector with one element, and longer vectors unchanged. */
export const scalarIfOne = (x: Value): Value => (x.shape[0] === 1 ? squeeze(x, { axis: 0 }) : x);

/** The base of the four counts. */
abstract class ConfusionCount extends Metric {
  static override readonly positional = ['thresholds', 'name', 'dtype'] as const;
  static override readonly fields: Fields = { ...Metric.fields, thresholds: thresholds() };

  /** The thresholds above which predictions are positive. */
  declare readonly thresholds: readonly number[];
  /** The thresholds that were given. */
  readonly initThresholds: Thresholds;
  /** The weighted counts so far, one for each threshold. */
  readonly accumulator: Variable;
  /** The count. */
  protected abstract readonly count: keyof Counts;

  constructor(...args: Arguments<CountOptions, typeof ConfusionCount.positional>);
  constructor(options?: CountOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    // The base has assigned the option as it was given.
    this.initThresholds = this.thresholds;
    this.thresholds = listOf(this.initThresholds, 0.5);
    this.accumulator = this.addVariable('accumulator', [this.thresholds.length]);
  }

  override updateState(trace: Trace, yTrue: Operand, yPred: Operand, sampleWeight?: Operand | null): void {
    const how = {
      ...{ thresholds: this.thresholds, evenly: areSpreadEvenly(this.thresholds) },
      ...{ dtype: this.dtype, sampleWeight },
    };
    const counts = confusionCounts(this.className, yTrue, yPred, how);
    trace.update(this.accumulator, add(trace.read(this.accumulator), counts[this.count]));
  }

  override result(trace: Trace): Value {
    return scalarIfOne(trace.read(this.accumulator));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), thresholds: this.initThresholds };
  }
}

/**
 * The number of entries that are positive and predicted to be positive.
 *
 * Shapes: targets and predictions of one shape; with a list of thresholds the result is a vector.
 * @throws ValueError if a threshold is not in [0, 1].
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new TruePositives({ name: 'right' })] });
 * (await model.testOnBatch([[0.9], [0.8], [0.1]], [[1], [0], [1]])).right;   // 1
 * @see https://keras.io/api/metrics/classification_metrics/#truepositives-class
 */
export class TruePositives extends ConfusionCount {
  static override readonly className: string = 'TruePositives';
  override readonly direction: Direction = 'up';
  protected override readonly count = 'truePositives';
}

/**
 * The number of entries that are negative and predicted to be negative.
 *
 * Shapes: targets and predictions of one shape; with a list of thresholds the result is a vector.
 * @throws ValueError if a threshold is not in [0, 1].
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new TrueNegatives({ name: 'right' })] });
 * (await model.testOnBatch([[0.9], [0.2], [0.1]], [[1], [0], [0]])).right;   // 2
 * @see https://keras.io/api/metrics/classification_metrics/#truenegatives-class
 */
export class TrueNegatives extends ConfusionCount {
  static override readonly className: string = 'TrueNegatives';
  override readonly direction: Direction = 'up';
  protected override readonly count = 'trueNegatives';
}

/**
 * The number of entries that are negative but predicted to be positive.
 *
 * Shapes: targets and predictions of one shape; with a list of thresholds the result is a vector.
 * @throws ValueError if a threshold is not in [0, 1].
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new FalsePositives({ name: 'wrong' })] });
 * (await model.testOnBatch([[0.9], [0.8], [0.1]], [[1], [0], [1]])).wrong;   // 1
 * @see https://keras.io/api/metrics/classification_metrics/#falsepositives-class
 */
export class FalsePositives extends ConfusionCount {
  static override readonly className: string = 'FalsePositives';
  override readonly direction: Direction = 'down';
  protected override readonly count = 'falsePositives';
}

/**
 * The number of entries that are positive but predicted to be negative.
 *
 * Shapes: targets and predictions of one shape; with a list of thresholds the result is a vector.
 * @throws ValueError if a threshold is not in [0, 1].
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new FalseNegatives({ name: 'wrong' })] });
 * (await model.testOnBatch([[0.9], [0.2], [0.1]], [[1], [1], [1]])).wrong;   // 2
 * @see https://keras.io/api/metrics/classification_metrics/#falsenegatives-class
 */
export class FalseNegatives extends ConfusionCount {
  static override readonly className: string = 'FalseNegatives';
  override readonly direction: Direction = 'down';
  protected override readonly count = 'falseNegatives';
}
