/** The statistics of some entries of each channel. */
export interface ChannelStatistics {
  /** The number of entries: one number for all channels, or one for each. */
  readonly count: number | ArrayLike<number>;
  readonly mean: ArrayLike<number>;
  /** Population variance, Σ(x − μ)² / N. */
  readonly variance: ArrayLike<number>;
}

/**
 * Mean and population variance of each channel over successive parts, in float64. They are pooled exactly: the result is
 * that of all entries together (Chan, Golub and LeVeque, 1983).
 *
 *     n ← n + n_p     μ' = μ + (μ_p − μ) · n_p / n     σ²' = (σ² + (μ − μ')²) · (n − n_p) / n + (σ_p² + (μ_p − μ')²) · n_p / n
 */
export class PooledStatistics implements ChannelStatistics {
  readonly count: Float64Array;
  readonly mean: Float64Array;
  readonly variance: Float64Array;

  constructor(channels: number) {
    this.count = new Float64Array(channels);
    this.mean = new Float64Array(channels);
    this.variance = new Float64Array(channels);
  }

  /** Adds a part. Channels without entries in it are unchanged. */
  add({ count, mean, variance }: ChannelStatistics): void {
    for (let i = 0; i < this.mean.length; i++) {
      const added = typeof count === 'number' ? count : (count[i] ?? 0);
      if (added === 0) continue;
      const total = (this.count[i] ?? 0) + added;
      const share = added / total;
      const [partMean, partVariance] = [mean[i] ?? NaN, variance[i] ?? NaN];
      const [oldMean, oldVariance] = [this.mean[i] ?? 0, this.variance[i] ?? 0];
      const newMean = share === 1 ? partMean : oldMean + (partMean - oldMean) * share;
      this.count[i] = total;
      this.mean[i] = newMean;
      this.variance[i] =
        (oldVariance + (oldMean - newMean) ** 2) * (1 - share) + (partVariance + (partMean - newMean) ** 2) * share;
    }
  }
}
