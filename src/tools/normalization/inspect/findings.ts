import type { Parts, Statistic } from './parts.ts';

/** What can be wrong with a normalization, or worth knowing of it. */
export type FindingKind =
  | ('not-finite' | 'negative-variance' | 'never-trained' | 'dead-channels' | 'epsilon-dominates')
  | ('variance-huge' | 'mean-far-off' | 'gamma-zero' | 'gamma-small' | 'gamma-negative')
  | ('momentum-one' | 'momentum-zero' | 'frozen');

/** `broken` gives wrong or no numbers, `suspicious` is probably not meant, a `note` is good to know. */
export type Severity = 'broken' | 'suspicious' | 'note';

/** Something that was found in a layer. */
export interface Finding {
  readonly kind: FindingKind;
  readonly severity: Severity;
  /** Which channels it is about, counted from 0; empty if it is about the layer as a whole. */
  readonly channels: readonly number[];
  /** What was found. */
  readonly message: string;
  /** What to do about it. */
  readonly advice: string;
}

/** A channel is dead where its variance is below this part of ε, or, without ε, below {@link NO_VARIANCE}. */
const DEAD = 1e-3;
const NO_VARIANCE = 1e-14;
/** Deviations of ten thousand come from inputs that nobody scaled, or from weights that ran away. */
const HUGE_VARIANCE = 1e8;
/** Where the mean is that many deviations away, float32 loses more than a third of its seven digits. */
const FAR_DEVIATIONS = 1e3;
/** γ starts at 1; what has come down to this adds next to nothing. */
const SMALL_GAMMA = 1e-3;

const RECALIBRATE =
  'an epoch of fit at a learning rate of 0 computes the statistics anew, and leaves the weights alone.';

/** Everything that is to be said of a layer; `nonFinite` are the names of its weights with NaN or infinities. */
export function findingsOf(parts: Parts, nonFinite: readonly string[]): readonly Finding[] {
  return [...brokenNumbers(parts, nonFinite), ...ofStatistics(parts), ...ofGamma(parts), ...ofSettings(parts)];
}

function brokenNumbers({ statistics }: Parts, nonFinite: readonly string[]): Finding[] {
  const findings: Finding[] = [];
  if (nonFinite.length > 0) {
    findings.push({
      kind: 'not-finite',
      severity: 'broken',
      channels: [],
      message: `There are NaN or infinities in ${nonFinite.join(', ')}.`,
      advice:
        'Training had diverged when this was saved: go back to an earlier file, then train with a smaller learning rate or clipped gradients; compile({ detectAnomaly: true }) names the operation that begins it.',
    });
  }
  const negative = statistics === null ? [] : where(statistics.variance, (value) => value < 0);
  if (negative.length > 0) {
    findings.push({
      kind: 'negative-variance',
      severity: 'broken',
      channels: negative,
      message: `The variance is negative in ${count(negative, statistics?.variance)}.`,
      advice: `No training gives that: the file is damaged, or a converter mixed up its arrays. With data, ${RECALIBRATE}`,
    });
  }
  return findings;
}

function ofStatistics(parts: Parts): Finding[] {
  const { statistics, epsilon, isAdapted } = parts;
  if (statistics === null) return [];
  const { mean, variance } = statistics;
  if (isInitial(mean) && isInitial(variance)) return [neverTrained(parts)];
  const findings: Finding[] = [];
  const floor = Math.max((epsilon ?? 0) * DEAD, NO_VARIANCE);
  const isDead = (value: number): boolean => value >= 0 && value <= floor;
  const dead = where(variance, isDead);
  if (dead.length > 0) {
    findings.push({
      kind: 'dead-channels',
      severity: 'suspicious',
      channels: dead,
      message: `The variance is next to nothing (at most ${brief(floor)}) in ${count(dead, variance)}.`,
      advice: isAdapted
        ? 'These features were constant in the data that the layer was adapted to, and anything else is multiplied by up to ten million: leave them out.'
        : `What comes in there was constant, as behind a relu that never fires; anything else is multiplied by up to γ / √ε. If the channels should live, look at the layer before; ${RECALIBRATE}`,
    });
  }
  const drowned = where(variance, (value) => !isDead(value) && value >= 0 && value < (epsilon ?? 0));
  if (drowned.length > 0) {
    findings.push({
      kind: 'epsilon-dominates',
      severity: 'suspicious',
      channels: drowned,
      message: `Epsilon, ${brief(epsilon ?? 0)}, is larger than the variance in ${count(drowned, variance)}.`,
      advice:
        'The deviation of what comes out is below 0.71 before γ, not 1. Choose a smaller epsilon before training, or scale up what comes in.',
    });
  }
  const huge = where(variance, (value) => value > HUGE_VARIANCE && value < Infinity);
  if (huge.length > 0) {
    findings.push({
      kind: 'variance-huge',
      severity: 'suspicious',
      channels: huge,
      message: `The variance is above ${brief(HUGE_VARIANCE)} in ${count(huge, variance)}.`,
      advice: isAdapted
        ? 'See whether the unit of these features is the one that is meant.'
        : 'Scale the inputs of the model (Rescaling, Normalization), or look for weights that ran away in the layer before.',
    });
  }
  const far = where(mean, (value, i) => {
    const spread = variance.values[i] ?? NaN;
    return (
      !isDead(spread) && Number.isFinite(value) && Math.abs(value) > FAR_DEVIATIONS * Math.sqrt(spread + (epsilon ?? 0))
    );
  });
  if (far.length > 0) {
    findings.push({
      kind: 'mean-far-off',
      severity: 'suspicious',
      channels: far,
      message: `The mean is more than ${FAR_DEVIATIONS} deviations from zero in ${count(far, mean)}.`,
      advice: 'In float32 the difference to the mean has few digits left: subtract a constant from the inputs first.',
    });
  }
  return findings;
}

