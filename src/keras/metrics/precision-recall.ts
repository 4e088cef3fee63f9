import type { Config } from '../../core/config.ts';
import { type Fields, integer, nullable } from '../saving/fields.ts';
import type { Trace } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/ir/value.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import type { Operand } from '../../compiler/builder/operand.ts';
import { add, divideNoNan } from '../ops/index.ts';
import { scalarIfOne } from './confusion-counts.ts';
import { type Thresholds, areSpreadEvenly, confusionCounts, listOf, thresholds } from './confusion.ts';
import { type Direction, Metric, type MetricOptions } from './metric.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Options of {@link Precision} and {@link Recall}. */
export interface PrecisionRecallOptions extends MetricOptions {
  /** The threshold above which predictions are positive. A list makes the result a vector. @default 0.5, or none with topK */
  thresholds?: Thresholds;
  /** The number of the largest predictions of each row that may be positive. @default null, all */
  topK?: number | null;
  /** The only entry of the last axis that counts. @default null, all */
  classId?: number | null;
}

/** The base of precision and recall: true positives divided by the sum of them and one kind of errors. */
abstract class PositiveShare extends Metric {
  static override readonly positional = ['thresholds', 'topK', 'classId', 'name'] as const;
  static override readonly fields: Fields = {
    ...Metric.fields,
    thresholds: thresholds(),
    topK: nullable(integer(undefined, 1)),
    classId: nullable(integer(undefined, 0)),
  };
  override readonly direction: Direction = 'up';

  /** The thresholds above which predictions are positive. */
  declare readonly thresholds: readonly number[];
  /** The thresholds that were given. */
  readonly initThresholds: Thresholds;
  /** The number of the largest predictions of each row that may be positive; null for all. */
  declare readonly topK: number | null;
  /** The only entry of the last axis that counts; null for all. */
  declare readonly classId: number | null;
  /** The weighted count of true positives so far, for each threshold. */
  readonly truePositives: Variable;

  constructor(...args: Arguments<PrecisionRecallOptions, typeof PositiveShare.positional>);
  constructor(options?: PrecisionRecallOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    // The base has assigned the option as it was given.
    this.initThresholds = this.thresholds;
    // With topK the default is below every prediction, but above those that are not among the k largest.
    this.thresholds = listOf(this.initThresholds, this.topK === null ? 0.5 : -1e10);
    this.truePositives = this.addVariable('true_positives', [this.thresholds.length]);
  }

  /** The count of the errors so far, for each threshold. */
  protected abstract get errors(): Variable;
  /** The kind of the errors. */
  protected abstract readonly errorCount: 'falsePositives' | 'falseNegatives';

  override updateState(trace: Trace, yTrue: Operand, yPred: Operand, sampleWeight?: Operand | null): void {
    const { dtype, topK, classId } = this;
    const how = {
      ...{ thresholds: this.thresholds, evenly: areSpreadEvenly(this.thresholds) },
      ...{ dtype, topK, classId, sampleWeight },
    };
    const counts = confusionCounts(this.className, yTrue, yPred, how);
    trace.update(this.truePositives, add(trace.read(this.truePositives), counts.truePositives));
    trace.update(this.errors, add(trace.read(this.errors), counts[this.errorCount]));
  }

  override result(trace: Trace): Value {
    const right = trace.read(this.truePositives);
    return scalarIfOne(divideNoNan(right, add(right, trace.read(this.errors))));
  }

  override getConfig(): Config {
    return { ...super.getConfig(), thresholds: this.initThresholds };
  }
}

/**
 * The fraction of predicted positives that are positive: TP / (TP + FP), and 0 if no prediction is positive.
 *
 * Shapes: targets and predictions of one shape; with a list of thresholds the result is a vector.
 * @throws ValueError if a threshold is not in [0, 1].
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new Precision({ name: 'precision' })] });
 * (await model.testOnBatch([[0.9], [0.8], [0.1]], [[1], [0], [1]])).precision;   // 0.5
 * @see https://keras.io/api/metrics/classification_metrics/#precision-class
 */
export class Precision extends PositiveShare {
  static override readonly className: string = 'Precision';
  protected override readonly errorCount = 'falsePositives';
  /** The weighted count of false positives so far, for each threshold. */
  readonly falsePositives: Variable = this.addVariable('false_positives', [this.thresholds.length]);

  protected override get errors(): Variable {
    return this.falsePositives;
  }
}

/**
 * The fraction of positives that are predicted to be positive: TP / (TP + FN), and 0 if no target is positive.
 *
 * Shapes: targets and predictions of one shape; with a list of thresholds the result is a vector.
 * @throws ValueError if a threshold is not in [0, 1].
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new Recall({ name: 'recall' })] });
 * (await model.testOnBatch([[0.9], [0.1], [0.2], [0.3]], [[1], [1], [1], [1]])).recall;   // 0.25
 * @see https://keras.io/api/metrics/classification_metrics/#recall-class
 */
export class Recall extends PositiveShare {
  static override readonly className: string = 'Recall';
  protected override readonly errorCount = 'falseNegatives';
  /** The weighted count of false negatives so far, for each threshold. */
  readonly falseNegatives: Variable = this.addVariable('false_negatives', [this.thresholds.length]);

  protected override get errors(): Variable {
    return this.falseNegatives;
  }
}
