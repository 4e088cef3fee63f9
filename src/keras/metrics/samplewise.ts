import { ValueError } from '../../core/errors.ts';
import { broadcastShapes, compatible, showShape } from '../../core/shape.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { divide, equal, multiply, where } from '../ops/elementwise.ts';
import { broadcastTo, expandDims, squeeze } from '../ops/movement.ts';
import { type Operand, castTo, toFloat, toValue } from '../ops/operand.ts';
import { mean, sum } from '../ops/reductions.ts';

/** a / b, and 0 where b is 0. */
export function divideNoNan(a: Value, b: Value): Value {
  const isZero = equal(b, 0);
  return where(isZero, 0, divide(a, where(isZero, 1, b)));
}

/**
 * Two values whose ranks differ by one brought to one rank, if the longer has a last axis of size 1: a vector gets that
 * axis too, of anything longer it goes.
 */
export function sameRank(a: Value, b: Value): readonly [Value, Value] {
  if (a.rank === b.rank + 1 && a.shape.at(-1) === 1) {
    return b.rank === 1 ? [a, expandDims(b, -1)] : [squeeze(a, -1), b];
  }
  if (b.rank === a.rank + 1 && b.shape.at(-1) === 1) {
    return a.rank === 1 ? [expandDims(a, -1), b] : [a, squeeze(b, -1)];
  }
  return [a, b];
}

/**
 * Targets and predictions of one rank, the targets in the type of the predictions.
 * @throws ValueError if their shapes do not broadcast.
 */
export function aligned(who: string, yTrue: Operand, yPred: Operand): readonly [Value, Value] {
  const predictions = toValue(yPred);
  const [a, b] = sameRank(castTo(toValue(yTrue), predictions.dtype), predictions);
  if (broadcastShapes(a.shape, b.shape) === null) {
    throw new ValueError(
      `[${who}] yTrue must have the shape of yPred, or broadcast to it. Received: yTrue of shape ${showShape(a.shape)}, yPred of shape ${showShape(b.shape)}. Compare the targets with the shape of the model's output.`,
    );
  }
  return [a, b];
}

/** {@link aligned}, in a floating type. */
export function alignedFloats(who: string, yTrue: Operand, yPred: Operand): readonly [Value, Value] {
  return aligned(who, yTrue, toFloat(yPred));
}

/** Sample weights with a mask in them: 0 where it says that an entry does not count. Null for neither. */
export function maskedWeights(sampleWeight: Operand | null | undefined, mask: Value | null): Value | null {
  const weights = sampleWeight === null || sampleWeight === undefined ? null : toFloat(sampleWeight);
  if (mask === null) return weights;
  if (weights === null) return castTo(castTo(mask, 'bool'), 'float32');
  const [counted, given] = sameRank(castTo(castTo(mask, 'bool'), weights.dtype), weights);
  return multiply(given, counted);
}

/** What a batch adds to a metric: one value for each sample, its weight in it, and the weights if there are any. */
export interface Samplewise {
  readonly values: Value;
  readonly weights: Value | null;
}

/**
 * Values of any rank brought to one for each sample. Axes that the weights do not have are reduced first, so that each
 * weight counts for one value; then the weights are multiplied in and the axes that are left are reduced.
 *
 * @throws ValueError if the weights do not broadcast to the values.
 */
export function samplewise(who: string, values: Value, sampleWeight: Value | null, reduction: typeof mean): Samplewise {
  const reduceFrom = (x: Value, first: number): Value => {
    const axis = Array.from({ length: Math.max(0, x.rank - first) }, (_, i) => first + i);
    return axis.length === 0 ? x : reduction(x, { axis });
  };
  if (sampleWeight === null) return { values: reduceFrom(values, 1), weights: null };
  const [wide, given] = sameRank(values, castTo(sampleWeight, values.dtype));
  const narrow = reduceFrom(wide, given.rank);
  const joined = broadcastShapes(given.shape, narrow.shape);
  if (joined === null || !compatible(joined, narrow.shape)) {
    throw new ValueError(
      `[${who}] sampleWeight must broadcast to the values of the batch. Received: sampleWeight of shape ${showShape(given.shape)} for values of shape ${showShape(narrow.shape)}.`,
    );
  }
  const weights = broadcastTo(given, narrow.shape);
  return { values: reduceFrom(multiply(narrow, weights), 1), weights: reduceFrom(weights, 1) };
}

/** How many samples values stand for: what a mean divides by. */
export function sampleCount({ values, weights }: Samplewise): Value {
  if (weights !== null) return sum(weights);
  const [size] = values.shape;
  if (size === undefined) return castTo(toValue(1), values.dtype);
  return size === null ? sum(equal(values, values)) : castTo(toValue(size), values.dtype);
}
