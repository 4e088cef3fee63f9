import type { Value } from '../../compiler/ir/value.ts';
import { isKnown, sizeOf } from '../../core/shape.ts';
import { type Operand, castTo, toValue } from '../../compiler/builder/operand.ts';
import { multiply, onesLike, mean, sum, divideNoNan } from '../ops/index.ts';
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
}

/**
 * The weights multiplied by the mask; null if there are neither. If the losses are averaged, the entries that count are
 * scaled by all / counted, so that the mean is over these only.
 */
function combine(who: string, { sampleWeight, mask }: Weights, values: Value, by: Reduction): Value | null {
  const weights =
    sampleWeight === undefined || sampleWeight === null
      ? null
      : rowWeights(who, castTo(toValue(sampleWeight), values.dtype), values);
  if (mask === undefined || mask === null) return weights;
  const counted = castTo(castTo(toValue(mask), 'bool'), values.dtype);
  const averaged = by === 'mean' || by === 'sum_over_batch_size';
  const all = isKnown(counted.shape) ? castTo(toValue(sizeOf(counted.shape)), values.dtype) : sum(onesLike(counted));
  const factors = averaged ? multiply(counted, divideNoNan(all, sum(counted))) : counted;
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
  if (combined === null) return reduceValues(values, null, by);
  const [left, right] = sameRank(values, combined);
  return reduceValues(multiply(left, right), right, by);
}

function reduceValues(values: Value, weights: Value | null, by: Reduction): Value {
  if (by === null || by === 'none' || values.rank === 0) return values;
  // The loss of no samples is 0 instead of 0 / 0.
  const empty = isKnown(values.shape) && sizeOf(values.shape) === 0;
  if (by === 'sum' || empty) return sum(values);
  if (by === 'mean_with_sample_weight' && weights !== null) return divideNoNan(sum(values), sum(weights));
  return mean(values);
}
