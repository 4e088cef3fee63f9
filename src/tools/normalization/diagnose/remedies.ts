import type { Severity } from '../inspect/findings.ts';
import type { FaultKind, NoteKind } from './report.ts';

/** The sentence for a kind of finding. */
export interface Remedy {
  readonly severity: Severity;
  /** The remedy in a few words, for the headline. */
  readonly action: string;
  /** The end of the headline's sentence for so many layers: `14 of 52 layers …`. */
  readonly state: (count: number) => string;
  readonly message: string;
  readonly advice: string;
}

const are =
  (rest: string) =>
  (count: number): string =>
    `${count === 1 ? 'is' : 'are'} ${rest}`;
const have =
  (rest: string) =>
  (count: number): string =>
    `${count === 1 ? 'has' : 'have'} ${rest}`;

/** The findings, with the remedies that other tools of this module offer. */
export const REMEDIES: Readonly<Record<FaultKind, Remedy>> = {
  'not-finite': {
    severity: 'broken',
    action: 'return to an earlier state',
    state: have('NaN or infinities'),
    message: 'There are NaN or infinities in the weights or the input.',
    advice:
      'Check the data for NaN. If it has none, training had diverged: return to an earlier file, and train with a smaller learning rate or gradient clipping; compile({ detectAnomaly: true }) names the operation where it starts.',
  },
  'negative-variance': {
    severity: 'broken',
    action: 'recalibrate',
    state: have('negative variances'),
    message: 'The moving variance is negative in some channels.',
    advice:
      'Training cannot cause this: the file is damaged, or a converter confused its arrays. recalibrateBatchNormalization(model, trainingData) recomputes the statistics.',
  },
  'not-warmed-up': {
    severity: 'suspicious',
    action: 'recalibrate',
    state: are('not warmed up'),
    message:
      'The moving statistics still contain much of their initial values: there were too few updates for the momentum.',
    advice:
      'recalibrateBatchNormalization(model, trainingData) computes them from data. For the next training choose a lower momentum, such that 1 − momentum^updates is above 0.99, or train longer.',
  },
  'shuffled-statistics': {
    severity: 'suspicious',
    action: 'recalibrate',
    state: have('statistics in another order than the channels'),
    message: 'The moving statistics have the right values in the wrong order: they belong to other channels.',
    advice:
      'recalibrateBatchNormalization(model, trainingData) recomputes them. Check the code that converted or pruned the weights: γ and β may be in the wrong order, too.',
  },
  'frozen-too-early': {
    severity: 'suspicious',
    action: 'recalibrate, then freeze later',
    state: have('statistics from before the layers below were trained'),
    message: 'The layer is frozen, and its moving statistics do not fit the layers below, which continued to train.',
    advice:
      'recalibrateBatchNormalization(model, trainingData) recomputes the statistics of frozen layers too; train on after it. Next time freeze when the statistics have settled, or call unfreezeBatchNormalization(model). If this model was trained completely before it was frozen, this is data of another domain: use adaptBatchNormalization(model, data).',
  },
  'small-batches': {
    severity: 'suspicious',
    action: 'recalibrate with large batches',
    state: have('the statistics of very small batches'),
    message: 'The moving statistics come from very small batches, which underestimate the variance by (n − 1) / n.',
    advice:
      "recalibrateBatchNormalization(model, trainingData) pools the statistics of the whole data. For the next training use larger batches, replaceNormalization(model, 'GroupNormalization'), or renorm.",
  },
  'domain-shift': {
    severity: 'suspicious',
    action: 'adapt to this data',
    state: have('inputs unlike those of training'),
    message: 'The data differs from that of training: the first layers already see other means and variances.',
    advice:
      'First check the preprocessing (scale, order of channels, mean). If the data is a new domain, call adaptBatchNormalization(model, data), or withTestTimeStatistics. If it is the data of training, the statistics are wrong: call recalibrateBatchNormalization(model, data).',
  },
  'stale-statistics': {
    severity: 'suspicious',
    action: 'recalibrate',
    state: have('statistics that do not fit the weights'),
    message:
      'The moving statistics do not fit the data, although those of earlier layers do: the weights have changed since.',
    advice:
      'recalibrateBatchNormalization(model, trainingData) recomputes them. Reasons are weights from another file, a learning rate that is high for the momentum, and averaged weights (swapped in after training).',
  },
  'dead-channels': {
    severity: 'suspicious',
    action: 'revive or prune channels',
    state: have('channels that pass nothing on'),
    message:
      'Some channels pass nothing on: their γ is 0, their input is constant, or the next activation is never active.',
    advice:
      'They can be pruned without an effect. To revive them, reinitialize γ, β and the weights of the layer below for these channels, and train with a smaller learning rate, less regularization of γ, or an activation with a slope everywhere, such as leakyRelu.',
  },
  'saturated-channels': {
    severity: 'suspicious',
    action: 'reduce saturation',
    state: have('saturated channels'),
    message: 'The activation after the layer is saturated in some channels: almost no gradient passes.',
    advice: 'γ or β is too large there: train with a smaller learning rate, or a regularizer on γ and β.',
  },
  'epsilon-dominates': {
    severity: 'suspicious',
    action: 'reduce epsilon',
    state: have('an epsilon above the variance'),
    message:
      'Epsilon is larger than the variance in many channels: the output has a standard deviation below 0.71 before γ.',
    advice: 'Choose a smaller epsilon before training, or scale up the input of the layer.',
  },
};

/** Notes: message and explanation. */
export const NOTES: Readonly<Record<NoteKind, { readonly message: string; readonly advice: string }>> = {
  frozen: {
    message: 'The layer is frozen: training uses its moving statistics, and does not change them.',
    advice: 'No action needed if this is intended; otherwise call unfreezeBatchNormalization(model).',
  },
  'useless-bias': {
    message: 'The bias of the layer before has no effect, because the mean is subtracted.',
    advice: 'Save its parameters with useBias: false.',
  },
  'noise-before': {
    message: 'Dropout or noise directly before the layer changes the variance in training only.',
    advice: 'Move it after the normalization, if training and inference differ in accuracy (Li et al. 2018).',
  },
  'no-data': {
    message: 'The model does not call the layer for this data, or its input was masked entirely.',
    advice: 'Nothing was measured for it.',
  },
  'little-data': {
    message: 'The data has few rows: only large differences can be seen.',
    advice: 'Pass at least 64 rows.',
  },
};
