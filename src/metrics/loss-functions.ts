/**
 * The losses of samples, as metrics average them. Each is the function of the same name in losses/, which this room
 * does not import; the golden data of both hold them together.
 */
import { canonicalAxis } from '../core/axes.ts';
import { ValueError } from '../core/errors.ts';
import { compatible, showShape } from '../core/shape.ts';
import { type Value, isNode } from '../graph/value.ts';
import {
  abs,
  add,
  clip,
  divide,
  equal,
  greaterEqual,
  log,
  logicalOr,
  maximum,
  multiply,
  negative,
  notEqual,
  rsqrt,
  softplus,
  square,
  subtract,
  where,
} from '../ops/elementwise.ts';
import { expandDims, squeeze } from '../ops/movement.ts';
import { type Operand, castTo, toFloat, toValue } from '../ops/operand.ts';
import { all, logSoftmax, max, mean, sum } from '../ops/reductions.ts';
import { alignedFloats as aligned } from './samplewise.ts';

const EPSILON = 1e-7;
const last = { axis: -1 };

export function meanSquaredError(yTrue: Operand, yPred: Operand): Value {
  return mean(square(subtract(...aligned('MeanSquaredError', yTrue, yPred))), last);
}

export function meanAbsoluteError(yTrue: Operand, yPred: Operand): Value {
  return mean(abs(subtract(...aligned('MeanAbsoluteError', yTrue, yPred))), last);
}

export function meanAbsolutePercentageError(yTrue: Operand, yPred: Operand): Value {
  const [target, prediction] = aligned('MeanAbsolutePercentageError', yTrue, yPred);
  const relative = divide(subtract(target, prediction), maximum(abs(target), EPSILON));
  return multiply(mean(abs(relative), last), 100);
}

export function meanSquaredLogarithmicError(yTrue: Operand, yPred: Operand): Value {
  const [target, prediction] = aligned('MeanSquaredLogarithmicError', yTrue, yPred);
  const logarithm = (x: Value): Value => log(add(maximum(x, EPSILON), 1));
  return mean(square(subtract(logarithm(prediction), logarithm(target))), last);
}

export function logCosh(yTrue: Operand, yPred: Operand): Value {
  const [target, prediction] = aligned('LogCoshError', yTrue, yPred);
  const error = subtract(prediction, target);
  return mean(subtract(add(error, softplus(multiply(error, -2))), Math.LN2), last);
}

/** The cosine itself; the loss is its negative. */
export function cosineSimilarity(yTrue: Operand, yPred: Operand, axis: number): Value {
  const [target, prediction] = aligned('CosineSimilarity', yTrue, yPred);
  const unit = (x: Value): Value =>
    multiply(x, rsqrt(maximum(sum(square(x), { axis, keepdims: true }), EPSILON * EPSILON)));
  return sum(multiply(unit(target), unit(prediction)), { axis });
}

export function klDivergence(yTrue: Operand, yPred: Operand): Value {
  const [target, prediction] = aligned('KLDivergence', yTrue, yPred);
  const [t, p] = [clip(target, EPSILON, 1), clip(prediction, EPSILON, 1)];
  return sum(multiply(t, log(divide(t, p))), last);
}

export function poisson(yTrue: Operand, yPred: Operand): Value {
  const [target, prediction] = aligned('Poisson', yTrue, yPred);
  return mean(subtract(prediction, multiply(target, log(add(prediction, EPSILON)))), last);
}

function margin(target: Value, prediction: Value): Value {
  const isBinary = all(logicalOr(equal(target, 0), equal(target, 1)));
  const signed = where(isBinary, subtract(multiply(target, 2), 1), target);
  return maximum(subtract(1, multiply(signed, prediction)), 0);
}

export function hinge(yTrue: Operand, yPred: Operand): Value {
  return mean(margin(...aligned('Hinge', yTrue, yPred)), last);
}

export function squaredHinge(yTrue: Operand, yPred: Operand): Value {
  return mean(square(margin(...aligned('SquaredHinge', yTrue, yPred))), last);
}

export function categoricalHinge(yTrue: Operand, yPred: Operand): Value {
  const [target, prediction] = aligned('CategoricalHinge', yTrue, yPred);
  const right = sum(multiply(target, prediction), last);
  const wrong = max(multiply(subtract(1, target), prediction), last);
  return maximum(add(subtract(wrong, right), 1), 0);
}

