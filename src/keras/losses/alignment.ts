import type { Value } from '../../compiler/ir/value.ts';
import { ValueError } from '../../core/errors.ts';
import { broadcastShapes, compatible, showShape } from '../../core/shape.ts';
import { type Operand, castTo, toFloat, toValue } from '../../compiler/builder/operand.ts';
import { expandDims, squeeze } from '../ops/index.ts';

/**
 * Two values brought to one rank if their ranks differ by one and the longer one has a last axis of size 1: a vector
 * gets that axis too, any other value loses it.
 */
export function sameRank(a: Value, b: Value): readonly [Value, Value] {
  if (a.rank === b.rank + 1 && a.shape.at(-1) === 1) {
    return b.rank === 1 ? [a, expandDims(b, -1)] : [squeeze(a, { axis: -1 }), b];
  }
  if (b.rank === a.rank + 1 && b.shape.at(-1) === 1) {
    return a.rank === 1 ? [expandDims(a, -1), b] : [a, squeeze(b, { axis: -1 })];
  }
  return [a, b];
}

/**
 * Weights or a mask brought to a rank from the first axis on: `[rows]` becomes `[rows, 1]`, so that one weight counts for all
 * steps of its row. Last axes of size 1 that are too many are removed.
 */
export function fromFirstAxis(weights: Value, rank: number): Value {
  let fitted = weights;
  while (fitted.rank > rank && fitted.shape.at(-1) === 1) fitted = squeeze(fitted, { axis: -1 });
  const missing = Array.from({ length: Math.max(0, rank - fitted.rank) }, (_, i) => fitted.rank + i);
  return missing.length === 0 ? fitted : expandDims(fitted, missing);
}

/**
 * Sample weights in the rank of the values that they weigh, aligned by {@link fromFirstAxis}.
 * @throws ValueError if they do not broadcast to the values.
 */
export function weightsOf(who: string, weights: Value, values: Value): Value {
  const fitted = fromFirstAxis(weights, values.rank);
  const joined = broadcastShapes(fitted.shape, values.shape);
  if (joined !== null && compatible(joined, values.shape)) return fitted;
  throw new ValueError(
    `[${who}] sampleWeight must contain a weight for each row, or for each value. Received: sampleWeight of shape ${showShape(weights.shape)} for values of shape ${showShape(values.shape)}.`,
  );
}

const shapes = (yTrue: Value, yPred: Value): string =>
  `yTrue of shape ${showShape(yTrue.shape)}, yPred of shape ${showShape(yPred.shape)}`;

/**
 * Targets and predictions of one rank, the targets in the type of the predictions.
 * @throws ValueError if their shapes do not broadcast.
 */
export function aligned(who: string, yTrue: Operand, yPred: Operand): readonly [Value, Value] {
  const predictions = toValue(yPred);
  const [a, b] = sameRank(castTo(toValue(yTrue), predictions.dtype), predictions);
  if (broadcastShapes(a.shape, b.shape) === null) {
    throw new ValueError(
      `[${who}] yTrue must have the shape of yPred, or broadcast to it. Received: ${shapes(a, b)}. Compare the targets with the shape of the model's output.`,
    );
  }
  return [a, b];
}

/** {@link aligned}, in a floating type. */
export function alignedFloats(who: string, yTrue: Operand, yPred: Operand): readonly [Value, Value] {
  return aligned(who, yTrue, toFloat(yPred));
}

/**
 * {@link alignedFloats}, for losses whose targets must have the shape of the predictions.
 * @throws ValueError if they do not.
 */
export function matched(who: string, yTrue: Operand, yPred: Operand, hint: string): readonly [Value, Value] {
  const predictions = toFloat(yPred);
  const [a, b] = sameRank(castTo(toValue(yTrue), predictions.dtype), predictions);
  if (!compatible(a.shape, b.shape)) {
    throw new ValueError(`[${who}] yTrue must have the shape of yPred. Received: ${shapes(a, b)}. ${hint}`);
  }
  return [a, b];
}
