import * as layers from '../../../src/keras/layers/index.ts';
import type { LayerContract } from '../layer-contract.ts';

const image = [2, 5, 6, 3];
/** Cases of layers, by what they are. */
export const coreContracts: Readonly<Record<string, LayerContract>> = {
  Dense: {
    make: (options) => new layers.Dense(4, options),
    inputShape: [2, 3],
    trainableWeights: 2,
    supportsMasking: true,
  },
  'Dense without a bias, with all that a kernel can have': {
    make: (options) =>
      new layers.Dense(4, {
        ...options,
        useBias: false,
        activation: 'tanh',
        kernelInitializer: 'he_normal',
        kernelRegularizer: 'l2',
        kernelConstraint: 'non_neg',
        activityRegularizer: 'l1',
      }),
    inputShape: [2, 3, 5],
    trainableWeights: 1,
    supportsMasking: true,
  },
  Conv2D: { make: (options) => new layers.Conv2D(4, [3, 2], options), inputShape: image, trainableWeights: 2 },
  'Conv2D with the channels in front, in groups': {
    make: (options) =>
      new layers.Conv2D(4, 2, {
        ...options,
        groups: 2,
        dataFormat: 'channels_first',
        activation: 'relu',
        padding: 'same',
      }),
    inputShape: [2, 4, 5, 6],
    trainableWeights: 2,
  },
  BatchNormalization: {
    make: (options) => new layers.BatchNormalization(options),
    inputShape: image,
    trainableWeights: 2,
    nonTrainableWeights: 2,
    supportsMasking: true,
  },
  MaxPooling2D: { make: (options) => new layers.MaxPooling2D(options), inputShape: image },
  AveragePooling2D: { make: (options) => new layers.AveragePooling2D([2, 3], options), inputShape: image },
  GlobalAveragePooling2D: { make: (options) => new layers.GlobalAveragePooling2D(options), inputShape: image },
  GlobalMaxPooling2D: {
    make: (options) => new layers.GlobalMaxPooling2D({ ...options, keepdims: true }),
    inputShape: image,
  },
  Flatten: { make: (options) => new layers.Flatten(options), inputShape: image },
  Reshape: { make: (options) => new layers.Reshape([3, -1], options), inputShape: image },
  Activation: { make: (options) => new layers.Activation('elu', options), inputShape: [2, 3], supportsMasking: true },
  ReLU: {
    make: (options) => new layers.ReLU({ ...options, maxValue: 0.5 }),
    inputShape: [2, 3],
    supportsMasking: true,
  },
  Softmax: {
    make: (options) => new layers.Softmax({ ...options, axis: [1, 2] }),
    inputShape: [2, 3, 4],
    maskShape: [2, 3, 4],
    supportsMasking: true,
  },
  Dropout: {
    make: (options) => new layers.Dropout(0.5, { ...options, seed: 3 }),
    inputShape: [2, 3],
    supportsMasking: true,
  },
  Masking: {
    make: (options) => new layers.Masking({ ...options, maskValue: 1 }),
    inputShape: [2, 3, 4],
    supportsMasking: true,
  },
};
