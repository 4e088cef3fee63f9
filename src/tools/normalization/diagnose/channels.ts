import type { PooledStatistics } from '../../../core/pooled-statistics.ts';
import type { Parts, Statistic } from '../inspect/parts.ts';
import type { Activity, Measured } from './measure.ts';
import { ACTIVITY_ENTRIES, CONSTANT_ROWS, EXPECTED_CHANGES, REACHABLE, type Thresholds } from './thresholds.ts';

/** The channels of a layer that do not work. */
export interface ChannelFaults {
  /** The channels whose γ is close to 0. */
  readonly byGamma: readonly number[];
  /** The channels whose input is constant. */
  readonly byInput: readonly number[];
  /** The channels for which the next activation is never active. */
  readonly byActivity: readonly number[];
  readonly saturated: readonly number[];
  /** The channels whose variance is below ε, and that are not constant. */
  readonly belowEpsilon: readonly number[];
}

export const NO_FAULTS: ChannelFaults = { byGamma: [], byInput: [], byActivity: [], saturated: [], belowEpsilon: [] };

/** Finds the channels of a layer that do not work, by data of so many rows. */
export function channelFaults(parts: Parts, measured: Measured, rows: number, limits: Thresholds): ChannelFaults {
  const { gamma, beta, epsilon } = parts;
  const { input, activity, placement } = measured;
  const floor = (epsilon ?? 0) * limits.deadVariance;
  const isFlat = (mean: number, variance: number): boolean => variance <= Math.max(floor, 1e-12 * mean ** 2);
  const isConstant = (i: number): boolean =>
    (input.count[i] ?? 0) >= 2 && isFlat(input.mean[i] ?? NaN, input.variance[i] ?? NaN);
  const byGamma = gamma === null ? [] : deadScales(gamma, limits);
  const constant = where(input.variance, (_, i) => isConstant(i));
  const belowEpsilon = where(input.variance, (value, i) => !isConstant(i) && value < (epsilon ?? 0));
  const isRare = (i: number): boolean => {
    if (!placement.followsSparse || rows >= CONSTANT_ROWS || parts.statistics === null) return false;
    const { mean, variance } = parts.statistics;
    const [before, spread] = [mean.values[i] ?? NaN, variance.values[i] ?? NaN];
    return !isFlat(before, spread) && rows * changeProbability(before, spread, input.mean[i] ?? NaN) < EXPECTED_CHANGES;
  };
  // A constant input of the model, such as the corner of an image, is no fault of a layer; nor is one of a layer whose
  // statistics are not those of a channel, as it does not make the output constant.
  const isOwnFault = placement.previous !== null && parts.statistics !== null;
  const byInput = isOwnFault ? constant.filter((i) => !isRare(i)) : [];
  const known = new Set([...byGamma, ...constant]);
  const isReachable = (i: number): boolean =>
    gamma !== null && beta !== null && (beta.values[i] ?? 0) / Math.abs(gamma.values[i] ?? 1) > REACHABLE;
  const isOff = (i: number): boolean =>
    !known.has(i) && (activity?.active.count[i] ?? 0) >= ACTIVITY_ENTRIES && activity?.active.mean[i] === 0;
  const [off, saturated] = activity === null ? [[], []] : slopes(activity, limits, isOff, known);
  return { byGamma, byInput, byActivity: off.filter((i) => !isReachable(i)), saturated, belowEpsilon };
}

/** The channels whose γ is close to 0; one that starts at 0, as at the end of a residual branch, must be exactly 0. */
function deadScales({ initial, values }: Statistic, { deadGamma }: Thresholds): number[] {
  if (initial !== 0) return where(values, (value) => Math.abs(value) < deadGamma);
  const zeros = where(values, (value) => value === 0);
  return zeros.length === values.length ? [] : zeros;
}

/**
 * A lower bound of the probability that an entry differs from c, for mean μ and variance σ² (Paley and Zygmund 1932):
 *
 *     P(x ≠ c) ≥ (μ − c)² / ((μ − c)² + σ²)
 */
function changeProbability(mean: number, variance: number, constant: number): number {
  const square = (mean - constant) ** 2;
  return square === 0 ? 0 : square / (square + variance);
}

/** The channels without a slope: off, with a constant output, and saturated. */
function slopes(
  { output, saturated }: Activity,
  { saturated: limit }: Thresholds,
  isOff: (i: number) => boolean,
  known: ReadonlySet<number>,
): readonly [number[], number[]] {
  const off = where(output.variance, (value, i) => isOff(i) && value <= 1e-10 * (1e-6 + (output.mean[i] ?? 0) ** 2));
  const rest = new Set([...known, ...off]);
  const enough = (pool: PooledStatistics, i: number): boolean => (pool.count[i] ?? 0) >= ACTIVITY_ENTRIES;
  return [off, where(saturated.mean, (share, i) => !rest.has(i) && enough(saturated, i) && share > limit)];
}

/** The indices of the numbers that satisfy a condition. */
export function where(values: ArrayLike<number>, condition: (value: number, index: number) => boolean): number[] {
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) if (condition(values[i] ?? NaN, i)) found.push(i);
  return found;
}
