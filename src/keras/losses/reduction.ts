import { checkChoice } from '../../core/checks.ts';
import { isKnown, sizeOf } from '../../core/shape.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { divide, equal, multiply, where } from '../ops/elementwise.ts';
import { expandDims, onesLike, squeeze } from '../ops/movement.ts';
import { type Operand, castTo, toValue } from '../ops/operand.ts';
import { mean, sum } from '../ops/reductions.ts';

const reductions = ['sum_over_batch_size', 'sum', 'mean', 'mean_with_sample_weight', 'none'] as const;

/** How the losses of samples become one number; null is `none`. */
export type Reduction = (typeof reductions)[number] | null;

export function checkReduction(who: string, reduction: Reduction | undefined): Reduction {
  if (reduction === null) return null;
  return checkChoice(who, 'reduction', reduction ?? 'sum_over_batch_size', reductions);
}

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

/** What a sample counts for, and whether it counts. */
export interface Weights {
  /** Broadcasts against the losses of samples. */
  readonly sampleWeight?: Operand | null;
  /** True where an entry counts. */
  readonly mask?: Operand | null;
}

/**
 * The weights with the mask in them, or null for neither. Where the losses are averaged, the entries that count are
 * made heavier by all / counted, so that the average is over these alone.
 */
function combine({ sampleWeight, mask }: Weights, values: Value, reduction: Reduction): Value | null {
  const weights =
    sampleWeight === undefined || sampleWeight === null ? null : castTo(toValue(sampleWeight), values.dtype);
  if (mask === undefined || mask === null) return weights;
  const counted = castTo(castTo(toValue(mask), 'bool'), values.dtype);
  const averaged = reduction === 'mean' || reduction === 'sum_over_batch_size';
  const all = isKnown(counted.shape) ? castTo(toValue(sizeOf(counted.shape)), values.dtype) : sum(onesLike(counted));
  const factors = averaged ? multiply(counted, divideNoNan(all, sum(counted))) : counted;
  if (weights === null) return factors;
  const [left, right] = sameRank(factors, weights);
  return multiply(right, left);
}

/** The losses of samples, weighted and reduced. */
export function reduceWeighted(values: Value, weights: Weights, reduction: Reduction): Value {
  const combined = combine(weights, values, reduction);
  if (combined === null) return reduceValues(values, null, reduction);
  const [left, right] = sameRank(values, combined);
  return reduceValues(multiply(left, right), right, reduction);
}

function reduceValues(values: Value, weights: Value | null, reduction: Reduction): Value {
  if (reduction === null || reduction === 'none' || values.rank === 0) return values;
  // No samples: a loss of 0, not 0 / 0.
  const empty = isKnown(values.shape) && sizeOf(values.shape) === 0;
  if (reduction === 'sum' || empty) return sum(values);
  if (reduction === 'mean_with_sample_weight' && weights !== null) return divideNoNan(sum(values), sum(weights));
  return mean(values);
}
