import { sameShape } from '../../core/shape.ts';
import { weightsOf } from '../losses/alignment.ts';
import { EPSILON } from '../../core/epsilon.ts';
import { ValueError, show } from '../../core/errors.ts';
import type { Trace } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/ir/value.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import { type Operand, castTo, toFloat, toValue } from '../../compiler/builder/operand.ts';
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
  matmul,
  broadcastTo,
  expandDims,
  oneHot,
  reshape,
  take,
  transpose,
  argmax,
  sum,
} from '../ops/index.ts';

import { integers, dtype } from '../saving/field-kinds.ts';
import {
  type Field,
  type Fields,
  type GivenOptions,
  boolean,
  constant,
  integer,
  nullable,
  number,
} from '../saving/fields.ts';
import { type Direction, Metric, type MetricOptions } from './metric.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Options of {@link IoU} and {@link MeanIoU}. */
export interface IoUOptions extends MetricOptions {
  /** A class whose entries do not count. @default null */
  ignoreClass?: number | null;
  /** Whether targets are labels instead of scores of the classes along the axis. @default true */
  sparseYTrue?: boolean;
  /** Whether predictions are labels instead of scores of the classes along the axis. @default true */
  sparseYPred?: boolean;
  /** The axis of the classes, of targets and predictions that are not labels. @default -1 */
  axis?: number;
}

/** The options that can be given by position. */
/** The most classes: the matrix has a number for each pair. */
const MOST_CLASSES = 2 ** 15;
const IOU_ORDER = ['numClasses', 'targetClassIds', 'name', 'dtype'] as const;
const MEAN_ORDER = ['numClasses', 'name', 'dtype'] as const;

const range = (length: number): readonly number[] => Array.from({ length }, (_, i) => i);

/** All classes of a number that is checked with the other arguments. */
const classesOf = ({ numClasses }: GivenOptions): readonly number[] =>
  Number.isInteger(numClasses) && Number(numClasses) > 0 && Number(numClasses) <= MOST_CLASSES
    ? range(Number(numClasses))
    : [0];

const float = dtype('float32');

/** The type of the state. Keras's default is int64, which becomes int32. */
const stateType: Field = {
  ...float,
  revive: (json) => (json === 'int' || json === 'int64' ? 'int32' : json),
};

export const iouBaseFields: Fields = { ...Metric.fields, dtype: stateType };

/** The classes of a metric of all classes, which is not an option. */
export const allClasses: Field<readonly number[]> = { ...integers([]), key: null, isConstant: true };

export const overlapFields: Fields = {
  ignoreClass: nullable(number()),
  sparseYTrue: boolean(true),
  sparseYPred: boolean(true),
  axis: integer(-1),
};

/**
 * The mean intersection over union |A ∩ B| / |A ∪ B| of some classes, where A are the entries of a class and B those
 * predicted to be. Classes without entries do not count.
 *
 * Shapes: targets and predictions are labels of any shape, or have an axis of classes.
 * @throws ValueError if a target class does not exist.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new IoU(2, [1], { name: 'iou' })] });
 * (await model.testOnBatch([[0], [1], [1]], [[0], [0], [1]])).iou;   // 0.5
 * @see https://keras.io/api/metrics/segmentation_metrics/#iou-class
 */
export class IoU extends Metric {
  static override readonly className: string = 'IoU';
  static override readonly positional: readonly string[] = IOU_ORDER;
  static override readonly fields: Fields = {
    ...iouBaseFields,
    numClasses: integer(undefined, 1, MOST_CLASSES),
    targetClassIds: integers(),
    ...overlapFields,
  };
  static override readonly sizeKeys: readonly string[] = ['num_classes'];
  override readonly direction: Direction = 'up';

  /** The number of classes. */
  declare readonly numClasses: number;
  /** The classes that count. */
  declare readonly targetClassIds: readonly number[];
  /** A class whose entries do not count. */
  declare readonly ignoreClass: number | null;
  /** Whether targets are labels. */
  declare readonly sparseYTrue: boolean;
  /** Whether predictions are labels. */
  declare readonly sparseYPred: boolean;
  /** The axis of the classes, of targets and predictions that are not labels. */
  declare readonly axis: number;
  /** The weighted counts so far: targets in rows, predictions in columns. */
  readonly totalConfusionMatrix: Variable;

  constructor(options: object, positional: GivenOptions);
  constructor(
    ...args: Arguments<IoUOptions & { numClasses: number; targetClassIds: readonly number[] }, typeof IOU_ORDER>
  );
  constructor(numClasses: number, targetClassIds: readonly number[], options?: IoUOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    if (this.targetClassIds.length === 0 || this.targetClassIds.some((id) => id < 0 || id >= this.numClasses)) {
      throw new ValueError(
        `[${this.className}] targetClassIds must be a list of classes in [0, numClasses). Received: targetClassIds=${show(this.targetClassIds)}, numClasses=${this.numClasses}.`,
      );
    }
    this.totalConfusionMatrix = this.addVariable('total_confusion_matrix', [this.numClasses, this.numClasses]);
  }

