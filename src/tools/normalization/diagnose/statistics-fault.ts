import type { BatchNormalization } from '../../../keras/layers/normalization/batch-normalization.ts';
import type { Parts } from '../inspect/parts.ts';
import { type Moments, median } from '../statistics/distance.ts';
import {
  type ChannelDistances,
  channelDistances,
  errorOfSorted,
  explain,
  fitMixture,
  smallBatchEvidence,
} from './distances.ts';
import type { Measured } from './measure.ts';
import type { FaultKind } from './report.ts';
import { CLEAR_DISTANCE, type Thresholds } from './thresholds.ts';

/** The history of a layer as far as it is known. */
export interface History {
  readonly updates: number | null;
  /** 1 − momentum^updates. */
  readonly warmUp: number | null;
  /** The number of entries behind each statistic of a batch. */
  readonly effectiveBatchSize: number;
  /** Whether the caller named the batch size of training. */
  readonly isBatchKnown: boolean;
  readonly isRenorm: boolean;
}

/** The fault of a layer's moving statistics, with the measurement that shows it. */
export interface StatisticsFault {
  readonly kind: FaultKind;
  readonly detail: string;
  /** Whether the kind is inferred from the numbers alone, so that a fault of an earlier layer can explain them as well. */
  readonly isInferred?: boolean;
}

/** The channels of a layer for which statistics can be compared. */
export interface Compared {
  readonly moving: Moments;
  readonly data: Moments;
  /** The statistics of all channels. */
  readonly all: { readonly moving: Moments; readonly data: Moments };
  readonly distances: ChannelDistances;
  /** The median of the distances. */
  readonly distance: number;
  /** The share of channels that are more than 1 standard deviation off. */
  readonly channelsOff: number;
}

/** Compares the statistics of the channels of a layer, except those given. */
export function compare(
  moving: Moments,
  data: Moments,
  except: ReadonlySet<number>,
  epsilon: number,
  rows: number,
): Compared {
  const keep = (values: ArrayLike<number>): Float64Array => Float64Array.from(values).filter((_, i) => !except.has(i));
  const chosen = {
    moving: { mean: keep(moving.mean), variance: keep(moving.variance) },
    data: { mean: keep(data.mean), variance: keep(data.variance) },
  };
  const distances = channelDistances(chosen.moving, chosen.data, epsilon, rows);
  const { distance } = distances;
  const off = distance.filter((value) => !(value <= 1)).length;
  return {
    ...chosen,
    all: { moving, data },
    distances,
    distance: distance.length === 0 ? 0 : median(distance),
    channelsOff: distance.length === 0 ? 0 : off / distance.length,
  };
}

/** The share of the error that an explanation must remove: without other evidence, and where the history agrees. */
const CONVINCING = 0.975;
const CONSISTENT = 0.5;
/** The error that may be left if statistics are sorted; unrelated statistics of few channels leave more. */
const SORTED_ERROR = 0.05;
/** The number of channels from which an order can be recognized. */
const ORDERED_CHANNELS = 4;
/** The spread of ln(ratio) of variances over the channels: batches of one size lower all by the same factor. */
const RATIO_SPREAD = 0.25;
/** Renorm averages standard deviations, which n entries underestimate by about 1 − 3 / 4n, and variances by 1 − 1 / n. */
const RENORM_FACTOR = 1.5;
/** Batches of 2 move the means of channels by less than this many standard deviations, with momentums from 0.9. */
const SMALL_SHIFT = 0.35;

/** Names the fault of a layer's moving statistics; null if they fit the data. */
export function statisticsFault(
  parts: Parts,
  compared: Compared,
  measured: Measured,
  history: History,
  limits: Thresholds,
): StatisticsFault | null {
  const { distance, channelsOff } = compared;
  const isFrozen = !parts.layer.trainable;
  if (compared.moving.mean.length === 0) return null;
  const isOff = !(distance <= limits.distance) || channelsOff > limits.channelsOff;
  const initial = initialOf(parts);
  if (isOff && initial !== null && isInitial(compared.moving, initial)) {
    if (isFrozen && measured.followsTraining) return fault('frozen-too-early', 'frozen with the initial statistics');
    return fault('not-warmed-up', 'the moving statistics have their initial values');
  }
  if (!isOff && !(distance > CLEAR_DISTANCE)) return null;
  if (isShuffled(compared, parts)) return fault('shuffled-statistics', 'the same numbers in another order');
  if (isFrozen && isOff && measured.followsTraining) {
    return fault('frozen-too-early', `${off(compared)} since it was frozen`);
  }
  const missing = isFrozen ? null : missingUpdates(parts, compared, history, limits, isOff);
  if (missing !== null) return missing;
  const small = smallBatch(compared, history, limits);
  if (small !== null) return small;
  if (!isOff) return null;
  return fault(measured.isFirst ? 'domain-shift' : 'stale-statistics', off(compared));
}

