import type { Severity } from '../inspect/findings.ts';
import type { NormalizationVerdict } from '../inspect/inspect-normalization.ts';

/** The faults that {@link diagnoseNormalization} names. */
export type FaultKind =
  | ('not-finite' | 'negative-variance')
  | ('not-warmed-up' | 'shuffled-statistics' | 'frozen-too-early')
  | ('small-batches' | 'domain-shift' | 'stale-statistics')
  | ('dead-channels' | 'saturated-channels' | 'epsilon-dominates');

/** Facts that need no action, but explain something. */
export type NoteKind = 'frozen' | 'useless-bias' | 'noise-before' | 'no-data' | 'little-data';

/** A layer that a finding concerns. */
export interface ConcernedLayer {
  /** The layer's name; `outer/inner` for a layer of a nested model. */
  readonly layer: string;
  /** The indices of the channels concerned; empty if it is the whole layer. */
  readonly channels: readonly number[];
  /** The measurement that led to the finding. */
  readonly detail: string;
}

/** A finding, once for all layers that have it. */
export interface Diagnosis<Kind = FaultKind> {
  readonly kind: Kind;
  readonly severity: Severity;
  readonly layers: readonly ConcernedLayer[];
  /** The finding in one sentence. */
  readonly message: string;
  /** The recommended remedy. */
  readonly advice: string;
  /**
   * The expected effect of the remedy, by which findings are ordered: the mean over the model's normalization layers of the
   * distance, in standard deviations and at most 3, or of the share of the channels concerned; null for wrong numbers, which
   * come first.
   */
  readonly effect: number | null;
}

/** The median and the extreme over the channels of a layer. A number that is not finite is null. */
export interface Spread {
  readonly median: number | null;
  readonly maximum: number | null;
}

/** The distance of the statistics of the data from the moving statistics of a layer. */
export interface StatisticsDistance {
  /** √(2 D), in standard deviations, for the divergence D in nats; corrected for the number of rows. */
  readonly distance: Spread;
  /** |μ' − μ| / √(σ² + ε), in standard deviations. */
  readonly meanShift: Spread;
  /** (σ'² + ε) / (σ² + ε). */
  readonly varianceRatio: Spread;
  /** The Kullback–Leibler divergence of N(μ', σ'² + ε) from N(μ, σ² + ε), in nats. */
  readonly divergence: Spread;
  /** The share of channels that are more than 1 standard deviation off. */
  readonly channelsOff: number;
}

/** The surroundings of a normalization layer. */
export interface NormalizationPlacement {
  /** The name of the layer that computes the input; null for an input of the model. */
  readonly previous: string | null;
  /** Whether the input is the output of an activation. */
  readonly followsActivation: boolean;
  /** The name of the activation layer that follows; null if there is none directly after. */
  readonly nextActivation: string | null;
  /** The name of the preceding layer whose bias has no effect, because the mean is subtracted; null for none. */
  readonly uselessBias: string | null;
  /** The names of layers before it that add noise in training only, such as dropout. */
  readonly noiseBefore: readonly string[];
}

/** Numbers for each channel; empty where they do not exist. A number that is not finite is null. */
export interface ChannelNumbers {
  readonly meanShift: readonly (number | null)[];
  readonly varianceRatio: readonly (number | null)[];
  readonly divergence: readonly (number | null)[];
  readonly gamma: readonly (number | null)[];
  /** The share of entries for which the next activation has a slope. */
  readonly active: readonly (number | null)[];
}

/** The measurements of one normalization layer. */
export interface DiagnosedLayer {
  /** The layer's name; `outer/inner` for a layer of a nested model. */
  readonly layer: string;
  readonly className: string;
  /** Whether the layer is frozen. */
  readonly frozen: boolean;
  /** The number of channels. */
  readonly channels: number;
  /** The number of entries of a channel in the data; 0 for a layer that the model does not call. */
  readonly entries: number;
  /** ε, added to the variance; null for layers without it. */
  readonly epsilon: number | null;
  /** The decay rate of the moving statistics; null for layers without them. */
  readonly momentum: number | null;
  /** The number of updates of the moving statistics; null if it is unknown. */
  readonly updates: number | null;
  /** 1 − momentum^updates, the share of the moving statistics that comes from data; null if it is unknown. */
  readonly warmUp: number | null;
  /** The number of entries behind each statistic of a batch; null for layers whose statistics are not of a batch. */
  readonly effectiveBatchSize: number | null;
  readonly placement: NormalizationPlacement;
  /** The distance of the data from the moving statistics; null for layers without them. */
  readonly statistics: StatisticsDistance | null;
  /** The number of channels whose variance on the data is below ε. */
  readonly belowEpsilon: number;
  /** The channels that pass nothing on: by γ, by a constant input, or by an activation that is never active. */
  readonly deadChannels: readonly number[];
  /** The channels in which the next activation rarely has a slope. */
  readonly saturatedChannels: readonly number[];
  readonly perChannel: ChannelNumbers;
  readonly verdict: NormalizationVerdict;
}

/** The data of a diagnosis. */
export interface DiagnosisData {
  /** The name of the model. */
  readonly model: string;
  readonly verdict: NormalizationVerdict;
  /** The remedy with the largest expected effect, or that there is nothing to do. */
  readonly headline: string;
  /** The number of rows of data. */
  readonly rows: number;
  /** The batch size for which `effectiveBatchSize` is computed. */
  readonly batchSize: number;
  /** The normalization layers, in the order of the model. */
  readonly layers: readonly DiagnosedLayer[];
  /** The faults, in the order of the expected effect of their remedies; empty for a healthy model. */
  readonly findings: readonly Diagnosis[];
  /** Facts that need no action. */
  readonly notes: readonly Diagnosis<NoteKind>[];
}
