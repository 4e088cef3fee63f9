export { ActivityRegularization, type ActivityRegularizationOptions } from './activity-regularization.ts';
export { AlphaDropout, type AlphaDropoutOptions } from './alpha-dropout.ts';
export { Dropout, type DropoutOptions } from './dropout.ts';
export { GaussianDropout, type GaussianDropoutOptions } from './gaussian-dropout.ts';
export { GaussianNoise, type GaussianNoiseOptions } from './gaussian-noise.ts';
export { SpatialDropout1D, type SpatialDropout1DOptions } from './spatial-dropout1d.ts';
export { SpatialDropout2D, type SpatialDropout2DOptions } from './spatial-dropout2d.ts';
export { SpatialDropout3D, type SpatialDropout3DOptions } from './spatial-dropout3d.ts';
