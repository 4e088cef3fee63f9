import { canonicalAxis } from '../../core/axes.ts';
import { EPSILON } from '../../core/epsilon.ts';
import { ValueError } from '../../core/errors.ts';
import { compatible, showShape } from '../../core/shape.ts';
import { type Value, isNode } from '../../compiler/ir/value.ts';
import { type Operand, castTo, toFloat, toValue } from '../../compiler/builder/operand.ts';
import {
  add,
  clip,
  divide,
  equal,
  greaterEqual,
  log,
  multiply,
  negative,
  notEqual,
  softplus,
  subtract,
  where,
  expandDims,
  squeeze,
  logSoftmax,
  mean,
  sum,
} from '../ops/index.ts';
import { type Field, boolean, integer, nullable, number } from '../saving/fields.ts';
import { readOptions } from '../saving/function-options.ts';
import { matched } from './alignment.ts';

/** Options of the cross-entropies of probabilities. */
export interface CrossentropyOptions {
  /** Whether predictions are logits instead of probabilities. @default false */
  fromLogits?: boolean;
  /** The fraction of each target that is distributed evenly over the classes. @default 0 */
  labelSmoothing?: number;
  /** The axis of the classes. @default -1 */
  axis?: number;
}

export const crossentropyFields: {
  readonly fromLogits: Field<boolean>;
  readonly labelSmoothing: Field<number>;
  readonly axis: Field<number>;
} = { fromLogits: boolean(false), labelSmoothing: number(0, { min: 0, max: 1 }), axis: integer(-1) };

/** target · (1 − smoothing) + smoothing · even */
export function smooth(target: Value, smoothing: number, even: number): Value {
  return smoothing === 0 ? target : add(multiply(target, 1 - smoothing), smoothing * even);
}

/** Targets of classes, smoothed. As in Keras the classes are counted along the last axis. */
export function smoothClasses(target: Value, smoothing: number, who: string): Value {
  if (smoothing === 0) return target;
  const classes = target.shape.at(-1) ?? null;
  if (classes !== null) return smooth(target, smoothing, 1 / classes);
  throw new ValueError(
    `[${who}] the number of classes must be known for labelSmoothing. Received: yTrue of shape ${showShape(target.shape)}.`,
  );
}

/**
 * The logits of the sigmoid that computed these probabilities, which avoid its rounding errors; null if there is none.
 * Keras on TensorFlow uses them whether or not `fromLogits` is set.
 */
function beforeSigmoid(prediction: Value): Value | null {
  return isNode(prediction.node, 'sigmoid') ? (prediction.node.inputs[0] ?? null) : null;
}

/** The logits of the softmax along this axis that computed these probabilities; null if there is none. */
function beforeSoftmax(prediction: Value, axis: number): Value | null {
  const { node } = prediction;
  return isNode(node, 'softmax') && node.attributes.axis === axis ? (node.inputs[0] ?? null) : null;
}

/**
 * −(t log p + (1 − t) log(1 − p)), element by element; from logits x it is max(x, 0) − x t + log(1 + e^−|x|).
 * Probabilities are clipped to [1e-7, 1 − 1e-7], unless they are the output of a sigmoid, whose logits are used.
 */
export function elementwiseCrossentropy(target: Value, prediction: Value, fromLogits: boolean): Value {
  const logits = beforeSigmoid(prediction) ?? (fromLogits ? prediction : null);
  if (logits !== null) {
    // where() instead of max and |x|, because the derivative at 0 must be 1/2 − t.
    const isPositive = greaterEqual(logits, 0);
    const positivePart = where(isPositive, logits, 0);
    const negativeDistance = where(isPositive, negative(logits), logits);
    return add(subtract(positivePart, multiply(logits, target)), softplus(negativeDistance));
  }
  const probability = clip(prediction, EPSILON, 1 - EPSILON);
  const missed = multiply(subtract(1, target), log(subtract(1, probability)));
  return negative(add(multiply(target, log(probability)), missed));
}

/**
 * mean(−(yTrue log yPred + (1 − yTrue) log(1 − yPred))) over an axis.
 *
 * Shapes: `[batch, …, n]` twice → `[batch, …]`.
 * @throws ValueError if the shapes differ.
 * @example
 * await jit((yTrue, yPred) => binaryCrossentropy(yTrue, yPred))([[1, 0]], [[0.8, 0.4]]);   // [0.366985]
 * @see https://keras.io/api/losses/probabilistic_losses/#binary_crossentropy-function
 */
export function binaryCrossentropy(yTrue: Operand, yPred: Operand, options: CrossentropyOptions = {}): Value {
  const who = 'losses.binaryCrossentropy';
  const { fromLogits, labelSmoothing, axis } = readOptions(who, crossentropyFields, options);
  const [target, prediction] = matched(who, yTrue, yPred, 'Compare the targets with the shape of the output.');
  return mean(elementwiseCrossentropy(smooth(target, labelSmoothing, 0.5), prediction, fromLogits), { axis });
}

