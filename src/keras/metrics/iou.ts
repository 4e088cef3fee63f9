import type { Config, Json } from '../../core/config.ts';
import { ValueError, show } from '../../core/errors.ts';
import { checkBoolean, checkInteger, checkNumber, checkOptions } from '../../core/checks.ts';
import { type ReadContext, defaultContext } from '../saving/read-context.ts';
import { optionsOf } from '../saving/registry.ts';
import type { Trace } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/graph/value.ts';
import type { Variable } from '../../compiler/graph/variable.ts';
import {
  add,
  divide,
  greater,
  greaterEqual,
  less,
  logicalAnd,
  multiply,
  notEqual,
  subtract,
  where,
} from '../ops/elementwise.ts';
import { matmul } from '../ops/linear.ts';
import { broadcastTo, expandDims, oneHot, reshape, take, transpose } from '../ops/movement.ts';
import { type Operand, castTo, toFloat, toValue } from '../ops/operand.ts';
import { argmax, sum } from '../ops/reductions.ts';
import { type Direction, Metric, type MetricOptions, metricOptions, spendSize } from './metric.ts';

/** Options of {@link IoU} and {@link MeanIoU}. */
export interface IoUOptions extends MetricOptions {
  /** Entries of this class do not count. @default null */
  ignoreClass?: number | null;
  /** Whether targets are labels; else their greatest entry along the axis is the label. @default true */
  sparseYTrue?: boolean;
  /** Whether predictions are labels; else their greatest entry along the axis is the label. @default true */
  sparseYPred?: boolean;
  /** The axis of the classes, of what is not labels. @default -1 */
  axis?: number;
}

/** Keeps quotients finite. */
const EPSILON = 1e-7;

/**
 * The mean over some classes of how far targets and predictions overlap: |A ∩ B| / |A ∪ B|, A being the entries that are
 * of a class, and B those predicted to be. Classes that never come do not count.
 *
 * Shapes: targets and predictions are labels of any shape, or have an axis of classes.
 * @throws ValueError if a class to look at does not exist.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new IoU(2, [1], { name: 'iou' })] });
 * (await model.testOnBatch([[0], [1], [1]], [[0], [0], [1]])).iou;   // 0.5
 * @see https://keras.io/api/metrics/segmentation_metrics/#iou-class
 */
export class IoU extends Metric {
  override readonly direction: Direction = 'up';
  /** How many classes there are. */
  readonly numClasses: number;
  /** Those to look at. */
  readonly targetClassIds: readonly number[];
  /** Entries of this class do not count. */
  readonly ignoreClass: number | null;
  /** Whether targets are labels. */
  readonly sparseYTrue: boolean;
  /** Whether predictions are labels. */
  readonly sparseYPred: boolean;
  /** The axis of the classes, of what is not labels. */
  readonly axis: number;
  /** How often each class, in a row, was predicted as each, in a column. */
  readonly totalConfusionMatrix: Variable;
  protected readonly who: string;

  constructor(numClasses: number, targetClassIds: readonly number[], options: IoUOptions = {}, who = 'IoU') {
    checkOptions(who, options, [...metricOptions, 'ignoreClass', 'sparseYTrue', 'sparseYPred', 'axis']);
    super(options);
    this.who = who;
    this.numClasses = checkInteger(who, 'numClasses', numClasses, 1);
    this.targetClassIds = targetClassIds.map((id) => checkInteger(who, 'targetClassIds', id, 0));
    if (this.targetClassIds.some((id) => id >= numClasses)) {
      throw new ValueError(
        `[${who}] targetClassIds must be below numClasses. Received: targetClassIds=${show(targetClassIds)}, numClasses=${numClasses}.`,
      );
    }
    const ignored = options.ignoreClass ?? null;
    this.ignoreClass = ignored === null ? null : checkNumber(who, 'ignoreClass', ignored);
    this.sparseYTrue = checkBoolean(who, 'sparseYTrue', options.sparseYTrue ?? true);
    this.sparseYPred = checkBoolean(who, 'sparseYPred', options.sparseYPred ?? true);
    this.axis = checkNumber(who, 'axis', options.axis ?? -1);
    this.totalConfusionMatrix = this.addVariable('total_confusion_matrix', [numClasses, numClasses]);
  }

  override updateState(trace: Trace, yTrue: Operand, yPred: Operand, sampleWeight?: Operand | null): void {
    const label = (x: Operand, sparse: boolean): Value => castTo(sparse ? toValue(x) : argmax(x, this.axis), 'int32');
    const given = label(yTrue, this.sparseYTrue);
    const [target, prediction] = [flat(given), flat(label(yPred, this.sparseYPred))];
    const isClass = (x: Value): Value => logicalAnd(greaterEqual(x, 0), less(x, this.numClasses));
    const known = logicalAnd(isClass(target), isClass(prediction));
    const counted = this.ignoreClass === null ? known : logicalAnd(known, notEqual(target, this.ignoreClass));
    const weights = where(counted, this.#weights(given, sampleWeight), toValue(0, 'float32'));
    const chosen = (x: Value): Value => oneHot(where(counted, x, 0), this.numClasses);
    const matrix = matmul(transpose(multiply(chosen(target), expandDims(weights, -1))), chosen(prediction));
    const total = this.totalConfusionMatrix;
    trace.update(total, add(trace.read(total), castTo(matrix, total.dtype)));
  }

  /** One weight for each entry; cut to integers if the state is of integers, as in Keras. */
  #weights(target: Value, sampleWeight: Operand | null | undefined): Value {
    if (sampleWeight === null || sampleWeight === undefined) return toValue(1, 'float32');
    const given = castTo(castTo(toFloat(sampleWeight), this.dtype), 'float32');
    return given.rank < 2 ? broadcastTo(given, flat(target).shape) : flat(given);
  }

