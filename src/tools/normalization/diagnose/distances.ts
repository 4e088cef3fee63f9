import { type Moments, median } from '../statistics/distance.ts';

/** The distances of the channels' statistics on data from the moving ones. */
export interface ChannelDistances {
  /** (μ' − μ) / √(σ² + ε) of each channel, in standard deviations. */
  readonly meanShift: Float64Array;
  /** (σ'² + ε) / (σ² + ε) of each channel. */
  readonly varianceRatio: Float64Array;
  /** The divergence D of N(μ', σ'² + ε) from N(μ, σ² + ε) of each channel, in nats. */
  readonly divergence: Float64Array;
  /** √(2 D) of each channel: the shift of the mean, in standard deviations, that has this divergence. */
  readonly distance: Float64Array;
}

/**
 * The distance of statistics on data from moving ones, for each channel. For a shift s and a ratio r of variances,
 *
 *     D = (r + s² − 1 − ln r) / 2        distance = √(2 max(D − 2 / rows, 0))
 *
 * where 2 / rows is twice the divergence to be expected because the data is a sample.
 */
export function channelDistances(moving: Moments, data: Moments, epsilon: number, rows: number): ChannelDistances {
  const channels = moving.mean.length;
  const make = (): Float64Array => new Float64Array(channels);
  const found = { meanShift: make(), varianceRatio: make(), divergence: make(), distance: make() };
  for (let i = 0; i < channels; i++) {
    const variance = (moving.variance[i] ?? NaN) + epsilon;
    const shift = ((data.mean[i] ?? NaN) - (moving.mean[i] ?? NaN)) / Math.sqrt(variance);
    const ratio = ((data.variance[i] ?? NaN) + epsilon) / variance;
    const divergence = (ratio + shift ** 2 - 1 - Math.log(ratio)) / 2;
    found.meanShift[i] = shift;
    found.varianceRatio[i] = ratio;
    found.divergence[i] = divergence;
    found.distance[i] = Math.sqrt(2 * Math.max(divergence - 2 / rows, 0));
  }
  return found;
}

/** Squared errors of moving statistics as an estimate of data's, in standard deviations of the data, over all channels. */
interface SquaredErrors {
  readonly mean: number;
  readonly variance: number;
}

function squaredErrors(moving: Moments, data: Moments, epsilon: number): SquaredErrors {
  let [mean, variance] = [0, 0];
  for (let i = 0; i < moving.mean.length; i++) {
    const expected = (data.variance[i] ?? NaN) + epsilon;
    mean += ((moving.mean[i] ?? NaN) - (data.mean[i] ?? NaN)) ** 2 / expected;
    variance += Math.log(((moving.variance[i] ?? NaN) + epsilon) / expected) ** 2 / 2;
  }
  return { mean, variance };
}

/**
 * The share of the error of moving statistics that remains after both lists are sorted: near 0 for statistics in another
 * order, by the same or by different permutations of means and variances.
 */
export function errorOfSorted(moving: Moments, data: Moments, epsilon: number): number {
  const sorted = ({ mean, variance }: Moments): Moments => ({
    mean: Float64Array.from(mean).sort(),
    variance: Float64Array.from(variance).sort(),
  });
  const typical = median(data.variance);
  // Sorted lists have no common order of channels: all are measured by the typical variance.
  const scaled = ({ mean, variance }: Moments): Moments => ({
    mean: Float64Array.from(mean, (value) => value / Math.sqrt(typical + epsilon)),
    variance,
  });
  const error = (a: Moments, b: Moments): number => {
    let sum = 0;
    for (let i = 0; i < a.mean.length; i++) {
      sum += ((a.mean[i] ?? NaN) - (b.mean[i] ?? NaN)) ** 2;
      sum += Math.log(((a.variance[i] ?? NaN) + epsilon) / ((b.variance[i] ?? NaN) + epsilon)) ** 2 / 2;
    }
    return sum;
  };
  return error(scaled(sorted(moving)), scaled(sorted(data))) / error(scaled(moving), scaled(data));
}

/** Moving statistics as a mixture of initial values and the data's. */
export interface Mixture {
  /** The share of the data, in [0, 1]. */
  readonly share: number;
  /** The share of the error of the moving statistics that the mixture does not explain. */
  readonly unexplained: number;
  /** The same for the means alone; 0 if they have hardly an error, less than 0.1 standard deviations. */
  readonly unexplainedMeans: number;
}

/** The error of means, in standard deviations, below which they say nothing about a mixture. */
const SMALL_ERROR = 0.1;

/**
 * Fits moving statistics by (1 − w) · initial + w · data, with one w for all channels, by least squares in standard deviations
 * of the data. Statistics after too few updates are such a mixture, with w = 1 − momentum^updates.
 */
export function fitMixture(
  moving: Moments,
  data: Moments,
  initial: { readonly mean: number; readonly variance: number },
  epsilon: number,
): Mixture {
  let [product, square] = [0, 0];
  for (let i = 0; i < moving.mean.length; i++) {
    const variance = (data.variance[i] ?? NaN) + epsilon;
    const add = (from: number, to: number, at: number, weight: number): void => {
      product += (to - from) * (at - from) * weight;
      square += (to - from) ** 2 * weight;
    };
    add(initial.mean, data.mean[i] ?? NaN, moving.mean[i] ?? NaN, 1 / variance);
    add(initial.variance, data.variance[i] ?? NaN, moving.variance[i] ?? NaN, 1 / (2 * variance ** 2));
  }
  const share = square === 0 ? 1 : Math.min(1, Math.max(0, product / square));
  return { share, ...explain(moving, data, initial, epsilon, share) };
}

/** The share of the error of moving statistics that remains if they are a mixture with a given share of the data. */
export function explain(
  moving: Moments,
  data: Moments,
  initial: { readonly mean: number; readonly variance: number },
  epsilon: number,
  share: number,
): Omit<Mixture, 'share'> {
  const mix = (start: number, values: ArrayLike<number>): Float64Array =>
    Float64Array.from(values, (value) => start + share * (value - start));
  const mixture = { mean: mix(initial.mean, data.mean), variance: mix(initial.variance, data.variance) };
  const [before, after] = [squaredErrors(moving, data, epsilon), squaredErrors(moving, mixture, epsilon)];
  return {
    unexplained: (after.mean + after.variance) / (before.mean + before.variance),
    unexplainedMeans: before.mean < moving.mean.length * SMALL_ERROR ** 2 ? 0 : after.mean / before.mean,
  };
}

/** The batch size n at which the variance of a batch is on average (n − 1) / n of the data's. */
export interface SmallBatchEvidence {
  readonly entries: number;
  /** The spread of ln(ratio) over the channels: the median of its distances from the median. */
  readonly spread: number;
  /** The median of |shift|, in standard deviations. */
  readonly meanShift: number;
}

/** The batch size that the ratios of variances suggest: E[batch variance] = (n − 1) / n · σ², the same in all channels. */
export function smallBatchEvidence({ meanShift, varianceRatio }: ChannelDistances): SmallBatchEvidence {
  const logs = varianceRatio.map(Math.log);
  const middle = median(logs);
  const ratio = Math.exp(middle);
  return {
    entries: ratio <= 1 ? Infinity : ratio / (ratio - 1),
    spread: median(logs.map((value) => Math.abs(value - middle))),
    meanShift: median(meanShift.map(Math.abs)),
  };
}
