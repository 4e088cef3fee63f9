import type { BatchNormalization } from '../../../keras/layers/normalization/batch-normalization.ts';

/** Mean and variance of each channel. */
export interface Moments {
  readonly mean: ArrayLike<number>;
  readonly variance: ArrayLike<number>;
}

/** The distance of some statistics from others, over the channels. */
export interface Distance {
  /** The root mean square of the shift of the mean, in standard deviations: (μ' − μ) / √(σ² + ε). */
  readonly meanShift: number;
  /** The largest shift of a mean, in standard deviations. */
  readonly largestMeanShift: number;
  /** The median of (σ'² + ε) / (σ² + ε). */
  readonly varianceRatio: number;
  /** The mean over the channels of the Kullback–Leibler divergence of N(μ', σ'²) from N(μ, σ²), in nats. */
  readonly divergence: number;
}

/** Copies of the moving statistics of a layer. */
export function movingStatisticsOf({ movingMean, movingVariance }: BatchNormalization): Moments {
  return {
    mean: Float64Array.from(movingMean.value.data),
    variance: Float64Array.from(movingVariance.value.data),
  };
}

/** The distance of statistics from reference statistics; ε keeps channels without variance finite. */
export function distanceBetween(reference: Moments, other: Moments, epsilon: number): Distance {
  const channels = reference.mean.length;
  const shifts = new Float64Array(channels);
  const ratios = new Float64Array(channels);
  let divergence = 0;
  for (let i = 0; i < channels; i++) {
    const variance = (reference.variance[i] ?? NaN) + epsilon;
    const shift = ((other.mean[i] ?? NaN) - (reference.mean[i] ?? NaN)) / Math.sqrt(variance);
    const ratio = ((other.variance[i] ?? NaN) + epsilon) / variance;
    shifts[i] = Math.abs(shift);
    ratios[i] = ratio;
    divergence += (ratio + shift ** 2 - 1 - Math.log(ratio)) / 2 / channels;
  }
  return {
    meanShift: Math.sqrt(shifts.reduce((sum, shift) => sum + shift ** 2, 0) / channels),
    largestMeanShift: shifts.reduce((most, shift) => Math.max(most, shift), 0),
    varianceRatio: median(ratios),
    divergence,
  };
}

/** The median of numbers; NaN of none. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[middle - 1] ?? NaN, sorted[middle] ?? NaN];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}