interface Options {
  readonly fromLogits: boolean;
  readonly labelSmoothing: number;
}

const smooth = (target: Value, { labelSmoothing }: Options, even: number): Value =>
  labelSmoothing === 0 ? target : add(multiply(target, 1 - labelSmoothing), labelSmoothing * even);

export function binaryCrossentropy(yTrue: Operand, yPred: Operand, options: Options): Value {
  const [given, prediction] = aligned('BinaryCrossentropy', yTrue, yPred);
  const target = smooth(given, options, 0.5);
  const { node } = prediction;
  const before = isNode(node, 'sigmoid') ? node.inputs[0] : undefined;
  const logits = before ?? (options.fromLogits ? prediction : null);
  if (logits !== null) {
    const isPositive = greaterEqual(logits, 0);
    const distance = where(isPositive, negative(logits), logits);
    const loss = add(subtract(where(isPositive, logits, 0), multiply(logits, target)), softplus(distance));
    return mean(loss, last);
  }
  const probability = clip(prediction, EPSILON, 1 - EPSILON);
  const missed = multiply(subtract(1, target), log(subtract(1, probability)));
  return mean(negative(add(multiply(target, log(probability)), missed)), last);
}

/** Logits, if a softmax along the axis made the predictions or if they are logits themselves; else null. */
function logitsOf(prediction: Value, axis: number, fromLogits: boolean): Value | null {
  const { node } = prediction;
  const before = isNode(node, 'softmax') && node.attributes.axis === axis ? node.inputs[0] : undefined;
  return before ?? (fromLogits ? prediction : null);
}

export function categoricalCrossentropy(yTrue: Operand, yPred: Operand, options: Options & { axis: number }): Value {
  const [given, prediction] = aligned('CategoricalCrossentropy', yTrue, yPred);
  const axis = canonicalAxis(options.axis, prediction.rank, 'CategoricalCrossentropy');
  const target = smooth(given, options, 1 / (given.shape.at(-1) ?? NaN));
  const logits = logitsOf(prediction, axis, options.fromLogits);
  if (logits !== null) return negative(sum(multiply(target, logSoftmax(logits, axis)), { axis }));
  const probability = divide(prediction, sum(prediction, { axis, keepdims: true }));
  return negative(sum(multiply(target, log(clip(probability, EPSILON, 1 - EPSILON))), { axis }));
}

/** Labels of the rank that losses have: without the axis of the classes, which may come with size 1. */
export function labelsOf(yTrue: Operand, prediction: Value, classAxis: number): Value {
  const axis = canonicalAxis(classAxis, prediction.rank, 'SparseCategoricalCrossentropy');
  const given = toValue(yTrue);
  const labels = given.rank === prediction.rank && given.shape[axis] === 1 ? squeeze(given, axis) : given;
  const expected = prediction.shape.toSpliced(axis, 1);
  if (compatible(labels.shape, expected)) return labels;
  throw new ValueError(
    `[SparseCategoricalCrossentropy] yTrue must have the shape of yPred without the axis of the classes, ${showShape(expected)}. Received: yTrue of shape ${showShape(given.shape)}, yPred of shape ${showShape(prediction.shape)}. If the targets are one-hot, use the categorical cross-entropy.`,
  );
}

export function sparseCategoricalCrossentropy(
  yTrue: Operand,
  yPred: Operand,
  options: { readonly fromLogits: boolean; readonly ignoreClass: number | null; readonly axis: number },
): Value {
  const prediction = toFloat(yPred);
  const labels = labelsOf(yTrue, prediction, options.axis);
  const axis = canonicalAxis(options.axis, prediction.rank, 'SparseCategoricalCrossentropy');
  const logits = logitsOf(prediction, axis, options.fromLogits);
  const logarithm = logSoftmax(logits ?? log(clip(prediction, EPSILON, 1 - EPSILON)), axis);
  let classes = toValue(Int32Array.from({ length: prediction.shape[axis] ?? 0 }, (_, i) => i));
  for (let i = prediction.rank - 1; i > axis; i--) classes = expandDims(classes, -1);
  const isLabel = equal(expandDims(castTo(labels, 'int32'), axis), classes);
  const loss = negative(sum(where(isLabel, logarithm, 0), { axis }));
  return options.ignoreClass === null ? loss : where(notEqual(labels, options.ignoreClass), loss, 0);
}
