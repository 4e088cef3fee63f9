import type { Value } from '../../compiler/ir/value.ts';
import { ValueError } from '../../core/errors.ts';
import { broadcastShapes, compatible, showShape } from '../../core/shape.ts';
import { fromFirstAxis, sameRank } from '../losses/alignment.ts';
import { type Operand, castTo, toFloat, toValue } from '../../compiler/builder/operand.ts';
import { equal, multiply, broadcastTo, type mean, sum } from '../ops/index.ts';

/** Returns sample weights multiplied by a mask; null if there are neither. */
export function maskedWeights(sampleWeight: Operand | null | undefined, mask: Value | null): Value | null {
  const weights = sampleWeight === null || sampleWeight === undefined ? null : toFloat(sampleWeight);
  if (mask === null) return weights;
  if (weights === null) return castTo(castTo(mask, 'bool'), 'float32');
  const counted = castTo(castTo(mask, 'bool'), weights.dtype);
  const rank = Math.max(counted.rank, weights.rank);
  return multiply(fromFirstAxis(weights, rank), fromFirstAxis(counted, rank));
}

/** The contribution of a batch to a metric: one weighted value for each sample, and the weights if there are any. */
export interface Samplewise {
  readonly values: Value;
  readonly weights: Value | null;
}

/**
 * Reduces values of any rank to one for each sample. Axes that the weights lack are reduced first, so that each weight
 * belongs to one value; then the values are multiplied by the weights and the remaining axes are reduced.
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

/** The number of samples, by which a mean divides. */
export function sampleCount({ values, weights }: Samplewise): Value {
  if (weights !== null) return sum(weights);
  const [size] = values.shape;
  if (size === undefined) return castTo(toValue(1), values.dtype);
  return size === null ? sum(equal(values, values)) : castTo(toValue(size), values.dtype);
}