/**
 * −Σ yTrue log yPred over an axis, for targets that are probabilities of classes (one-hot, for instance).
 *
 * Predictions are divided by their sum and clipped to [1e-7, 1 − 1e-7], unless they are logits or the output of a
 * softmax: then the loss is −Σ yTrue logSoftmax(logits).
 *
 * Shapes: `[batch, …, classes]` twice → `[batch, …]`.
 * @throws ValueError if the shapes differ.
 * @example
 * await jit((yTrue, yPred) => categoricalCrossentropy(yTrue, yPred))([[0, 1, 0]], [[0.1, 0.5, 0.4]]);   // [0.693147]
 * @see https://keras.io/api/losses/probabilistic_losses/#categorical_crossentropy-function
 */
export function categoricalCrossentropy(yTrue: Operand, yPred: Operand, options: CrossentropyOptions = {}): Value {
  const who = 'losses.categoricalCrossentropy';
  const { fromLogits, labelSmoothing, axis } = readOptions(who, crossentropyFields, options);
  const hint = 'If the targets are labels, use the sparse categorical cross-entropy.';
  const [given, prediction] = matched(who, yTrue, yPred, hint);
  const at = canonicalAxis(axis, prediction.rank, who);
  const target = smoothClasses(given, labelSmoothing, who);
  const logits = beforeSoftmax(prediction, at) ?? (fromLogits ? prediction : null);
  const logarithm = logits === null ? log(normalized(prediction, at)) : logSoftmax(logits, { axis: at });
  return negative(sum(multiply(target, logarithm), { axis: at }));
}

/** Probabilities with a sum of 1, clipped away from 0 and 1. */
export function normalized(prediction: Value, axis: number): Value {
  return clip(divide(prediction, sum(prediction, { axis, keepdims: true })), EPSILON, 1 - EPSILON);
}

/** Options of the cross-entropies of labels. */
export interface SparseCrossentropyOptions {
  /** Whether predictions are logits instead of probabilities. @default false */
  fromLogits?: boolean;
  /** A label that does not count. @default null */
  ignoreClass?: number | null;
  /** The axis of the classes. @default -1 */
  axis?: number;
}

export const sparseCrossentropyFields: {
  readonly fromLogits: Field<boolean>;
  readonly ignoreClass: Field<number | null>;
  readonly axis: Field<number>;
} = { fromLogits: boolean(false), ignoreClass: nullable(number()), axis: integer(-1) };

/** Labels without the axis of the classes, which may have size 1. */
export function labelsOf(yTrue: Operand, prediction: Value, axis: number, who: string): Value {
  const given = toValue(yTrue);
  const labels = given.rank === prediction.rank && given.shape[axis] === 1 ? squeeze(given, { axis }) : given;
  const expected = prediction.shape.toSpliced(axis, 1);
  if (compatible(labels.shape, expected)) return labels;
  throw new ValueError(
    `[${who}] yTrue must have the shape of yPred without the axis of the classes, ${showShape(expected)}. Received: yTrue of shape ${showShape(given.shape)}, yPred of shape ${showShape(prediction.shape)}. If the targets are one-hot, use the categorical cross-entropy.`,
  );
}

/**
 * −log of the probability predicted for each label.
 *
 * Shapes: labels `[batch, …]` or `[batch, …, 1]`, predictions `[batch, …, classes]` → `[batch, …]`. The loss of an
 * ignored label is 0, and so is that of a label out of range, which `checkLabels` finds on the host.
 * @throws ValueError if the shapes do not match.
 * @example
 * await jit((yTrue, yPred) => sparseCategoricalCrossentropy(yTrue, yPred))([1], [[0.1, 0.5, 0.4]]);   // [0.693147]
 * @see https://keras.io/api/losses/probabilistic_losses/#sparse_categorical_crossentropy-function
 */
export function sparseCategoricalCrossentropy(
  yTrue: Operand,
  yPred: Operand,
  options: SparseCrossentropyOptions = {},
): Value {
  const who = 'losses.sparseCategoricalCrossentropy';
  const { fromLogits, ignoreClass, axis: at } = readOptions(who, sparseCrossentropyFields, options);
  const prediction = toFloat(yPred);
  const axis = canonicalAxis(at, prediction.rank, who);
  const labels = labelsOf(yTrue, prediction, axis, who);
  const logits = beforeSoftmax(prediction, axis) ?? (fromLogits ? prediction : null);
  const logarithm = logSoftmax(logits ?? log(clip(prediction, EPSILON, 1 - EPSILON)), { axis });
  const isLabel = equal(expandDims(castTo(labels, 'int32'), axis), classNumbers(prediction, axis, who));
  const loss = negative(sum(where(isLabel, logarithm, 0), { axis }));
  return ignoreClass === null ? loss : where(notEqual(labels, ignoreClass), loss, 0);
}

/** 0, 1, 2, … along the axis of the classes, ready to broadcast. */
function classNumbers(prediction: Value, axis: number, who: string): Value {
  const classes = prediction.shape[axis] ?? null;
  if (classes === null) {
    throw new ValueError(
      `[${who}] the number of classes must be known. Received: yPred of shape ${showShape(prediction.shape)}.`,
    );
  }
  let numbers = toValue(Int32Array.from({ length: classes }, (_, i) => i));
  for (let i = prediction.rank - 1; i > axis; i--) numbers = expandDims(numbers, -1);
  return numbers;
}
