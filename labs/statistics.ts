/** A mean over seeds, and its 95% confidence interval. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** The 97.5% quantiles of Student's t distribution, for 1, 2, … degrees of freedom. */
const quantiles = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131],
  ...[2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042],
];

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The sample's standard deviation, over n − 1. */
export function standardDeviation(values: readonly number[]): number {
  const center = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1));
}

/** The mean and its t-interval, mean ± t(0.975, n − 1) · s / √n. */
export function estimate(values: readonly number[]): Estimate {
  const center = mean(values);
  const t = quantiles[values.length - 2] ?? (values.length < 2 ? Infinity : 1.96);
  const half = (t * standardDeviation(values)) / Math.sqrt(values.length);
  return { mean: center, low: center - half, high: center + half };
}

/** The quantile of numbers, with linear interpolation between neighbors. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = part * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** The estimates of many quantities, each with a number per seed: rows are seeds. */
export function estimates(rows: readonly (readonly number[])[]): {
  readonly y: number[];
  readonly low: number[];
  readonly high: number[];
} {
  const columns = (rows[0] ?? []).map((_, i) => estimate(rows.map((row) => row[i] ?? NaN)));
  return { y: columns.map((c) => c.mean), low: columns.map((c) => c.low), high: columns.map((c) => c.high) };
}
