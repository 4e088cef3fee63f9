import { checkOptions } from '../../core/checks.ts';
import { ValueError } from '../../core/errors.ts';
import { broadcastShapes, compatible, showShape } from '../../core/shape.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { type Operand, castTo, toFloat, toValue } from '../../compiler/builder/operand.ts';
import {
  any,
  getItem,
  abs,
  equal,
  greater,
  greaterEqual,
  less,
  logicalAnd,
  where,
  expandDims,
  squeeze,
  all,
  argmax,
  sum,
} from '../ops/index.ts';
import { SamplewiseMean } from './means.ts';
import { type Direction, Metric, type MetricOptions } from './metric.ts';
import { aligned, sameRank } from '../losses/alignment.ts';
import { type Fields, boolean, integer, number, string } from '../saving/fields.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

const score = (matches: Value): Value => castTo(matches, 'float32');

/** Whether each target equals its prediction: 1 or 0. */
export const accuracy = (yTrue: Operand, yPred: Operand): Value => score(equal(...aligned('Accuracy', yTrue, yPred)));

/**
 * Whether each target equals its prediction, which is 1 if above the threshold and else 0: 1 or 0 for each entry.
 *
 * Shapes: targets and predictions of one shape → that shape.
 * @example
 * const target = tensor([[1], [0]]);
 * await jit((x) => metrics.binaryAccuracy(target, x))([[0.7], [0.8]]);   // [[1], [0]]
 * @see https://keras.io/api/metrics/accuracy_metrics/
 */
export function binaryAccuracy(yTrue: Operand, yPred: Operand, options: ThresholdOptions = {}): Value {
  checkOptions('metrics.binaryAccuracy', options, ['threshold']);
  const { threshold = 0.5 } = options;
  const [target, prediction] = sameRank(toValue(yTrue), toFloat(yPred));
  return score(equal(...aligned('BinaryAccuracy', target, castTo(greater(prediction, threshold), target.dtype))));
}

/**
 * Whether target and prediction have their first maximum along the last axis at the same index: 1 or 0.
 *
 * Shapes: targets and predictions `[…, classes]` → `[…]`.
 * @example
 * const target = tensor([[0, 1], [1, 0]]);
 * await jit((x) => metrics.categoricalAccuracy(target, x))([[0.3, 0.7], [0.4, 0.6]]);   // [1, 0]
 * @see https://keras.io/api/metrics/accuracy_metrics/
 */
export function categoricalAccuracy(yTrue: Operand, yPred: Operand): Value {
  return score(equal(...aligned('CategoricalAccuracy', argmax(yTrue, { axis: -1 }), argmax(yPred, { axis: -1 }))));
}

/** Labels without the last axis, which is that of the classes in predictions and may have size 1. */
function labelsFor(yTrue: Operand, prediction: Value, who: string, broadcasts = false): Value {
  const given = toValue(yTrue);
  const labels = given.rank === prediction.rank && given.shape.at(-1) === 1 ? squeeze(given, { axis: -1 }) : given;
  const expected = prediction.shape.slice(0, -1);
  if (compatible(labels.shape, expected)) return labels;
  // As in Keras, labels broadcast, unless they have the shape of one-hot targets.
  const isOneHot = prediction.rank > 1 && compatible(given.shape, prediction.shape);
  if (broadcasts && !isOneHot && broadcastShapes(labels.shape, expected) !== null) return labels;
  throw new ValueError(
    `[${who}] yTrue must have the shape of yPred without its last axis, ${showShape(expected)}. Received: yTrue of shape ${showShape(given.shape)}, yPred of shape ${showShape(prediction.shape)}. If the targets are one-hot, use the categorical accuracy.`,
  );
}

