import { EPSILON } from '../../../core/epsilon.ts';
import { sizeOf } from '../../../core/shape.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import * as ops from '../../ops/index.ts';

/** Mean and variance of channels. Reduced axes have size 1. */
export interface Moments {
  readonly mean: Value;
  /** Population variance, Σ(x − μ)² / N. */
  readonly variance: Value;
}

/** The statistics of a batch's channels. Reduced axes have size 1. */
export interface BatchStatistics extends Moments {
  /** x minus an estimate of its mean, and the mean of that: normalizing it loses no precision where the mean is large. */
  readonly centered: Value;
  /** The estimate of the mean. */
  readonly shift: Value;
  readonly centeredMean: Value;
  /** The number of entries of each channel, if it is known before the program runs. */
  readonly count: number | null;
  /** Whether any entry of the batch counts, as a boolean scalar; null where it is certain. */
  readonly counts: Value | null;
}

/** The shift of a batch of at least this many samples is the mean of every eighth. */
const MANY_SAMPLES = 32;
const SAMPLE_STRIDE = 8;

/**
 * Mean and population variance over axes.
 *
 * A shift near the mean is subtracted first; mean and variance of the difference are computed from it, and the difference is
 * normalized. So the error does not grow with |mean| / σ, as it does where x is multiplied first. The shift is the mean of a
 * part of the samples: whatever the data are, that of an eighth is within √7 σ of the mean of all.
 *
 * Passes over memory: x is read, the difference is written, and it is read twice, for its sum and for that of its squares.
 */
export function batchStatistics(x: Value, axes: readonly number[]): BatchStatistics {
  const options = { axis: axes, keepdims: true };
  const shift = ops.stopGradient(ops.mean(spreadSamples(x, axes), options));
  const centered = ops.subtract(x, shift);
  const [centeredMean, variance] = ops.moments(centered, axes, { keepdims: true, centered: true });
  const count = sizeOf(axes.map((axis) => x.shape[axis] ?? 1));
  return { mean: ops.add(shift, centeredMean), variance, shift, centered, centeredMean, count, counts: null };
}

/** Every eighth sample of a batch of many; else all of them. */
function spreadSamples(x: Value, axes: readonly number[]): Value {
  const isLarge = x.rank > 2 && axes.includes(0) && (x.shape[0] ?? 0) >= MANY_SAMPLES;
  return isLarge ? ops.getItem(x, [{ step: SAMPLE_STRIDE }]) : x;
}

/**
 * The same over the entries that a mask keeps: μ = Σ m·x / (n + 1e-7), σ² = Σ m·(x − μ)² / (n + 1e-7), where n counts
 * the kept entries. Masked entries may be anything, including NaN.
 */
export function maskedStatistics(x: Value, mask: Value, axes: readonly number[]): BatchStatistics {
  const options = { axis: axes, keepdims: true };
  const kept = ops.broadcastTo(ops.expandDims(ops.cast(mask, 'bool'), -1), x.shape);
  const zeros = ops.fullLike(x, 0);
  const present = ops.sum(ops.cast(kept, x.dtype), options);
  const divisor = ops.add(present, EPSILON);
  const mean = ops.divide(ops.sum(ops.where(kept, x, zeros), options), divisor);
  const centered = ops.subtract(x, mean);
  const deviations = ops.where(kept, centered, zeros);
  const variance = ops.divide(ops.sum(ops.square(deviations), options), divisor);
  const centeredMean = ops.fullLike(mean, 0);
  return { mean, variance, shift: mean, centered, centeredMean, count: null, counts: ops.any(mask) };
}

/** Mean and population variance over axes, of the entries that a mask keeps. */
export function channelMoments(x: Value, mask: Value | null, axes: readonly number[]): Moments {
  return mask === null ? batchStatistics(x, axes) : maskedStatistics(x, mask, axes);
}

/** The number of entries over axes that a mask keeps, with reduced axes of size 1. */
export function countEntries(x: Value, mask: Value | null, axes: readonly number[]): Value {
  const sizes = x.knownShape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  if (mask === null) return ops.full(sizes, sizeOf(x.knownShape) / sizeOf(sizes), { dtype: x.dtype });
  const kept = ops.broadcastTo(ops.expandDims(ops.cast(ops.cast(mask, 'bool'), x.dtype), -1), x.shape);
  return ops.sum(kept, { axis: axes, keepdims: true });
}

/**
 * Statistics of ghost batches (Hoffer et al., 2017): the batch is cut into strided groups, group j being the samples
 * n with n mod (B / V) = j, as tf.keras does.
 *
 * Shapes: x `[B, …]` becomes `[V, B / V, …]`; axis 1 is kept, as are the channels.
 */
export function ghostBatches(x: Value, virtualBatchSize: number): Value {
  const [batch = 1, ...rest] = x.knownShape;
  return ops.reshape(x, [virtualBatchSize, batch / virtualBatchSize, ...rest]);
}

/** The average of the groups' statistics, which updates the moving statistics. */
export function averageGroups(statistic: Value): Value {
  return ops.mean(statistic, { axis: 1, keepdims: true });
}