const fault = (kind: FaultKind, detail: string): StatisticsFault => ({ kind, detail });

const off = ({ distance }: Compared): string => `${brief(distance)} standard deviations off`;

/** The number with two digits. */
export const brief = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(2))) : 'infinitely many';

interface Initial {
  readonly mean: number;
  readonly variance: number;
}

function initialOf({ statistics }: Parts): Initial | null {
  const [mean, variance] = [statistics?.mean.initial ?? null, statistics?.variance.initial ?? null];
  return mean === null || variance === null ? null : { mean, variance };
}

function isInitial({ mean, variance }: Moments, initial: Initial): boolean {
  const all = (values: ArrayLike<number>, wanted: number): boolean =>
    Array.from(values).every((value) => Math.abs(value - wanted) <= 1e-6 * Math.abs(wanted));
  return all(mean, initial.mean) && all(variance, initial.variance);
}

/** Constant channels hardly differ in any order, but their statistics may have moved to other channels. */
function isShuffled({ moving, data, all }: Compared, { epsilon }: Parts): boolean {
  const isOrdered = (some: Moments, other: Moments): boolean =>
    some.mean.length >= ORDERED_CHANNELS && errorOfSorted(some, other, epsilon ?? 0) < SORTED_ERROR;
  return isOrdered(moving, data) || isOrdered(all.moving, all.data);
}

/** Whether the statistics still contain much of their initial values. */
function missingUpdates(
  parts: Parts,
  { moving, data }: Compared,
  { warmUp, updates }: History,
  limits: Thresholds,
  isOff: boolean,
): StatisticsFault | null {
  const initial = initialOf(parts);
  if (initial === null || (warmUp !== null && warmUp >= limits.warmUp)) return null;
  const epsilon = parts.epsilon ?? 0;
  if (warmUp !== null && updates !== null && warmUp > 0) {
    const isConsistent = explain(moving, data, initial, epsilon, warmUp).unexplained < 1 - CONSISTENT;
    if (isConsistent || isOff) {
      return fault(
        'not-warmed-up',
        `${percent(warmUp)} warmed up after ${updates} updates with momentum ${parts.momentum}`,
      );
    }
  }
  const { share, unexplained, unexplainedMeans } = fitMixture(moving, data, initial, epsilon);
  if (share >= limits.warmUp || Math.max(unexplained, unexplainedMeans) > 1 - CONVINCING) return null;
  const detail = `about ${percent(share)} warmed up, by the mixture of initial values and data`;
  return { kind: 'not-warmed-up', detail, isInferred: true };
}

/** Whether the variances are lower than the data's by the factor of small batches. */
function smallBatch(
  { distances }: Compared,
  { effectiveBatchSize, isBatchKnown, isRenorm }: History,
  { smallBatch: limit }: Thresholds,
): StatisticsFault | null {
  const { entries: suggested, spread, meanShift } = smallBatchEvidence(distances);
  const entries = isRenorm ? RENORM_FACTOR * suggested : suggested;
  if (isBatchKnown) {
    return effectiveBatchSize > limit || entries > 2 * limit
      ? null
      : fault('small-batches', `${brief(effectiveBatchSize)} entries behind each statistic`);
  }
  // Between the limit and the next size, the estimate is rounded.
  if (Math.round(entries) > limit || entries < 1.5 || spread > RATIO_SPREAD || meanShift > SMALL_SHIFT) return null;
  return fault('small-batches', `variances as of batches of about ${Math.max(2, Math.round(entries))} entries`);
}

/** A share in percent, rounded down, so that 100 % is all. */
export const percent = (share: number): string => `${Math.floor(100 * share)} %`;

/** The number of entries behind each statistic: those of a batch, or of a virtual batch. */
export function effectiveBatchSize(
  { virtualBatchSize }: BatchNormalization,
  batchSize: number,
  entriesPerRow: number,
): number {
  return (virtualBatchSize ?? batchSize) * entriesPerRow;
}
