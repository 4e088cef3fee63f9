import type { Parts, Statistic } from './parts.ts';

/** The kinds of findings in a normalization layer. */
export type FindingKind =
  | ('not-finite' | 'negative-variance' | 'never-trained' | 'dead-channels' | 'epsilon-dominates')
  | ('variance-huge' | 'mean-far-off' | 'gamma-zero' | 'gamma-small' | 'gamma-negative')
  | ('momentum-one' | 'momentum-zero' | 'frozen');

/** The severity of a finding: `broken` outputs are wrong or not finite, `suspicious` ones are probably unintended. */
export type Severity = 'broken' | 'suspicious' | 'note';

/** A finding in a layer. */
export interface Finding {
  readonly kind: FindingKind;
  readonly severity: Severity;
  /** The indices of the channels concerned; empty if the finding concerns the whole layer. */
  readonly channels: readonly number[];
  /** The description of the finding. */
  readonly message: string;
  /** The recommended remedy. */
  readonly advice: string;
}

/** A channel is dead if its variance is below this fraction of ε or, without ε, below {@link NO_VARIANCE}. */
const DEAD = 1e-3;
const NO_VARIANCE = 1e-14;
/** Standard deviations above 10,000 come from unscaled inputs or diverged weights. */
const HUGE_VARIANCE = 1e8;
/** If the mean is this many standard deviations from 0, float32 loses three of its seven digits. */
const FAR_DEVIATIONS = 1e3;
/** γ starts at 1; a channel with a smaller |γ| than this contributes almost nothing. */
const SMALL_GAMMA = 1e-3;

/**
 * The share of channels above which few variances are no accident of some channels. Real trained networks have up to two
 * fifths of channels without variance in a layer, which do no harm.
 */
const MANY = 0.5;

const RECALIBRATE =
  'recalibrateBatchNormalization(model, data) recomputes the statistics without changing the weights.';

/** Returns the findings in a layer; `nonFinite` lists its weights that contain NaN or infinities. */
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
        'Training had diverged when the model was saved: return to an earlier file, and train with a smaller learning rate or gradient clipping; compile({ detectAnomaly: true }) names the operation where it starts.',
    });
  }
  const negative = statistics === null ? [] : where(statistics.variance, (value) => value < 0);
  if (negative.length > 0) {
    findings.push({
      kind: 'negative-variance',
      severity: 'broken',
      channels: negative,
      message: `The variance is negative in ${count(negative, statistics?.variance)}.`,
      advice: `Training cannot cause this: the file is damaged, or a converter confused its arrays. With data, ${RECALIBRATE}`,
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
      // Without ε, any other input is multiplied by an immense number.
      severity: isAdapted || (epsilon ?? 0) === 0 ? 'suspicious' : severityOf(dead, variance),
      channels: dead,
      message: `The variance is close to 0 (at most ${brief(floor)}) in ${count(dead, variance)}.`,
      advice: isAdapted
        ? 'These features were constant in the data passed to adapt, so that any other value is multiplied by up to ten million: remove them.'
        : `The input was constant there, as after a relu that is never active; any other value is multiplied by up to γ / √ε. If the channels should be active, examine the preceding layer; ${RECALIBRATE}`,
    });
  }
  const drowned = where(variance, (value) => !isDead(value) && value >= 0 && value < (epsilon ?? 0));
  if (drowned.length > 0) {
    findings.push({
      kind: 'epsilon-dominates',
      severity: severityOf(drowned, variance),
      channels: drowned,
      message: `Epsilon, ${brief(epsilon ?? 0)}, is larger than the variance in ${count(drowned, variance)}.`,
      advice:
        'Before γ, the standard deviation of the output is below 0.71 instead of 1. Choose a smaller epsilon before training, or scale up the input.',
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
        ? 'Check the unit of these features.'
        : 'Scale the inputs of the model (Rescaling, Normalization), or look for diverged weights in the preceding layer.',
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
      message: `The mean is more than ${FAR_DEVIATIONS} standard deviations from 0 in ${count(far, mean)}.`,
      advice:
        'In float32, the difference from the mean has few significant digits: subtract a constant from the inputs first.',
    });
  }
  return findings;
}

function severityOf(channels: readonly number[], { values }: Statistic): Severity {
  return channels.length > MANY * values.length ? 'suspicious' : 'note';
}

function neverTrained({ isAdapted, gamma, beta, layer }: Parts): Finding {
  const finding = { kind: 'never-trained', severity: 'suspicious', channels: [] } as const;
  if (isAdapted) {
    const message = 'Mean and variance are 0 and 1, as before adapt: the layer has no effect.';
    return { ...finding, message, advice: 'Call adapt(data) before training.' };
  }
  const isUntouched = [gamma, beta].every((each) => each === null || isInitial(each));
  if (isUntouched) {
    const message =
      'The moving statistics and the other weights have their initial values: the layer was never trained.';
    return {
      ...finding,
      message,
      advice: `Train the model, or load its weights. For a model trained elsewhere, ${RECALIBRATE}`,
    };
  }
  return {
    ...finding,
    message: 'The moving statistics have their initial values, although the other weights were trained.',
    advice: `${layer.trainable ? 'It was trained while frozen, or by code that discards the updates, or a converter lost them' : 'It was trained while frozen'}: in inference it normalizes by statistics unrelated to the data; ${RECALIBRATE}`,
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
      message: `γ is 0 in ${count(zero, gamma)}${isAll ? ': the output is β for any input' : ''}.`,
      advice: isAll
        ? 'The last normalization of a residual branch may be initialized like this; after training it means that the branch has learned nothing.'
        : 'These channels output β only, and can be pruned.',
    });
  }
  if (small.length > 0) {
    findings.push({
      kind: 'gamma-small',
      severity: small.length === gamma.values.length ? 'suspicious' : 'note',
      channels: small,
      message: `|γ| is below ${SMALL_GAMMA} in ${count(small, gamma)}.`,
      advice:
        'These channels contribute almost nothing, and can be pruned; if there are many, a regularizer on γ is too strong.',
    });
  }
  if (negative.length > 0) {
    findings.push({
      kind: 'gamma-negative',
      severity: 'note',
      channels: negative,
      message: `γ is negative in ${count(negative, gamma)}.`,
      advice: 'No action needed: these channels are negated.',
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
      advice: "Use a momentum below 1; Keras's default is 0.99.",
    });
  }
  if (momentum === 0) {
    findings.push({
      kind: 'momentum-zero',
      severity: 'note',
      channels: [],
      message: 'momentum is 0: the moving statistics are those of the last batch only.',
      advice: `If that batch was small, they are inaccurate: ${RECALIBRATE}`,
    });
  }
  if (momentum !== null && statistics !== null && !layer.trainable) {
    findings.push({
      kind: 'frozen',
      severity: 'note',
      channels: [],
      message: 'The layer is frozen: its statistics do not change, and are used in training too.',
      advice: 'No action needed if this is intended; otherwise set trainable = true.',
    });
  }
  return findings;
}

function isInitial({ values, initial }: Statistic): boolean {
  if (initial === null) return false;
  // The initial value, rounded like the weights.
  const stored = values instanceof Float32Array ? Math.fround(initial) : initial;
  return values.every((value) => value === stored);
}

/** Returns the indices of the values that satisfy a condition. */
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
