/** The classes whose `call` has an argument `mask` in Keras; it writes the argument down, though it is null. */
export const MASKED: readonly string[] = [
  'BatchNormalization',
  'SyncBatchNormalization',
  'Softmax',
  'Sequential',
  'Functional',
];

/**
 * The classes whose `call` has `training=False` for a default in Keras. It writes that down as if the user had said it, and
 * pays no heed to it: `fit` trains these layers. So it is written, and not taken for the user's word when read.
 */
export const INFERRING: readonly string[] = [
  'AlphaDropout',
  'Dropout',
  'GaussianDropout',
  'GaussianNoise',
  'SpatialDropout1D',
  'SpatialDropout2D',
  'SpatialDropout3D',
  'SpectralNormalization',
];
