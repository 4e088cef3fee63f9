import { checkNumber, checkOptions } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';

/** The limits by which {@link diagnoseNormalization} decides. */
export interface DiagnosisThresholds {
  /**
   * The median distance of the channels of a layer above which its moving statistics do not fit, in standard deviations.
   * Training with the usual momentums keeps it below 0.2; at 0.5, a relu is active for 19 % more or fewer of the inputs.
   * @default 0.5
   */
  readonly distance?: number | undefined;
  /**
   * The share of channels that are more than 1 standard deviation off, above which the statistics of a layer do not fit,
   * whatever the median. A few channels that are almost constant may always be off. @default 0.2
   */
  readonly channelsOff?: number | undefined;
  /**
   * The share of the moving statistics that must come from updates, 1 − momentum^updates; the rest is the initial values.
   * At 0.9, a tenth of the error that they make is left. @default 0.9
   */
  readonly warmUp?: number | undefined;
  /**
   * The number of entries behind each statistic, at or below which a batch is small. At 4 the batch variance is
   * underestimated by 25 %, and Wu and He (2018) see errors increase. @default 4
   */
  readonly smallBatch?: number | undefined;
  /** |γ| below which a channel contributes nothing; γ usually starts at 1. @default 0.001 */
  readonly deadGamma?: number | undefined;
  /**
   * The variance, as a fraction of ε, below which the input of a channel is constant: the output is then less than 0.03
   * standard deviations wide. @default 0.001
   */
  readonly deadVariance?: number | undefined;
  /** The slope of an activation below which it passes no gradient: sigmoid beyond ±4.6, tanh beyond ±3. @default 0.01 */
  readonly slope?: number | undefined;
  /** The share of entries without a slope above which a channel is saturated. @default 0.95 */
  readonly saturated?: number | undefined;
  /** The share of a layer's channels with a variance below ε above which ε is too large for the layer. @default 0.5 */
  readonly belowEpsilon?: number | undefined;
}

export type Thresholds = { readonly [K in keyof DiagnosisThresholds]-?: number };

export const DEFAULTS: Thresholds = {
  distance: 0.5,
  channelsOff: 0.2,
  warmUp: 0.9,
  smallBatch: 4,
  deadGamma: 1e-3,
  deadVariance: 1e-3,
  slope: 0.01,
  saturated: 0.95,
  belowEpsilon: 0.5,
};

/** The distance at which causes with a clear signature are already named: another order, missing updates and small batches. */
export const CLEAR_DISTANCE = 0.25;

/**
 * The number of entries from which an activation that is never active counts as dead: with fewer, a rarely active one may be
 * missed by chance.
 */
export const ACTIVITY_ENTRIES = 64;

/**
 * The number of rows from which an output of an activation that never changes counts as constant without other evidence: it
 * changes in less than 1 of 100 rows.
 */
export const CONSTANT_ROWS = 512;

/** The expected number of rows with another value from which it is no chance that none was seen: e⁻⁵. */
export const EXPECTED_CHANGES = 5;

/**
 * β / |γ| above which normal inputs would activate a relu in 1 of 160 entries: a channel that is inactive nevertheless is
 * so because of its input's distribution, and is not dead.
 */
export const REACHABLE = -2.5;

/** Returns the thresholds with defaults. @throws TypeError for an unknown one; ValueError for one that is not positive. */
export function readThresholds(who: string, given: DiagnosisThresholds | undefined): Thresholds {
  const names = Object.keys(DEFAULTS);
  checkOptions(`${who} thresholds`, given, names);
  const chosen = { ...DEFAULTS };
  for (const [name, value] of Object.entries(given ?? {}) as readonly (readonly [keyof Thresholds, unknown])[]) {
    if (value === undefined) continue;
    if (checkNumber(who, `thresholds.${name}`, value) <= 0) {
      throw new ValueError(`[${who}] thresholds.${name} must be positive. Received: ${show(value)}.`);
    }
    Object.assign(chosen, { [name]: value });
  }
  return chosen;
}
