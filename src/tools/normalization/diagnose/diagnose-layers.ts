import { BatchNormalization } from '../../../keras/layers/normalization/batch-normalization.ts';
import type { NormalizationVerdict } from '../inspect/inspect-normalization.ts';
import type { Parts } from '../inspect/parts.ts';
import { type Moments, median, movingStatisticsOf } from '../statistics/distance.ts';
import { type ChannelFaults, NO_FAULTS, channelFaults, where } from './channels.ts';
import { type ChannelDistances, channelDistances } from './distances.ts';
import { type Case, findingsOf, headlineOf, notesOf } from './findings.ts';
import type { Measured, Measurements } from './measure.ts';
import type { ChannelNumbers, DiagnosedLayer, DiagnosisData, FaultKind, Spread, StatisticsDistance } from './report.ts';
import {
  type Compared,
  type StatisticsFault,
  brief,
  compare,
  effectiveBatchSize,
  statisticsFault,
} from './statistics-fault.ts';
import type { Thresholds } from './thresholds.ts';

/** The circumstances of a diagnosis. */
export interface Circumstances {
  readonly batchSize: number;
  /** Whether the caller named the batch size of training. */
  readonly isBatchKnown: boolean;
  readonly updates: number | null;
  readonly limits: Thresholds;
}

interface LayerResult {
  readonly layer: Omit<DiagnosedLayer, 'verdict'>;
  readonly compared: Compared | null;
  readonly channels: ChannelFaults | null;
  readonly fault: StatisticsFault | null;
  readonly broken: readonly StatisticsFault[];
  readonly isFirst: boolean;
}

/** Derives the diagnosis of a model from the measurements of its layers. */
export function diagnoseLayers(
  model: string,
  watched: ReadonlyMap<string, Parts>,
  { rows, layers: measured }: Measurements,
  circumstances: Circumstances,
): DiagnosisData {
  const results = consequences(
    [...watched].map(([name, parts]) => diagnose(name, parts, measured.get(parts.layer) ?? null, rows, circumstances)),
  );
  const cases = results.flatMap(casesOf(circumstances.limits));
  const findings = findingsOf(cases, results.length);
  const verdicts = new Map<string, NormalizationVerdict>();
  for (const { severity, layers } of findings) {
    for (const { layer } of layers) {
      if (severity === 'broken') verdicts.set(layer, 'broken');
      else if (severity === 'suspicious' && !verdicts.has(layer)) verdicts.set(layer, 'suspicious');
    }
  }
  const all = [...verdicts.values()];
  const layers = results.map(({ layer }) => ({ ...layer, verdict: verdicts.get(layer.layer) ?? 'fine' }) as const);
  return {
    model,
    verdict: all.includes('broken') ? 'broken' : all.length > 0 ? 'suspicious' : 'fine',
    headline: headlineOf(findings, results.length),
    rows,
    batchSize: circumstances.batchSize,
    layers,
    findings,
    notes: notesOf(layers, rows),
  };
}

/**
 * Attributes consequences to their cause. After a shift of the data, or small batches, in the first layers, other inputs of
 * later layers follow; so do channels that the data does not reach, if it is of another domain or passes frozen layers with
 * wrong statistics.
 */
function consequences(results: readonly LayerResult[]): readonly LayerResult[] {
  const kinds = new Set(results.map(({ fault }) => fault?.kind));
  const cause = results.find(
    ({ fault, isFirst }) => isFirst && (fault?.kind === 'domain-shift' || fault?.kind === 'small-batches'),
  )?.fault?.kind;
  const isForeign = kinds.has('domain-shift') || kinds.has('frozen-too-early');
  return results.map((result) => {
    const { fault, channels } = result;
    const isInferred = fault?.kind === 'small-batches' || fault?.isInferred === true;
    const follows =
      cause !== undefined && (fault?.kind === 'stale-statistics' || (cause === 'domain-shift' && isInferred));
    return {
      ...result,
      fault: follows ? { ...fault, kind: cause } : fault,
      channels: isForeign && channels !== null ? { ...NO_FAULTS, byGamma: channels.byGamma } : channels,
    };
  });
}

function diagnose(
  name: string,
  parts: Parts,
  measured: Measured | null,
  rows: number,
  { batchSize, isBatchKnown, updates, limits }: Circumstances,
): LayerResult {
  const { layer, epsilon, momentum, gamma } = parts;
  const batchNormalization = layer instanceof BatchNormalization ? layer : null;
  const channels = measured === null ? null : channelFaults(parts, measured, rows, limits);
  const moving = batchNormalization === null ? null : movingStatisticsOf(batchNormalization);
  const entries = Math.max(0, ...(measured?.input.count ?? []));
  const itsUpdates = batchNormalization === null || (momentum ?? 0) >= 1 ? null : updates;
  const warmUp = itsUpdates === null || momentum === null ? null : 1 - momentum ** itsUpdates;
  const size =
    batchNormalization === null || entries === 0
      ? null
      : effectiveBatchSize(batchNormalization, batchSize, entries / rows);
  const has = moving !== null && measured !== null && entries > 0;
  const except = new Set([...(channels?.byInput ?? []), ...(channels?.byGamma ?? [])]);
  const compared = has ? compare(moving, measured.input, except, epsilon ?? 0, rows) : null;
  const broken = brokenNumbers(parts, moving, measured);
  const isRenorm = batchNormalization?.renorm ?? false;
  const history = { updates: itsUpdates, warmUp, effectiveBatchSize: size ?? Infinity, isBatchKnown, isRenorm };
  const fault =
    compared === null || measured === null || broken.length > 0
      ? null
      : statisticsFault(parts, compared, measured, history, limits);
  const distances = has ? channelDistances(moving, measured.input, epsilon ?? 0, rows) : null;
  return {
    layer: {
      ...{ layer: name, className: layer.className, frozen: !layer.trainable },
      ...{ channels: measured?.input.mean.length ?? gamma?.values.length ?? 0, entries, epsilon, momentum },
      ...{ updates: itsUpdates, warmUp, effectiveBatchSize: size },
      placement: placementOf(measured),
      statistics: distances === null || compared === null ? null : summarize(distances, compared),
      belowEpsilon: channels?.belowEpsilon.length ?? 0,
      deadChannels: channels === null ? [] : deadOf(channels),
      saturatedChannels: channels?.saturated ?? [],
      perChannel: numbersOf(parts, measured, distances),
    },
    ...{ compared, channels, fault, broken, isFirst: measured?.isFirst ?? false },
  };
}

