import type { Plot } from 'evenkeel/plots';
import { type Estimate, estimate } from './statistics.ts';

/** A number, or a list or table of numbers, for the file of results. */
export type Numbers = number | string | null | readonly Numbers[] | { readonly [name: string]: Numbers };

/** The unit in which the numbers of a check are written. */
export type Unit = 'number' | 'points' | 'factor' | 'decades';

/** A statement that the lab's numbers support or refute. */
export interface Check {
  /** The statement, with the bound that it was given before the lab ran. */
  readonly statement: string;
  readonly unit: Unit;
  /** The measured quantity for each seed. In the unit "factor" these are natural logarithms. */
  readonly values: readonly number[];
  readonly estimate: Estimate;
  readonly holds: boolean;
}

/** The settings of a run. */
export interface Settings {
  /** The seeds of weights, of the order of the data, and of noise. */
  readonly seeds: readonly number[];
  /** Whether the run only shows that the lab works, with little data and few steps. */
  readonly quick: boolean;
  /** Reports the fraction of the work that is done. */
  readonly progress: (fraction: number) => void;
}

/** The results of a run. */
export interface Measured {
  /** The statements whose truth decides. */
  readonly checks: readonly Check[];
  /** Facts that were seen and do not decide. */
  readonly observations: readonly string[];
  readonly numbers: { readonly [name: string]: Numbers };
  /** The pictures, by the part of the file's name after the lab's. */
  readonly plots: Readonly<Record<string, Plot>>;
  /** Statements so weak that a short run also satisfies them, unless something is broken. */
  readonly sanity: Readonly<Record<string, boolean>>;
}

/** A claim, and the experiment that tests it. */
export interface Lab {
  readonly name: string;
  readonly title: string;
  /** The claim, in the words of its source or close to them. */
  readonly claim: string;
  /** The network, the data and the training. */
  readonly setup: string;
  run(settings: Settings): Promise<Measured>;
}

export type Verdict = 'holds' | 'holds partly' | 'does not hold here';

/** The rule of every lab: the claim holds if all its checks do, and partly if some do. */
export function verdictOf(checks: readonly Check[]): Verdict {
  if (checks.every(({ holds }) => holds)) return 'holds';
  return checks.some(({ holds }) => holds) ? 'holds partly' : 'does not hold here';
}

/**
 * Checks a bound against the t-interval of the mean over seeds: the whole interval must be above or below it. For the unit
 * "factor", values and bounds are natural logarithms.
 */
export function check(
  statement: string,
  values: readonly number[],
  { above = -Infinity, below = Infinity, unit = 'number' }: { above?: number; below?: number; unit?: Unit },
): Check {
  const interval = estimate(values);
  return { statement, unit, values, estimate: interval, holds: interval.low > above && interval.high < below };
}

/** Writes an estimate in its unit: 2.1 points [1.8, 2.4]. */
export function showEstimate({ estimate: { mean, low, high }, unit }: Pick<Check, 'estimate' | 'unit'>): string {
  const digits = (value: number): string => {
    if (!Number.isFinite(value)) return value > 0 ? '∞' : value < 0 ? '−∞' : 'undefined';
    const size = Math.abs(value);
    const text =
      size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(1) : String(Number(value.toPrecision(3)));
    return text.replace('-', '−');
  };
  const write: (value: number) => string = {
    number: digits,
    points: (value: number) => (100 * value).toFixed(2).replace('-', '−'),
    factor: (value: number) => digits(Math.exp(value)),
    decades: digits,
  }[unit];
  const suffix = { number: '', points: ' points', factor: ' ×', decades: ' decades' }[unit];
  return `${write(mean)}${suffix} [${write(low)}, ${write(high)}]`;
}

/** Differences of two conditions, seed by seed. */
export function difference(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, i) => value - (b[i] ?? NaN));
}

/** Rounds numbers for the file of results. */
export function round(values: readonly number[], digits = 4): (number | null)[] {
  return values.map((value) => (Number.isFinite(value) ? Number(value.toPrecision(digits)) : null));
}
