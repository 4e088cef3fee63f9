import { otherAxes } from '../../../core/axes.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import * as ops from '../../ops/index.ts';

/** The statistics of groups of channels, for each channel: sizes off the batch's and the channels' axes are 1. */
export interface GroupStatistics {
  /** x minus an estimate of the mean of its group. */
  readonly centered: Value;
  /** The mean of `centered`, which is small. */
  readonly mean: Value;
  /** The population variance. */
  readonly variance: Value;
}

/**
 * Mean and population variance of each sample's groups of channels.
 *
 *     δ_c = mean_c(x)        μ = mean(δ_c)        σ² = mean(variance_c(x) + (δ_c − μ)²)
 *
 * Passes over x: a read for the mean, a read and a write to subtract it, and two reads for the moments of the channels. The
 * statistics of groups are small, and are repeated for each of their channels, so that the engine broadcasts along all
 * channels rather than along those of a group, of which there may be two.
 */
export function groupStatistics(x: Value, channelAxis: number, groups: number): GroupStatistics {
  const channels = x.shape[channelAxis] ?? 1;
  const inner = channelAxis + 1;
  const perGroup = channels / groups;
  const split = (value: Value): Value => ops.reshape(value, value.shape.toSpliced(channelAxis, 1, groups, perGroup));
  const ones = ops.full(
    Array.from({ length: x.rank + 1 }, (_, axis) => (axis === inner ? perGroup : 1)),
    1,
    { dtype: x.dtype },
  );
  const spread = (value: Value): Value =>
    ops.reshape(ops.multiply(value, ones), value.shape.toSpliced(channelAxis, 2, channels));
  const average = (value: Value): Value => ops.mean(value, { axis: inner, keepdims: true });

  const grouped = split(x);
  const shift = ops.mean(grouped, { axis: otherAxes([0, channelAxis], grouped.rank), keepdims: true });
  const centered = ops.subtract(x, spread(ops.stopGradient(shift)));
  const spatial = otherAxes([0, channelAxis], x.rank);
  const [means, variances] = ops.moments(centered, spatial, { keepdims: true, centered: true });
  const ofChannels = split(means);
  const mean = average(ofChannels);
  // Where the squares overflow, the variance is infinite, though ∞ − mean_c² is not.
  const finite = ops.where(ops.isnan(variances), Infinity, variances);
  const variance = average(ops.add(split(finite), ops.square(ops.subtract(ofChannels, mean))));
  return { centered, mean: spread(mean), variance: spread(variance) };
}