const deadOf = ({ byGamma, byInput, byActivity }: ChannelFaults): readonly number[] =>
  [...new Set([...byGamma, ...byInput, ...byActivity])].sort((a, b) => a - b);

function placementOf(measured: Measured | null): DiagnosedLayer['placement'] {
  const nextActivation = measured?.placement.nextActivation?.layer;
  return {
    previous: measured?.placement.previous?.name ?? null,
    followsActivation: measured?.placement.followsActivation ?? false,
    nextActivation: nextActivation === undefined ? null : nextActivation.name,
    uselessBias: measured?.uselessBias ?? null,
    noiseBefore: measured?.placement.noiseBefore ?? [],
  };
}

function brokenNumbers({ layer }: Parts, moving: Moments | null, measured: Measured | null): StatisticsFault[] {
  const isFinite = (values: ArrayLike<number>): boolean => Array.from(values).every(Number.isFinite);
  const weights = layer.ownWeights.filter(({ value }) => !isFinite(value.data)).map(({ name }) => name);
  if (weights.length > 0) return [{ kind: 'not-finite', detail: `in ${weights.join(', ')}` }];
  if (measured !== null && !(isFinite(measured.input.mean) && isFinite(measured.input.variance))) {
    return [{ kind: 'not-finite', detail: 'in the input' }];
  }
  const negative = where(moving?.variance ?? [], (value) => value < 0);
  return negative.length > 0 ? [{ kind: 'negative-variance', detail: `in ${negative.length} channels` }] : [];
}

/** The findings of one layer. */
const casesOf =
  (limits: Thresholds) =>
  ({ layer, compared, channels, fault, broken }: LayerResult): Case[] => {
    const name = layer.layer;
    const of = (kind: FaultKind, detail: string, list: readonly number[], effect: number | null): Case => ({
      ...{ kind, effect },
      concerned: { layer: name, channels: list, detail },
    });
    const found = broken.map(({ kind, detail }) => of(kind, detail, [], null));
    if (found.length > 0 || channels === null) return found;
    if (fault !== null) {
      // The cause of a small distance is named early, and its remedy still has some effect.
      const effect = Number.isFinite(compared?.distance) ? Math.min(3, compared?.distance ?? 0) : 3;
      found.push(of(fault.kind, fault.detail, [], effect));
    }
    const dead = deadOf(channels);
    if (dead.length > 0) found.push(of('dead-channels', reasons(channels), dead, dead.length / layer.channels));
    const { saturated, belowEpsilon } = channels;
    const count = (list: readonly number[]): string => `${list.length} of ${layer.channels} channels`;
    if (saturated.length > 0) {
      found.push(of('saturated-channels', count(saturated), saturated, saturated.length / layer.channels));
    }
    if (belowEpsilon.length > limits.belowEpsilon * layer.channels) {
      const detail = `ε = ${layer.epsilon === null ? '' : brief(layer.epsilon)} in ${count(belowEpsilon)}`;
      found.push(of('epsilon-dominates', detail, belowEpsilon, belowEpsilon.length / layer.channels / 4));
    }
    return found;
  };

function reasons({ byGamma, byInput, byActivity }: ChannelFaults): string {
  const parts = [
    ['γ is close to 0', byGamma],
    ['the input is constant', byInput],
    ['the activation is never active', byActivity],
  ] as const;
  return parts
    .filter(([, list]) => list.length > 0)
    .map(([reason, list]) => `${reason} in ${list.length === 1 ? `channel ${list[0]}` : `${list.length} channels`}`)
    .join(', ');
}

function summarize(distances: ChannelDistances, { channelsOff }: Compared): StatisticsDistance {
  return {
    distance: spreadOf(distances.distance),
    meanShift: spreadOf(distances.meanShift.map(Math.abs)),
    varianceRatio: spreadOf(distances.varianceRatio),
    divergence: spreadOf(distances.divergence),
    channelsOff,
  };
}

function spreadOf(values: Float64Array): Spread {
  return { median: finite(median(values)), maximum: finite(Math.max(...values)) };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

const finiteAll = (values: ArrayLike<number> | undefined): (number | null)[] => Array.from(values ?? [], finite);

function numbersOf({ gamma }: Parts, measured: Measured | null, distances: ChannelDistances | null): ChannelNumbers {
  return {
    meanShift: finiteAll(distances?.meanShift),
    varianceRatio: finiteAll(distances?.varianceRatio),
    divergence: finiteAll(distances?.divergence),
    gamma: finiteAll(gamma?.values),
    active: finiteAll(measured?.activity?.active.mean),
  };
}
