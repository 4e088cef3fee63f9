import type { Settings } from './settings.ts';

/** Settings worth trying, and what to look at. */
export interface Experiment {
  readonly label: string;
  readonly lookFor: string;
  readonly settings: Partial<Settings>;
}

/** The texts about the first 150 steps rest on one run each; each is about the settings beside it. */
export const experiments: readonly Experiment[] = [
  {
    label: 'Small, plain steps',
    lookFor: 'With normalization, the loss falls within 50 steps. Without it, it hardly moves for the first 50.',
    settings: { optimizer: 'SGD', learningRate: 0.01 },
  },
  {
    label: 'Large steps',
    lookFor:
      'Without normalization, the network does not get beyond guessing, a loss of 2.3. With it, it recovers and learns.',
    settings: { learningRate: 0.03 },
  },
  {
    label: 'Steps that are too large',
    lookFor: 'Normalization does not help against everything: with it, this learning rate diverges at once.',
    settings: { optimizer: 'SGD', learningRate: 0.3 },
  },
  {
    label: 'Four digits at a time',
    lookFor:
      'The statistics of so small a batch are noisy. Layer or group normalization, which need no batch, are not.',
    settings: { batchSize: 4 },
  },
];
