import * as layers from '../../../src/keras/layers/index.ts';
import type { LayerOptions } from '../../../src/keras/layers/index.ts';
import type { LayerContract } from '../layer-contract.ts';

const image = [2, 5, 6, 4];
/** The layer inside has the type of the layer around it. */
const typed = ({ dtype = 'float32' }: LayerOptions): LayerOptions => ({ dtype, name: 'inner' });

/** Cases of layers, by what they are. */
export const normalizationContracts: Readonly<Record<string, LayerContract>> = {
  LayerNormalization: {
    make: (options) => new layers.LayerNormalization(options),
    inputShape: [2, 3, 4],
    trainableWeights: 2,
    supportsMasking: true,
  },
  'LayerNormalization over several axes, with all that its weights can have': {
    make: (options) =>
      new layers.LayerNormalization({
        ...options,
        axis: [-1, 1],
        epsilon: 1e-5,
        center: false,
        gammaInitializer: 'random_normal',
        gammaRegularizer: 'l2',
        gammaConstraint: 'non_neg',
      }),
    inputShape: image,
    trainableWeights: 1,
    supportsMasking: true,
  },
  'LayerNormalization without weights': {
    make: (options) => new layers.LayerNormalization({ ...options, center: false, scale: false }),
    inputShape: [2, 3],
    supportsMasking: true,
  },
  'LayerNormalization with rmsScaling': {
    make: (options) => new layers.LayerNormalization({ ...options, rmsScaling: true, scale: false }),
    inputShape: [2, 3],
    trainableWeights: 1,
    supportsMasking: true,
  },
  GroupNormalization: {
    make: (options) => new layers.GroupNormalization({ ...options, groups: 2 }),
    inputShape: image,
    trainableWeights: 2,
    supportsMasking: true,
  },
  'GroupNormalization with the channels in front': {
    make: (options) => new layers.GroupNormalization({ ...options, groups: -1, axis: 1, betaRegularizer: 'l1' }),
    inputShape: [2, 4, 3],
    trainableWeights: 2,
    supportsMasking: true,
  },
  InstanceNormalization: {
    make: (options) => new layers.InstanceNormalization(options),
    inputShape: image,
    trainableWeights: 2,
    supportsMasking: true,
  },
  RMSNormalization: {
    make: (options) => new layers.RMSNormalization({ ...options, axis: [1, 2] }),
    inputShape: [2, 3, 4],
    trainableWeights: 1,
  },
  UnitNormalization: {
    make: (options) => new layers.UnitNormalization({ ...options, axis: [1, 2] }),
    inputShape: [2, 3, 4],
    supportsMasking: true,
  },
  'SpectralNormalization of Conv2D': {
    make: (options) =>
      new layers.SpectralNormalization(new layers.Conv2D(3, 2, typed(options)), { ...options, powerIterations: 2 }),
    inputShape: image,
    trainableWeights: 2,
    nonTrainableWeights: 1,
    innerWeights: { kernel: 'inner', bias: 'inner' },
  },
  'WeightNormalization of Conv2D': {
    make: (options) => new layers.WeightNormalization(new layers.Conv2D(3, 2, typed(options)), options),
    inputShape: image,
    trainableWeights: 3,
    innerWeights: { kernel: 'inner', bias: 'inner' },
  },
  SyncBatchNormalization: {
    make: (options) => new layers.SyncBatchNormalization(options),
    inputShape: image,
    trainableWeights: 2,
    nonTrainableWeights: 2,
    supportsMasking: true,
  },
  Normalization: {
    make: (options) => new layers.Normalization(options),
    inputShape: [2, 3],
    nonTrainableWeights: 3,
    supportsMasking: true,
  },
  'Normalization with given statistics, inverted': {
    make: (options) => new layers.Normalization({ ...options, mean: [1, 2, 3], variance: [4, 5, 6], invert: true }),
    inputShape: [2, 3],
    supportsMasking: true,
  },
};
