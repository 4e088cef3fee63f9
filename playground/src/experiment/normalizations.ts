import type { Settings } from './settings.ts';

/** The options of a layer, in camelCase. */
export type LayerOptions = Readonly<Record<string, number | boolean>>;

/** The classes in `evenkeel/layers`. */
export type NormalizationClass =
  | ('BatchNormalization' | 'SyncBatchNormalization')
  | ('GroupNormalization' | 'InstanceNormalization' | 'LayerNormalization')
  | ('RMSNormalization' | 'UnitNormalization')
  | ('SpectralNormalization' | 'WeightNormalization');

/** A normalization that the visitor can choose, as data from which the layer, its code and its text are made. */
export interface Normalization {
  /** The name in the list. */
  readonly label: string;
  /** One sentence for people who do not know the layer. */
  readonly explanation: string;
  readonly className: NormalizationClass;
  /** Whether it wraps the convolution, whose weights it normalizes, instead of following it. */
  readonly wraps: boolean;
  readonly options: (settings: Settings) => LayerOptions;
  /** The layer in Keras for Python; null if Keras 3 has none. */
  readonly keras: { readonly className: string; readonly options: LayerOptions } | null;
}

const none = (): LayerOptions => ({});
const withMomentum = ({ momentum }: Settings): LayerOptions => ({ momentum });

/** The number of digits that ghost batch normalization treats as one batch. */
const GHOST_BATCH = 16;

export type NormalizationName =
  ('batch' | 'renorm' | 'ghost' | 'sync') | ('layer' | 'group' | 'instance' | 'rms' | 'unit') | ('spectral' | 'weight');

/** The normalization family, in the order of the list. */
export const normalizations: Readonly<Record<NormalizationName, Normalization>> = {
  batch: {
    label: 'Batch normalization',
    explanation:
      'Gives each channel mean 0 and standard deviation 1 over the digits of the batch. In use, it replaces the statistics of the batch by moving averages.',
    className: 'BatchNormalization',
    wraps: false,
    options: withMomentum,
    keras: { className: 'BatchNormalization', options: {} },
  },
  renorm: {
    label: 'Batch renormalization',
    explanation:
      'Batch normalization, corrected towards the moving averages, so that training sees nearly what use will see.',
    className: 'BatchNormalization',
    wraps: false,
    options: ({ momentum }) => ({ momentum, renorm: true, renormMomentum: momentum }),
    keras: null,
  },
  ghost: {
    label: 'Ghost batch normalization',
    explanation: `Batch normalization over groups of at most ${GHOST_BATCH} digits of the batch, as if each group were a batch.`,
    className: 'BatchNormalization',
    wraps: false,
    options: ({ momentum, batchSize }) => ({ momentum, virtualBatchSize: Math.min(GHOST_BATCH, batchSize) }),
    keras: null,
  },
  sync: {
    label: 'Synchronized batch normalization',
    explanation:
      'Batch normalization that pools its statistics over all processes of a training. On this page there is one: the result is that of batch normalization.',
    className: 'SyncBatchNormalization',
    wraps: false,
    options: withMomentum,
    keras: { className: 'BatchNormalization', options: { synchronized: true } },
  },
  layer: {
    label: 'Layer normalization',
    explanation: 'Gives the channels at each position of each digit mean 0 and standard deviation 1, without a batch.',
    className: 'LayerNormalization',
    wraps: false,
    options: none,
    keras: { className: 'LayerNormalization', options: {} },
  },
  group: {
    label: 'Group normalization',
    explanation: 'Normalizes each digit alone, over groups of 8 channels and all positions.',
    className: 'GroupNormalization',
    wraps: false,
    options: () => ({ groups: 4 }),
    keras: { className: 'GroupNormalization', options: {} },
  },
  instance: {
    label: 'Instance normalization',
    explanation: 'Normalizes each channel of each digit alone, over all positions.',
    className: 'InstanceNormalization',
    wraps: false,
    options: none,
    keras: { className: 'GroupNormalization', options: { groups: -1 } },
  },
  rms: {
    label: 'RMS normalization',
    explanation: 'Divides the channels at each position by their root mean square, and leaves the mean alone.',
    className: 'RMSNormalization',
    wraps: false,
    options: none,
    keras: { className: 'RMSNormalization', options: {} },
  },
  unit: {
    label: 'Unit normalization',
    explanation: 'Scales the channels at each position to a vector of length 1. It has nothing to learn.',
    className: 'UnitNormalization',
    wraps: false,
    options: none,
    keras: { className: 'UnitNormalization', options: {} },
  },
  spectral: {
    label: 'Spectral normalization',
    explanation: 'Normalizes weights, not values: divides the kernel of the convolution by its largest singular value.',
    className: 'SpectralNormalization',
    wraps: true,
    options: none,
    keras: { className: 'SpectralNormalization', options: {} },
  },
  weight: {
    label: 'Weight normalization',
    explanation: 'Normalizes weights, not values: learns the length and the direction of each kernel separately.',
    className: 'WeightNormalization',
    wraps: true,
    options: none,
    keras: null,
  },
};

/** The chosen normalization. */
export function normalizationOf({ normalization }: Pick<Settings, 'normalization'>): Normalization {
  return normalizations[normalization];
}

/** Whether the momentum of the moving statistics has an effect. */
export function usesMomentum(settings: Settings): boolean {
  return 'momentum' in normalizationOf(settings).options(settings);
}