/**
 * Whether the first maximum of the prediction, along the last axis, is at the label: 1 or 0.
 *
 * Shapes: labels `[…]` or `[…, 1]`, predictions `[…, classes]` → `[…]`.
 * @example
 * const target = tensor([1, 0]);
 * await jit((x) => metrics.sparseCategoricalAccuracy(target, x))([[0.3, 0.7], [0.4, 0.6]]);   // [1, 0]
 * @see https://keras.io/api/metrics/accuracy_metrics/
 */
export function sparseCategoricalAccuracy(yTrue: Operand, yPred: Operand): Value {
  const prediction = toFloat(yPred);
  const labels = labelsFor(yTrue, prediction, 'SparseCategoricalAccuracy', true);
  const matches = equal(castTo(labels, prediction.dtype), castTo(argmax(prediction, { axis: -1 }), prediction.dtype));
  return score(matches.rank > 1 && matches.shape.at(-1) === 1 ? squeeze(matches, { axis: -1 }) : matches);
}

/**
 * Whether fewer than k predictions are greater than that of the label: 1 or 0. The result is 0 for a label that is not a
 * class, and if a prediction is infinite or NaN, as in TensorFlow.
 *
 * With `fromSortedIds` the predictions are the ids of classes, sorted from the most probable to the least.
 *
 * Shapes: labels `[…]` or `[…, 1]`, predictions `[…, classes]` → that of the labels.
 * @throws TypeError for an unknown option.
 * @example
 * const target = tensor([1, 0]);
 * await jit((x) => metrics.sparseTopKCategoricalAccuracy(target, x, { k: 3 }))([[0.3, 0.1, 0.6], [0.2, 0.3, 0.5]]);   // [1, 1]
 * @see https://keras.io/api/metrics/accuracy_metrics/
 */
export function sparseTopKCategoricalAccuracy(
  yTrue: Operand,
  yPred: Operand,
  options: SparseTopKRankOptions = {},
): Value {
  checkOptions('metrics.sparseTopKCategoricalAccuracy', options, ['k', 'fromSortedIds']);
  const { k = 5, fromSortedIds = false } = options;
  if (fromSortedIds) return amongFirst(yTrue, yPred, k);
  const prediction = toFloat(yPred);
  const labels = labelsFor(yTrue, prediction, 'SparseTopKCategoricalAccuracy');
  const classes = toValue(Int32Array.from({ length: prediction.shape.at(-1) ?? 0 }, (_, i) => i));
  const column = expandDims(castTo(labels, 'int32'), -1);
  const chosen = sum(where(equal(classes, column), prediction, 0), { axis: -1, keepdims: true });
  const rank = sum(greater(prediction, chosen), { axis: -1 });
  const isFinite = all(less(abs(prediction), Infinity), { axis: -1 });
  const label = castTo(labels, 'int32');
  const isClass = logicalAnd(greaterEqual(label, 0), less(label, prediction.shape.at(-1) ?? 0));
  const matches = score(logicalAnd(less(rank, k), logicalAnd(isFinite, isClass)));
  return toValue(yTrue).rank === prediction.rank ? expandDims(matches, -1) : matches;
}

/**
 * {@link sparseTopKCategoricalAccuracy} for targets whose first maximum, along the last axis, is at the label.
 *
 * Shapes: targets and predictions `[…, classes]` → `[…]`.
 * @example
 * const target = tensor([[0, 1, 0], [1, 0, 0]]);
 * await jit((x) => metrics.topKCategoricalAccuracy(target, x, { k: 2 }))([[0.3, 0.1, 0.6], [0.2, 0.3, 0.5]]);   // [0, 0]
 * @see https://keras.io/api/metrics/accuracy_metrics/
 */
export function topKCategoricalAccuracy(yTrue: Operand, yPred: Operand, options: TopKRankOptions = {}): Value {
  checkOptions('metrics.topKCategoricalAccuracy', options, ['k']);
  return sparseTopKCategoricalAccuracy(argmax(yTrue, { axis: -1 }), yPred, options);
}

