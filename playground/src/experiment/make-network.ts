import { type KerasTensor, type Layer, Sequential, setRandomSeed } from 'evenkeel';
import * as layers from 'evenkeel/layers';
import { Adam, type Optimizer, SGD } from 'evenkeel/optimizers';
import { type LayerOptions, type NormalizationClass, normalizationOf } from './normalizations.ts';
import { type OptimizerName, SEED, type Settings } from './settings.ts';

/** A compiled network, and the place whose values the page shows. */
export interface Network {
  readonly model: Sequential;
  /** The normalization; in the plain network, the layer that it would follow or wrap. */
  readonly shown: Layer;
  /** The values before the layer. */
  readonly input: KerasTensor;
}

const makeNormalization: Readonly<
  Record<NormalizationClass, (options: LayerOptions, convolution: layers.Conv2D) => Layer>
> = {
  BatchNormalization: (options) => new layers.BatchNormalization(options),
  GroupNormalization: (options) => new layers.GroupNormalization(options),
  InstanceNormalization: (options) => new layers.InstanceNormalization(options),
  LayerNormalization: (options) => new layers.LayerNormalization(options),
  RMSNormalization: (options) => new layers.RMSNormalization(options),
  SpectralNormalization: (_, convolution) => new layers.SpectralNormalization(convolution),
  SyncBatchNormalization: (options) => new layers.SyncBatchNormalization(options),
  UnitNormalization: (options) => new layers.UnitNormalization(options),
  WeightNormalization: (_, convolution) => new layers.WeightNormalization(convolution),
};

const makeOptimizer: Readonly<Record<OptimizerName, (learningRate: number) => Optimizer>> = {
  Adam: (learningRate) => new Adam({ learningRate }),
  SGD: (learningRate) => new SGD({ learningRate }),
};

/** Makes the article's network, with the chosen normalization or without. Both have the same initial weights. */
export function makeNetwork(settings: Settings, normalized: boolean): Network {
  setRandomSeed(SEED);
  const first = new layers.Conv2D(32, [3, 3], { activation: 'relu' });
  const convolution = new layers.Conv2D(32, [3, 3], { activation: 'relu' });
  const { className, wraps, options } = normalizationOf(settings);
  const shown = normalized ? makeNormalization[className](options(settings), convolution) : convolution;
  const model = new Sequential([
    layers.Input({ shape: [28, 28, 1] }),
    first,
    ...(normalized && !wraps ? [convolution] : []),
    shown,
    new layers.MaxPooling2D(),
    new layers.Flatten(),
    new layers.Dense(10, { activation: 'softmax' }),
  ]);
  model.compile({
    optimizer: makeOptimizer[settings.optimizer](settings.learningRate),
    loss: 'sparse_categorical_crossentropy',
    metrics: ['accuracy'],
  });
  return { model, shown, input: shown.input };
}