  override updateState(trace: Trace, yTrue: Operand, yPred: Operand, sampleWeight?: Operand | null): void {
    const label = (x: Operand, sparse: boolean): Value =>
      castTo(sparse ? toValue(x) : argmax(x, { axis: this.axis }), 'int32');
    const given = label(yTrue, this.sparseYTrue);
    const [target, prediction] = [flat(given), flat(label(yPred, this.sparseYPred))];
    const isClass = (x: Value): Value => logicalAnd(greaterEqual(x, 0), less(x, this.numClasses));
    const known = logicalAnd(isClass(target), isClass(prediction));
    const counted = this.ignoreClass === null ? known : logicalAnd(known, notEqual(target, this.ignoreClass));
    const weights = where(counted, this.#weights(given, sampleWeight), toValue(0, 'float32'));
    const encoded = (x: Value): Value => oneHot(where(counted, x, 0), this.numClasses);
    const matrix = matmul(transpose(multiply(encoded(target), expandDims(weights, -1))), encoded(prediction));
    const total = this.totalConfusionMatrix;
    trace.update(total, add(trace.read(total), castTo(matrix, total.dtype)));
  }

  /** The weight of each entry, truncated to an integer if the state is of integers, as in Keras. */
  #weights(target: Value, sampleWeight: Operand | null | undefined): Value {
    if (sampleWeight === null || sampleWeight === undefined) return toValue(1, 'float32');
    const given = castTo(castTo(toFloat(sampleWeight), this.dtype), 'float32');
    if (sameShape(given.shape, flat(target).shape)) return given;
    return flat(broadcastTo(weightsOf(this.className, given, target), target.shape));
  }

  override result(trace: Trace): Value {
    const total = castTo(trace.read(this.totalConfusionMatrix), 'float32');
    const identity = oneHot(Int32Array.from(range(this.numClasses)), this.numClasses);
    const diagonal = sum(multiply(total, identity), { axis: 0 });
    const union = subtract(add(sum(total, { axis: 0 }), sum(total, { axis: 1 })), diagonal);
    const classes = Int32Array.from(this.targetClassIds);
    const [overlap, all] = [take(diagonal, classes, { axis: 0 }), take(union, classes, { axis: 0 })];
    const isPresent = castTo(greater(all, 1e-9), 'float32');
    const shares = multiply(divide(overlap, add(all, EPSILON)), isPresent);
    return divide(sum(shares), add(sum(isPresent), EPSILON));
  }
}

const flat = (x: Value): Value => reshape(x, [-1]);

/**
 * The mean intersection over union |A ∩ B| / |A ∪ B| of all classes, where A are the entries of a class and B those
 * predicted to be. Classes without entries do not count.
 *
 * Shapes: targets and predictions are labels of any shape, or have an axis of classes.
 * @throws TypeError if numClasses is not a positive integer.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new MeanIoU(2, { name: 'iou' })] });
 * (await model.testOnBatch([[0], [0], [1], [1]], [[0], [1], [0], [1]])).iou;   // 0.333333
 * @see https://keras.io/api/metrics/segmentation_metrics/#meaniou-class
 */
export class MeanIoU extends IoU {
  static override readonly className: string = 'MeanIoU';
  static override readonly positional: readonly string[] = MEAN_ORDER;
  static override readonly fields: Fields = {
    numClasses: integer(undefined, 1, MOST_CLASSES),
    ...iouBaseFields,
    ...overlapFields,
    targetClassIds: allClasses,
  };

  constructor(options: object, positional: GivenOptions);
  constructor(...args: Arguments<IoUOptions & { numClasses: number }, typeof MEAN_ORDER>);
  constructor(numClasses: number, options?: IoUOptions);
  constructor(...args: readonly unknown[]) {
    const [options, positional] = takeArguments(new.target, args);
    super(options, { ...positional, targetClassIds: classesOf(positional) });
  }
}

/** Options of {@link BinaryIoU}. */
export interface BinaryIoUOptions extends MetricOptions {
  /** The classes that count, of 0 and 1. @default [0, 1] */
  targetClassIds?: readonly number[];
  /** The threshold from which on predictions are of class 1. @default 0.5 */
  threshold?: number;
}

/**
 * The mean intersection over union |A ∩ B| / |A ∪ B| of two classes, where A are the entries of a class and B those
 * predicted to be.
 *
 * Shapes: targets and predictions of one shape.
 * @throws ValueError if a target class does not exist.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new BinaryIoU({ name: 'iou' })] });
 * (await model.testOnBatch([[0.1], [0.2], [0.4], [0.7]], [[0], [1], [0], [1]])).iou;   // 0.583333
 * @see https://keras.io/api/metrics/segmentation_metrics/#binaryiou-class
 */
export class BinaryIoU extends IoU {
  static override readonly className: string = 'BinaryIoU';
  static override readonly positional = ['targetClassIds', 'threshold', 'name'] as const;
  static override readonly fields: Fields = {
    targetClassIds: integers([0, 1]),
    threshold: number(0.5),
    ...iouBaseFields,
    numClasses: constant(2),
    ignoreClass: constant(null),
    sparseYTrue: constant(true),
    sparseYPred: constant(true),
    axis: constant(-1),
  };

  /** The threshold from which on predictions are of class 1. */
  declare readonly threshold: number;

  constructor(...args: Arguments<BinaryIoUOptions, typeof BinaryIoU.positional>);
  constructor(options?: BinaryIoUOptions);
  constructor(...args: readonly unknown[]) {
    const [options, positional] = takeArguments(new.target, args);
    super(options, { ...positional, numClasses: 2 });
  }

  override updateState(trace: Trace, yTrue: Operand, yPred: Operand, sampleWeight?: Operand | null): void {
    super.updateState(trace, yTrue, castTo(greaterEqual(toFloat(yPred), this.threshold), 'int32'), sampleWeight);
  }
}