/** Whether a label is among the first k ids, which are sorted from the highest prediction to the lowest. */
function amongFirst(yTrue: Operand, yPred: Operand, k: number): Value {
  const ids = toValue(yPred);
  const labels = castTo(labelsFor(yTrue, ids, 'SparseTopKCategoricalAccuracy'), ids.dtype);
  const first = getItem(ids, ['...', { stop: k }]);
  const matches = score(any(equal(expandDims(labels, -1), first), { axis: -1 }));
  return toValue(yTrue).rank === ids.rank ? expandDims(matches, -1) : matches;
}

/** The base of metrics that count matches of targets and predictions. */
abstract class MatchRate extends SamplewiseMean {
  override readonly direction: Direction = 'up';
}

/**
 * The fraction of predictions that equal their targets: mean(yTrue = yPred).
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new Accuracy()] });
 * (await model.testOnBatch([[1], [2]], [[1], [3]])).accuracy;   // 0.5
 * @see https://keras.io/api/metrics/accuracy_metrics/#accuracy-class
 */
export class Accuracy extends MatchRate {
  static override readonly className: string = 'Accuracy';
  static override readonly fields: Fields = { ...Metric.fields, name: string('accuracy') };

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return accuracy(yTrue, yPred);
  }
}

/** Options of {@link BinaryAccuracy}. */
export interface BinaryAccuracyOptions extends MetricOptions {
  /** The threshold above which predictions are 1. @default 0.5 */
  threshold?: number;
}

/**
 * The fraction of predictions on the correct side of a threshold: mean(yTrue = (yPred > threshold)).
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new BinaryAccuracy({ threshold: 0.4 })] });
 * (await model.testOnBatch([[0.3], [0.5]], [[0], [0]])).binary_accuracy;   // 0.5
 * @see https://keras.io/api/metrics/accuracy_metrics/#binaryaccuracy-class
 */
export class BinaryAccuracy extends MatchRate {
  static override readonly className: string = 'BinaryAccuracy';
  static override readonly positional = ['name', 'dtype', 'threshold'] as const;
  static override readonly fields: Fields = {
    ...Metric.fields,
    name: string('binary_accuracy'),
    threshold: number(0.5),
  };

  /** The threshold above which predictions are 1. */
  declare readonly threshold: number;

  constructor(...args: Arguments<BinaryAccuracyOptions, typeof BinaryAccuracy.positional>);
  constructor(options?: BinaryAccuracyOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return binaryAccuracy(yTrue, yPred, { threshold: this.threshold });
  }
}

/**
 * The fraction of samples whose highest prediction is the class of the one-hot target: mean(argmax yTrue = argmax yPred).
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new CategoricalAccuracy()] });
 * (await model.testOnBatch([[0.2, 0.8], [0.6, 0.4]], [[0, 1], [0, 1]])).categorical_accuracy;   // 0.5
 * @see https://keras.io/api/metrics/accuracy_metrics/#categoricalaccuracy-class
 */
export class CategoricalAccuracy extends MatchRate {
  static override readonly className: string = 'CategoricalAccuracy';
  static override readonly fields: Fields = { ...Metric.fields, name: string('categorical_accuracy') };

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return categoricalAccuracy(yTrue, yPred);
  }
}

/**
 * The fraction of samples whose highest prediction is the label: mean(yTrue = argmax yPred).
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'sparse_categorical_crossentropy', metrics: [new SparseCategoricalAccuracy()] });
 * (await model.testOnBatch([[0.2, 0.8], [0.6, 0.4]], [1, 1])).sparse_categorical_accuracy;   // 0.5
 * @see https://keras.io/api/metrics/accuracy_metrics/#sparsecategoricalaccuracy-class
 */
export class SparseCategoricalAccuracy extends MatchRate {
  static override readonly className: string = 'SparseCategoricalAccuracy';
  static override readonly fields: Fields = { ...Metric.fields, name: string('sparse_categorical_accuracy') };

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return sparseCategoricalAccuracy(yTrue, yPred);
  }
}