function neverTrained({ isAdapted, gamma, beta, layer }: Parts): Finding {
  const finding = { kind: 'never-trained', severity: 'suspicious', channels: [] } as const;
  if (isAdapted) {
    const message = 'Mean and variance are 0 and 1, as before adapt: the layer changes nothing.';
    return { ...finding, message, advice: 'Call adapt(data) before training.' };
  }
  const isUntouched = [gamma, beta].every((each) => each === null || isInitial(each));
  if (isUntouched) {
    const message =
      'The moving statistics, like the other weights, have their initial values: the layer was never trained.';
    return {
      ...finding,
      message,
      advice: `Train the model, or load its weights. For a model trained elsewhere, ${RECALIBRATE}`,
    };
  }
  return {
    ...finding,
    message: 'The moving statistics have their initial values, although the other weights were trained.',
    advice: `${layer.trainable ? 'It was trained frozen, or by code that drops the updates, or a converter lost them' : 'It was trained frozen'}: in inference it normalizes by numbers that it never saw; ${RECALIBRATE}`,
  };
}

function ofGamma({ gamma }: Parts): Finding[] {
  if (gamma === null) return [];
  const zero = where(gamma, (value) => value === 0);
  const small = where(gamma, (value) => value !== 0 && Math.abs(value) < SMALL_GAMMA);
  const negative = where(gamma, (value) => value <= -SMALL_GAMMA);
  const findings: Finding[] = [];
  if (zero.length > 0) {
    const isAll = zero.length === gamma.values.length;
    findings.push({
      kind: 'gamma-zero',
      severity: isAll ? 'suspicious' : 'note',
      channels: zero,
      message: `γ is 0 in ${count(zero, gamma)}${isAll ? ': the output is β, whatever comes in' : ''}.`,
      advice: isAll
        ? 'That is how the last normalization of a residual branch may start; behind training it means that the branch learned nothing.'
        : 'These channels give β alone, and could be pruned.',
    });
  }
  if (small.length > 0) {
    findings.push({
      kind: 'gamma-small',
      severity: small.length === gamma.values.length ? 'suspicious' : 'note',
      channels: small,
      message: `|γ| is below ${SMALL_GAMMA} in ${count(small, gamma)}.`,
      advice:
        'These channels hardly tell anything on, and could be pruned; if there are many, a regularizer on γ is too strong.',
    });
  }
  if (negative.length > 0) {
    findings.push({
      kind: 'gamma-negative',
      severity: 'note',
      channels: negative,
      message: `γ is negative in ${count(negative, gamma)}.`,
      advice: 'Nothing to do: these channels are turned over.',
    });
  }
  return findings;
}

function ofSettings({ layer, momentum, statistics }: Parts): Finding[] {
  const findings: Finding[] = [];
  if (momentum === 1) {
    findings.push({
      kind: 'momentum-one',
      severity: 'suspicious',
      channels: [],
      message: 'momentum is 1: training never changes the moving statistics.',
      advice: 'Use a momentum below 1; Keras has 0.99.',
    });
  }
  if (momentum === 0) {
    findings.push({
      kind: 'momentum-zero',
      severity: 'note',
      channels: [],
      message: 'momentum is 0: the moving statistics are those of the last batch alone.',
      advice: `If that batch was small, they are inaccurate: ${RECALIBRATE}`,
    });
  }
  if (momentum !== null && statistics !== null && !layer.trainable) {
    findings.push({
      kind: 'frozen',
      severity: 'note',
      channels: [],
      message: 'The layer is frozen: it keeps its statistics, and uses them in training too.',
      advice: 'Nothing to do if that is meant; else set trainable = true.',
    });
  }
  return findings;
}

function isInitial({ values, initial }: Statistic): boolean {
  if (initial === null) return false;
  // As the weights store it.
  const stored = values instanceof Float32Array ? Math.fround(initial) : initial;
  return values.every((value) => value === stored);
}

/** The places of the values that satisfy a condition. */
function where({ values }: Statistic, condition: (value: number, index: number) => boolean): number[] {
  const found: number[] = [];
  for (const [i, value] of values.entries()) {
    if (condition(value, i)) found.push(i);
  }
  return found;
}

const MOST_NAMED = 5;

/** `2 of 64 channels (3, 17)` */
function count(channels: readonly number[], statistic: Statistic | undefined): string {
  const all = statistic?.values.length ?? channels.length;
  if (channels.length === all) return all === 1 ? 'the only channel' : `all ${all} channels`;
  const named = channels.slice(0, MOST_NAMED).join(', ');
  return `${channels.length} of ${all} channels (${named}${channels.length > MOST_NAMED ? ', …' : ''})`;
}

const brief = (value: number): string => String(Number(value.toPrecision(3)));
