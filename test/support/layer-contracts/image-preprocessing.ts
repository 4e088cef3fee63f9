import * as layers from '../../../src/keras/layers/index.ts';
import type { LayerContract } from '../layer-contract.ts';

const image = [2, 5, 6, 3];

const keepsShape = { inputShape: image, supportsMasking: true };

/** The operations without a gradient, because they count or replace pixels. */
const counts = { ...keepsShape, differentiable: false };

/** Cases of the layers that preprocess images. */
export const imagePreprocessingContracts: Readonly<Record<string, LayerContract>> = {
  AugMix: { make: (options) => new layers.AugMix({ ...options, seed: 1 }), ...keepsShape },
  AutoContrast: { make: (options) => new layers.AutoContrast({ ...options, valueRange: [-1, 1] }), ...keepsShape },
  CenterCrop: { make: (options) => new layers.CenterCrop(3, 4, options), inputShape: image },
  ContrastLimitedAdaptiveHistogramEqualization: {
    make: (options) => new layers.ContrastLimitedAdaptiveHistogramEqualization({ ...options, tileGridSize: [2, 3] }),
    ...counts,
  },
  CutMix: { make: (options) => new layers.CutMix({ ...options, seed: 1 }), ...keepsShape },
  Equalization: { make: (options) => new layers.Equalization(options), ...keepsShape },
  MaxNumBoundingBoxes: { make: (options) => new layers.MaxNumBoundingBoxes(3, options), ...keepsShape },
  MixUp: { make: (options) => new layers.MixUp({ ...options, seed: 1 }), ...keepsShape },
  RandAugment: { make: (options) => new layers.RandAugment({ ...options, numOps: 1, seed: 1 }), ...keepsShape },
  RandomBrightness: { make: (options) => new layers.RandomBrightness(0.2, options), ...keepsShape },
  RandomColorDegeneration: { make: (options) => new layers.RandomColorDegeneration(0.2, options), ...keepsShape },
  RandomColorJitter: {
    make: (options) => new layers.RandomColorJitter({ ...options, brightnessFactor: 0.1, hueFactor: [0.1, 0.2] }),
    ...keepsShape,
  },
  RandomContrast: { make: (options) => new layers.RandomContrast(0.2, options), ...keepsShape },
  RandomCrop: { make: (options) => new layers.RandomCrop(3, 4, options), inputShape: image },
  RandomElasticTransform: { make: (options) => new layers.RandomElasticTransform(options), ...keepsShape },
  RandomErasing: { make: (options) => new layers.RandomErasing({ ...options, fillValue: 0.5 }), ...keepsShape },
  RandomFlip: { make: (options) => new layers.RandomFlip('vertical', options), ...keepsShape },
  RandomGaussianBlur: { make: (options) => new layers.RandomGaussianBlur(options), ...keepsShape },
  RandomGrayscale: { make: (options) => new layers.RandomGrayscale(0.5, options), ...keepsShape },
  RandomHue: { make: (options) => new layers.RandomHue(0.2, options), ...keepsShape },
  RandomInvert: { make: (options) => new layers.RandomInvert(options), ...keepsShape },
  RandomPerspective: { make: (options) => new layers.RandomPerspective(options), ...keepsShape },
  RandomPosterization: { make: (options) => new layers.RandomPosterization(4, options), ...counts },
  RandomRotation: { make: (options) => new layers.RandomRotation(0.2, options), ...keepsShape },
  RandomSaturation: { make: (options) => new layers.RandomSaturation(0.4, options), ...keepsShape },
  RandomSharpness: { make: (options) => new layers.RandomSharpness(0.4, options), ...keepsShape },
  RandomShear: { make: (options) => new layers.RandomShear(0.2, 0.3, options), ...keepsShape },
  RandomTranslation: { make: (options) => new layers.RandomTranslation(0.2, [0.1, 0.3], options), ...keepsShape },
  RandomZoom: { make: (options) => new layers.RandomZoom(0.2, { ...options, widthFactor: 0.1 }), ...keepsShape },
  Resizing: { make: (options) => new layers.Resizing(3, 4, options), inputShape: image },
  'Resizing with the channels in front': {
    make: (options) => new layers.Resizing(7, 2, { ...options, dataFormat: 'channels_first', padToAspectRatio: true }),
    inputShape: [2, 3, 5, 6],
  },
  Solarization: { make: (options) => new layers.Solarization(0.1, 0.5, options), ...keepsShape },
};