/** Options of {@link binaryAccuracy}. */
export interface ThresholdOptions {
  /** The prediction above which the class is 1. @default 0.5 */
  readonly threshold?: number | undefined;
}

/** Options of {@link topKCategoricalAccuracy}. */
export interface TopKRankOptions {
  /** The number of classes that count. @default 5 */
  readonly k?: number | undefined;
}

/** Options of {@link sparseTopKCategoricalAccuracy}. */
export interface SparseTopKRankOptions extends TopKRankOptions {
  /** Whether the predictions are the ids of classes, sorted from the most probable to the least. @default false */
  readonly fromSortedIds?: boolean | undefined;
}

/** Options of {@link SparseTopKCategoricalAccuracy}. */
export interface SparseTopKOptions extends TopKOptions {
  /** Whether the predictions are the ids of classes, sorted from the most probable to the least. @default false */
  fromSortedIds?: boolean | undefined;
}

/** Options of {@link TopKCategoricalAccuracy} and {@link SparseTopKCategoricalAccuracy}. */
export interface TopKOptions extends MetricOptions {
  /** The number of classes that count. @default 5 */
  k?: number;
}

/** The base of metrics that look at the k classes with the highest predictions. */
abstract class TopKRate extends MatchRate {
  static override readonly positional = ['k', 'name', 'dtype'] as const;
  static override readonly fields: Fields = { ...Metric.fields, k: integer(5, 1) };

  /** The number of classes that count. */
  declare readonly k: number;

  constructor(...args: Arguments<TopKOptions, typeof TopKRate.positional>);
  constructor(options?: TopKOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }
}

/**
 * The fraction of samples whose one-hot target is among the k highest predictions.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'mse', metrics: [new TopKCategoricalAccuracy({ k: 2 })] });
 * (await model.testOnBatch([[0.5, 0.3, 0.2]], [[0, 1, 0]])).top_k_categorical_accuracy;   // 1
 * @see https://keras.io/api/metrics/accuracy_metrics/#topkcategoricalaccuracy-class
 */
export class TopKCategoricalAccuracy extends TopKRate {
  static override readonly className: string = 'TopKCategoricalAccuracy';
  static override readonly fields: Fields = { ...TopKRate.fields, name: string('top_k_categorical_accuracy') };

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return topKCategoricalAccuracy(yTrue, yPred, { k: this.k });
  }
}

/**
 * The fraction of samples whose label is among the k highest predictions.
 * @example
 * const model = new Sequential([new layers.Activation('linear')]);
 * model.compile({ loss: 'sparse_categorical_crossentropy', metrics: [new SparseTopKCategoricalAccuracy({ k: 2 })] });
 * (await model.testOnBatch([[0.5, 0.3, 0.2]], [2])).sparse_top_k_categorical_accuracy;   // 0
 * @see https://keras.io/api/metrics/accuracy_metrics/#sparsetopkcategoricalaccuracy-class
 */
export class SparseTopKCategoricalAccuracy extends TopKRate {
  static override readonly className: string = 'SparseTopKCategoricalAccuracy';
  static override readonly fields: Fields = {
    ...TopKRate.fields,
    name: string('sparse_top_k_categorical_accuracy'),
    // Keras writes it only if it is true.
    fromSortedIds: { ...boolean(false), write: (value) => (value === true ? true : undefined) },
  };

  /** Whether the predictions are the ids of classes, sorted from the most probable to the least. */
  declare readonly fromSortedIds: boolean;

  constructor(options: SparseTopKOptions = {}) {
    super(options);
  }

  protected override values(yTrue: Operand, yPred: Operand): Value {
    return sparseTopKCategoricalAccuracy(yTrue, yPred, { k: this.k, fromSortedIds: this.fromSortedIds });
  }
}