  override result(trace: Trace): Value {
    const total = castTo(trace.read(this.totalConfusionMatrix), 'float32');
    const diagonal = sum(
      multiply(
        total,
        oneHot(
          Int32Array.from({ length: this.numClasses }, (_, i) => i),
          this.numClasses,
        ),
      ),
      {
        axis: 0,
      },
    );
    const union = subtract(add(sum(total, { axis: 0 }), sum(total, { axis: 1 })), diagonal);
    const classes = Int32Array.from(this.targetClassIds);
    const [overlap, all] = [take(diagonal, classes, 0), take(union, classes, 0)];
    const comes = castTo(greater(all, 1e-9), 'float32');
    const shares = multiply(divide(overlap, add(all, EPSILON)), comes);
    return divide(sum(shares), add(sum(comes), EPSILON));
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      num_classes: this.numClasses,
      target_class_ids: this.targetClassIds,
      ignore_class: this.ignoreClass,
      sparse_y_true: this.sparseYTrue,
      sparse_y_pred: this.sparseYPred,
      axis: this.axis,
    };
  }

  static override fromConfig(config: Config, context: ReadContext = defaultContext): Metric {
    const { numClasses, targetClassIds, ...options } = readConfig('IoU', config, context);
    return new IoU(numClasses as number, targetClassIds as readonly number[], options);
  }
}

/** The options in a config. Keras keeps this state in integers of 64 bits, which do not exist here, unless told otherwise. */
export function readConfig(who: string, config: Config, context: ReadContext): Readonly<Record<string, Json>> {
  spendSize(who, config, 'num_classes', context);
  const { dtype } = config;
  return optionsOf(dtype === 'int' || dtype === 'int64' ? { ...config, dtype: 'int32' } : config);
}

const flat = (x: Value): Value => reshape(x, [-1]);

/**
 * The mean over all classes of how far targets and predictions overlap: |A ∩ B| / |A ∪ B|, A being the entries that are
 * of a class, and B those predicted to be. Classes that never come do not count.
 *
 * Shapes: targets and predictions are labels of any shape, or have an axis of classes.
 * @throws TypeError if numClasses is no positive integer.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new MeanIoU(2, { name: 'iou' })] });
 * (await model.testOnBatch([[0], [0], [1], [1]], [[0], [1], [0], [1]])).iou;   // 0.333333
 * @see https://keras.io/api/metrics/segmentation_metrics/#meaniou-class
 */
export class MeanIoU extends IoU {
  constructor(numClasses: number, options: IoUOptions = {}, who = 'MeanIoU') {
    checkInteger(who, 'numClasses', numClasses, 1);
    super(
      numClasses,
      Array.from({ length: numClasses }, (_, i) => i),
      options,
      who,
    );
  }

  override getConfig(): Config {
    const { name, dtype, num_classes, target_class_ids: _all, ...rest } = super.getConfig();
    return { num_classes: num_classes ?? null, name: name ?? null, dtype: dtype ?? null, ...rest };
  }

  static override fromConfig(config: Config, context: ReadContext = defaultContext): Metric {
    const { numClasses, ...options } = readConfig('MeanIoU', config, context);
    return new MeanIoU(numClasses as number, options);
  }
}

/** Options of {@link BinaryIoU}. */
export interface BinaryIoUOptions extends MetricOptions {
  /** The classes to look at, of 0 and 1. @default [0, 1] */
  targetClassIds?: readonly number[];
  /** Predictions of at least this are of class 1. @default 0.5 */
  threshold?: number;
}

/**
 * How far targets and predictions of two classes overlap: the mean of |A ∩ B| / |A ∪ B|, A being the entries that are of
 * a class, and B those predicted to be.
 *
 * Shapes: targets and predictions alike, of any shape.
 * @throws ValueError if a class to look at does not exist.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new BinaryIoU({ name: 'iou' })] });
 * (await model.testOnBatch([[0.1], [0.2], [0.4], [0.7]], [[0], [1], [0], [1]])).iou;   // 0.583333
 * @see https://keras.io/api/metrics/segmentation_metrics/#binaryiou-class
 */
export class BinaryIoU extends IoU {
  /** Predictions of at least this are of class 1. */
  readonly threshold: number;

  constructor(options: BinaryIoUOptions = {}) {
    checkOptions('BinaryIoU', options, [...metricOptions, 'targetClassIds', 'threshold']);
    const { targetClassIds, threshold, ...rest } = options;
    super(2, targetClassIds ?? [0, 1], rest, 'BinaryIoU');
    this.threshold = checkNumber('BinaryIoU', 'threshold', threshold ?? 0.5);
  }

  override updateState(trace: Trace, yTrue: Operand, yPred: Operand, sampleWeight?: Operand | null): void {
    super.updateState(trace, yTrue, castTo(greaterEqual(toFloat(yPred), this.threshold), 'int32'), sampleWeight);
  }

  override getConfig(): Config {
    const { name, dtype } = this;
    return { target_class_ids: this.targetClassIds, threshold: this.threshold, name, dtype };
  }

  static override fromConfig(config: Config, context: ReadContext = defaultContext): Metric {
    return new BinaryIoU(readConfig('BinaryIoU', config, context));
  }
}
