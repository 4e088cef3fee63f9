import { LayerScale } from '../../../src/keras/layers/applications/layer-scale.ts';
import { StochasticDepth } from '../../../src/keras/layers/applications/stochastic-depth.ts';
import { TFDConcat } from '../../../src/keras/layers/feature-space/tfd-concat.ts';
import { TFDIdentity } from '../../../src/keras/layers/feature-space/tfd-identity.ts';
import * as layers from '../../../src/keras/layers/index.ts';
import type { LayerContract } from '../layer-contract.ts';

const [sequence, image, volume] = [
  [2, 7, 3],
  [2, 5, 6, 3],
  [1, 4, 4, 4, 2],
];

/** Cases of layers, by what they are. */
export const familiesContracts: Readonly<Record<string, LayerContract>> = {
  LayerScale: { make: (options) => new LayerScale(0.5, 3, options), inputShape: image, trainableWeights: 1 },
  StochasticDepth: { make: (options) => new StochasticDepth(0.5, options), inputShape: image, supportsMasking: true },
  TFDConcat: { make: (options) => new TFDConcat(-1, options), inputShape: sequence },
  TFDIdentity: { make: (options) => new TFDIdentity(options), inputShape: sequence, supportsMasking: true },
  Permute: { make: (options) => new layers.Permute([2, 1], options), inputShape: sequence },
  RepeatVector: { make: (options) => new layers.RepeatVector(3, options), inputShape: [2, 3] },
  Rescaling: {
    make: (options) => new layers.Rescaling([1, 2, 3], { ...options, offset: 0.5 }),
    inputShape: sequence,
    supportsMasking: true,
  },
  Identity: { make: (options) => new layers.Identity(options), inputShape: sequence, supportsMasking: true },
  Embedding: {
    make: (options) => new layers.Embedding(5, 3, { ...options, embeddingsConstraint: 'unit_norm' }),
    inputShape: [2, 4],
    trainableWeights: 1,
    differentiable: false,
  },
  'Embedding that masks': {
    make: (options) => new layers.Embedding(5, 3, { ...options, maskZero: true }),
    inputShape: [2, 4],
    maskShape: [2, 4],
    trainableWeights: 1,
    differentiable: false,
    supportsMasking: true,
  },
  AdaptiveAveragePooling1D: {
    make: (options) => new layers.AdaptiveAveragePooling1D(2, options),
    inputShape: sequence,
  },
  AdaptiveAveragePooling2D: {
    make: (options) => new layers.AdaptiveAveragePooling2D(2, options),
    inputShape: [2, 5, 6, 3],
  },
  AdaptiveAveragePooling3D: {
    make: (options) => new layers.AdaptiveAveragePooling3D(2, options),
    inputShape: volume,
  },
  AdaptiveMaxPooling1D: {
    make: (options) => new layers.AdaptiveMaxPooling1D(2, options),
    inputShape: sequence,
  },
  AdaptiveMaxPooling2D: {
    make: (options) => new layers.AdaptiveMaxPooling2D(2, options),
    inputShape: [2, 5, 6, 3],
  },
  AdaptiveMaxPooling3D: {
    make: (options) => new layers.AdaptiveMaxPooling3D(2, options),
    inputShape: volume,
  },
  EinsumDense: {
    make: (options) =>
      new layers.EinsumDense('abc,cd->abd', [null, 4], { ...options, biasAxes: 'd', activation: 'tanh' }),
    inputShape: [2, 3, 5],
    trainableWeights: 2,
  },
  ReversibleEmbedding: {
    make: (options) => new layers.ReversibleEmbedding(5, 3, { ...options, embeddingsConstraint: 'unit_norm' }),
    inputShape: [2, 4],
    trainableWeights: 1,
    differentiable: false,
  },
  ZeroPadding1D: { make: (options) => new layers.ZeroPadding1D({ ...options, padding: [2, 1] }), inputShape: sequence },
  ZeroPadding2D: {
    make: (options) => new layers.ZeroPadding2D({ ...options, padding: [1, [0, 2]] }),
    inputShape: image,
  },
  ZeroPadding3D: { make: (options) => new layers.ZeroPadding3D(options), inputShape: volume },
  Cropping1D: { make: (options) => new layers.Cropping1D({ ...options, cropping: [2, 1] }), inputShape: sequence },
  Cropping2D: { make: (options) => new layers.Cropping2D({ ...options, cropping: [1, [0, 2]] }), inputShape: image },
  Cropping3D: { make: (options) => new layers.Cropping3D(options), inputShape: volume },
  UpSampling1D: { make: (options) => new layers.UpSampling1D(options), inputShape: sequence },
  UpSampling2D: { make: (options) => new layers.UpSampling2D(options), inputShape: image },
  'UpSampling2D with straight lines': {
    make: (options) => new layers.UpSampling2D({ ...options, size: [2, 3], interpolation: 'bilinear' }),
    inputShape: image,
  },
  UpSampling3D: { make: (options) => new layers.UpSampling3D(options), inputShape: volume },
  MaxPooling1D: { make: (options) => new layers.MaxPooling1D(options), inputShape: sequence },
  MaxPooling3D: { make: (options) => new layers.MaxPooling3D(options), inputShape: volume },
  AveragePooling1D: { make: (options) => new layers.AveragePooling1D(2, options), inputShape: sequence },
  AveragePooling3D: { make: (options) => new layers.AveragePooling3D(2, options), inputShape: volume },
  GlobalMaxPooling1D: { make: (options) => new layers.GlobalMaxPooling1D(options), inputShape: sequence },
  GlobalMaxPooling3D: { make: (options) => new layers.GlobalMaxPooling3D(options), inputShape: volume },
  GlobalAveragePooling1D: {
    make: (options) => new layers.GlobalAveragePooling1D(options),
    inputShape: sequence,
    supportsMasking: true,
    consumesMask: true,
  },
  GlobalAveragePooling3D: { make: (options) => new layers.GlobalAveragePooling3D(options), inputShape: volume },
  Conv1D: {
    make: (options) => new layers.Conv1D(4, 3, { ...options, padding: 'causal' }),
    inputShape: sequence,
    trainableWeights: 2,
  },
  Conv3D: { make: (options) => new layers.Conv3D(4, 2, options), inputShape: volume, trainableWeights: 2 },
  Conv1DTranspose: {
    make: (options) => new layers.Conv1DTranspose(4, 3, { ...options, strides: 2, outputPadding: 1 }),
    inputShape: sequence,
    trainableWeights: 2,
  },
  Conv2DTranspose: {
    make: (options) => new layers.Conv2DTranspose(4, 3, { ...options, strides: 2, padding: 'same' }),
    inputShape: image,
    trainableWeights: 2,
  },
  Conv3DTranspose: {
    make: (options) => new layers.Conv3DTranspose(4, 2, { ...options, useBias: false }),
    inputShape: volume,
    trainableWeights: 1,
  },
  DepthwiseConv1D: {
    make: (options) => new layers.DepthwiseConv1D(3, { ...options, depthMultiplier: 2 }),
    inputShape: sequence,
    trainableWeights: 2,
  },
  DepthwiseConv2D: {
    make: (options) =>
      new layers.DepthwiseConv2D([3, 2], {
        ...options,
        depthwiseInitializer: 'he_normal',
        depthwiseRegularizer: 'l2',
        depthwiseConstraint: 'non_neg',
        activation: 'relu',
      }),
    inputShape: image,
    trainableWeights: 2,
  },
  SeparableConv1D: {
    make: (options) => new layers.SeparableConv1D(4, 3, options),
    inputShape: sequence,
    trainableWeights: 3,
  },
  SeparableConv2D: {
    make: (options) =>
      new layers.SeparableConv2D(4, 3, {
        ...options,
        pointwiseInitializer: 'he_normal',
        pointwiseRegularizer: 'l1',
        pointwiseConstraint: 'non_neg',
        activityRegularizer: 'l2',
        useBias: false,
      }),
    inputShape: image,
    trainableWeights: 2,
  },
  LeakyReLU: { make: (options) => new layers.LeakyReLU(options), inputShape: [2, 3], supportsMasking: true },
  ELU: { make: (options) => new layers.ELU({ ...options, alpha: 2 }), inputShape: [2, 3], supportsMasking: true },
  PReLU: {
    make: (options) => new layers.PReLU({ ...options, sharedAxes: 1, alphaRegularizer: 'l1' }),
    inputShape: sequence,
    trainableWeights: 1,
    supportsMasking: true,
  },
  SpatialDropout1D: {
    make: (options) => new layers.SpatialDropout1D(0.5, options),
    inputShape: sequence,
    supportsMasking: true,
  },
  SpatialDropout2D: {
    make: (options) => new layers.SpatialDropout2D(0.5, { ...options, dataFormat: 'channels_first' }),
    inputShape: image,
    supportsMasking: true,
  },
  SpatialDropout3D: {
    make: (options) => new layers.SpatialDropout3D(0.5, options),
    inputShape: volume,
    supportsMasking: true,
  },
  GaussianNoise: {
    make: (options) => new layers.GaussianNoise(0.5, options),
    inputShape: [2, 3],
    supportsMasking: true,
  },
  GaussianDropout: {
    make: (options) => new layers.GaussianDropout(0.5, options),
    inputShape: [2, 3],
    supportsMasking: true,
  },
  AlphaDropout: {
    make: (options) => new layers.AlphaDropout(0.5, { ...options, seed: 1 }),
    inputShape: [2, 3],
    supportsMasking: true,
  },
  ActivityRegularization: {
    make: (options) => new layers.ActivityRegularization({ ...options, l1: 0.5 }),
    inputShape: [2, 3],
    supportsMasking: true,
  },
  CategoryEncoding: {
    make: (options) => new layers.CategoryEncoding(3, options),
    inputShape: [2, 4],
    differentiable: false,
  },
  Discretization: {
    make: (options) => new layers.Discretization({ ...options, binBoundaries: [0, 0.5], outputMode: 'one_hot' }),
    inputShape: [2, 4],
    differentiable: false,
  },
  STFTSpectrogram: {
    make: (options) => new layers.STFTSpectrogram({ ...options, frameLength: 4 }),
    inputShape: [2, 9, 2],
    trainableWeights: 2,
  },
  MelSpectrogram: {
    make: (options) => new layers.MelSpectrogram(8, 4, { ...options, numMelBins: 3 }),
    inputShape: [2, 11],
  },
  Pipeline: {
    make: (options) => {
      const { dtype } = options;
      const dense = new layers.Dense(3, { dtype, name: 'dense' });
      return new layers.Pipeline(
        [new layers.Rescaling(2, { dtype }), dense, new layers.Reshape([3, 1], { dtype })],
        options,
      );
    },
    inputShape: [2, 4],
    trainableWeights: 2,
    innerWeights: { kernel: 'dense', bias: 'dense' },
  },
};
