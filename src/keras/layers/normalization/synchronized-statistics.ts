import type { RowShare } from '../../../compiler/graph/trace.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { EPSILON } from '../../../core/epsilon.ts';
import * as ops from '../../ops/index.ts';
import { type BatchStatistics, batchStatistics } from './batch-statistics.ts';

/** The circumstances of {@link synchronizedStatistics}. */
export interface Synchronization {
  readonly axes: readonly number[];
  /** A number near the mean that all processes have, such as the moving mean; of the shape of the statistics. */
  readonly reference: Value;
  /** The rows of each process, in a step of training. */
  readonly share: RowShare | null;
}

/** The statistics of the entries of one process: their number, a shift, and mean and variance of what remains. */
interface LocalStatistics {
  readonly count: Value;
  readonly shift: Value;
  readonly centered: Value;
  readonly mean: Value;
  readonly variance: Value;
}

const DOUBLE = 'float64';

/**
 * Mean and population variance over axes and over all processes, which may have different numbers of entries, or none. The
 * numbers, means and variances of each are pooled (Chan, Golub and LeVeque, 1983), in float64: n, Σ n·(μ_p − c) and
 * Σ n·(σ_p² + (μ_p − c)²) in one message, where c is a number that all have. In float64 itself c is the mean, which takes a message before that.
 *
 *     μ = c + Σ n_p·(μ_p − c) / n     σ² = Σ n_p·(σ_p² + (μ_p − c)²) / n − (μ − c)²
 *
 * Each process centers its entries with a shift of its own, so that a large mean costs no precision. Masked entries do not
 * count; as in {@link maskedStatistics}, 1e-7 is added to their number.
 */
export function synchronizedStatistics(
  x: Value,
  mask: Value | null,
  { axes, reference, share }: Synchronization,
): BatchStatistics {
  const own = mask === null ? unmasked(x, axes) : masked(x, mask, axes);
  const { dtype } = x;
  const count = share === null ? own.count : ops.multiply(own.count, share.present);
  const shift = ops.cast(own.shift, DOUBLE);
  const mean = ops.add(shift, ops.cast(own.mean, DOUBLE));
  const variance = ops.cast(own.variance, DOUBLE);
  const near = ops.stopGradient(ops.cast(reference, DOUBLE));

  const total = ops.allReduce(count);
  const number = ops.maximum(total, 1);
  const about = (center: Value): Value => ops.subtract(mean, center);
  const pooled = (values: Value): Value => ops.divide(ops.allReduce(ops.multiply(count, values)), number);
  const offset = pooled(about(near));
  const allMean = ops.add(near, offset);
  const squares = (center: Value): Value => pooled(ops.add(variance, ops.square(about(center))));
  const allVariance = dtype === DOUBLE ? squares(allMean) : ops.relu(ops.subtract(squares(near), ops.square(offset)));

  const kept = mask === null ? null : ops.divide(total, ops.add(total, EPSILON));
  const finalMean = kept === null ? allMean : ops.multiply(allMean, kept);
  const finalVariance =
    kept === null
      ? allVariance
      : ops.multiply(ops.add(allVariance, ops.square(ops.subtract(allMean, finalMean))), kept);
  return {
    mean: ops.cast(finalMean, dtype),
    variance: ops.cast(finalVariance, dtype),
    shift: own.shift,
    centered: own.centered,
    centeredMean: ops.cast(ops.subtract(finalMean, shift), dtype),
    count: null,
    counts: mask === null ? null : ops.any(ops.greater(total, 0)),
  };
}

function unmasked(x: Value, axes: readonly number[]): LocalStatistics {
  const { count, shift, centered, centeredMean, variance } = batchStatistics(x, axes);
  const number = ops.full(ops.shape(centeredMean) as readonly number[], count ?? 0, { dtype: DOUBLE });
  return { count: number, shift, centered, mean: centeredMean, variance };
}

function masked(x: Value, mask: Value, axes: readonly number[]): LocalStatistics {
  const options = { axis: axes, keepdims: true };
  const kept = ops.broadcastTo(ops.expandDims(ops.cast(mask, 'bool'), -1), x.shape);
  const zeros = ops.fullLike(x, 0);
  const count = ops.sum(ops.cast(kept, x.dtype), options);
  const meanOf = (values: Value): Value =>
    ops.divide(ops.sum(ops.where(kept, values, zeros), options), ops.maximum(count, 1));
  const shift = ops.stopGradient(meanOf(x));
  const centered = ops.subtract(x, shift);
  const mean = meanOf(centered);
  const variance = meanOf(ops.square(ops.where(kept, ops.subtract(centered, mean), zeros)));
  return { count: ops.cast(count, DOUBLE), shift, centered, mean, variance };
}
