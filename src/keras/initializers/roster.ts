/** The initializers: a line for each file. The classes that strings and configs name are derived from these exports. */
export { Constant, type ConstantOptions, Identity, type IdentityOptions, Ones, Zeros } from './constants.ts';
export { Orthogonal, type OrthogonalOptions } from './orthogonal.ts';
export { type NormalOptions, RandomNormal, RandomUniform, TruncatedNormal, type UniformOptions } from './random.ts';
export { STFT, type STFTOptions } from './stft.ts';
export {
  type Distribution,
  type FanMode,
  type FanOptions,
  GlorotNormal,
  GlorotUniform,
  HeNormal,
  HeUniform,
  LecunNormal,
  LecunUniform,
  VarianceScaling,
  type VarianceScalingOptions,
} from './variance-scaling.ts';
