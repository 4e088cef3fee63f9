import type { PooledStatistics } from '../../../core/pooled-statistics.ts';
import type { Parts } from '../inspect/parts.ts';
import type { Activity, Measured } from './measure.ts';
import { ACTIVITY_ENTRIES, REACHABLE, type Thresholds } from './thresholds.ts';

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

/** Finds the channels of a layer that do not work. */
export function channelFaults({ gamma, beta, epsilon }: Parts, measured: Measured, limits: Thresholds): ChannelFaults {
  const { input, activity, placement } = measured;
  const floor = (epsilon ?? 0) * limits.deadVariance;
  const isConstant = (i: number): boolean =>
    (input.count[i] ?? 0) >= 2 && (input.variance[i] ?? NaN) <= Math.max(floor, 1e-12 * (input.mean[i] ?? 0) ** 2);
  // γ that starts at 0, as at the end of a residual branch, is not dead before training.
  const isUntrained = gamma?.initial === 0 && gamma.values.every((value) => value === 0);
  const byGamma =
    isUntrained || gamma === null ? [] : where(gamma.values, (value) => Math.abs(value) < limits.deadGamma);
  const constant = where(input.variance, (_, i) => isConstant(i));
  const belowEpsilon = where(input.variance, (value, i) => !isConstant(i) && value < (epsilon ?? 0));
  // A constant input of the model, such as the corner of an image, is no fault of a layer.
  const byInput = placement.previous === null ? [] : constant;
  const known = new Set([...byGamma, ...constant]);
  const isReachable = (i: number): boolean =>
    gamma !== null && beta !== null && (beta.values[i] ?? 0) / Math.abs(gamma.values[i] ?? 1) > REACHABLE;
  const isOff = (i: number): boolean =>
    !known.has(i) && (activity?.active.count[i] ?? 0) >= ACTIVITY_ENTRIES && activity?.active.mean[i] === 0;
  const [off, saturated] = activity === null ? [[], []] : slopes(activity, limits, isOff, known);
  return { byGamma, byInput, byActivity: off.filter((i) => !isReachable(i)), saturated, belowEpsilon };
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
