import type { RowShare } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { isKnown, sizeOf } from '../../core/shape.ts';
import { type Operand, castTo, toValue } from '../../compiler/builder/operand.ts';
import { allReduce, multiply, onesLike, mean, sum, divideNoNan } from '../ops/index.ts';
import { type Field, choice, nullable } from '../saving/fields.ts';
import { fromFirstAxis, sameRank, weightsOf } from './alignment.ts';

const reductions = ['sum_over_batch_size', 'sum', 'mean', 'mean_with_sample_weight', 'none'] as const;

/** The reduction of the losses of samples to one number; null is `none`. */
export type Reduction = (typeof reductions)[number] | null;

/** A field for a reduction. */
export const reduction: Field<Reduction> = nullable(choice(reductions, 'sum_over_batch_size'));

/** The weights and the mask of samples. */
export interface Weights {
  /** Weights: one for each row, which counts for all its steps, or one for each loss. */
  readonly sampleWeight?: Operand | null;
  /** Booleans, true for the entries that count. */
  readonly mask?: Operand | null;
  /** The rows of a step of several processes: the result is weighted by those of each. @default null, one process */
  readonly share?: RowShare | null;
}

/**
 * The weights multiplied by the mask; null if there are neither. If the losses are averaged, the entries that count are
 * scaled by all / counted, so that the mean is over these only.
 */
function combine(
  who: string,
  { sampleWeight, mask, share = null }: Weights,
  values: Value,
  by: Reduction,
): Value | null {
  const weights =
    sampleWeight === undefined || sampleWeight === null
      ? null
      : rowWeights(who, castTo(toValue(sampleWeight), values.dtype), values);
  if (mask === undefined || mask === null) return weights;
  const counted = castTo(castTo(toValue(mask), 'bool'), values.dtype);
  const averaged = by === 'mean' || by === 'sum_over_batch_size';
  const all = isKnown(counted.shape) ? castTo(toValue(sizeOf(counted.shape)), values.dtype) : sum(onesLike(counted));
  const factors = averaged ? multiply(counted, overWorld(all, sum(counted), share)) : counted;
  if (weights === null) return factors;
  const rank = Math.max(factors.rank, weights.rank);
  return multiply(fromFirstAxis(weights, rank), fromFirstAxis(factors, rank));
}

/** Weights for the losses of samples. A single loss of the whole batch is multiplied by the mean of the weights. */
function rowWeights(who: string, given: Value, values: Value): Value {
  if (values.rank === 0) return given;
  const weights = weightsOf(who, given, values);
  // The weight of a row counts for each of its steps, also where a mean divides by the sum of the weights.
  return given.rank > 0 && given.rank < values.rank ? multiply(weights, onesLike(values)) : weights;
}

/** Returns the losses of samples, weighted and reduced. */
export function reduceWeighted(who: string, values: Value, weights: Weights, by: Reduction): Value {
  const combined = combine(who, weights, values, by);
  const share = weights.share ?? null;
  if (combined === null) return reduceValues(values, null, by, share);
  const [left, right] = sameRank(values, combined);
  return reduceValues(multiply(left, right), right, by, share);
}

/**
 * a / b, where b is a sum over the samples of all processes: then each process has the part of its rows in the quotient,
 * multiplied by rows of all / own rows, which the mean over processes undoes.
 */
function overWorld(a: Value, b: Value, share: RowShare | null): Value {
  if (share === null) return divideNoNan(a, b);
  const present = castTo(share.present, b.dtype);
  return divideNoNan(multiply(a, castTo(share.inverse, a.dtype)), allReduce(multiply(b, present)));
}

function reduceValues(values: Value, weights: Value | null, by: Reduction, share: RowShare | null): Value {
  if (by === null || by === 'none' || values.rank === 0) return values;
  // The loss of no samples is 0 instead of 0 / 0.
  const empty = isKnown(values.shape) && sizeOf(values.shape) === 0;
  if (by === 'sum' || empty) {
    const total = sum(values);
    return share === null ? total : multiply(total, castTo(share.inverse, total.dtype));
  }
  if (by === 'mean_with_sample_weight' && weights !== null) return overWorld(sum(values), sum(weights), share);
  return mean(values);
}
