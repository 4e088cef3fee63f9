export * from './constants.ts';
export { Initializer } from './initializer.ts';
export { Orthogonal, type OrthogonalOptions } from './orthogonal.ts';
export {
  type NormalOptions,
  RandomInitializer,
  RandomNormal,
  RandomUniform,
  type SeedOption,
  TruncatedNormal,
  type UniformOptions,
} from './random.ts';
export { type InitializerFunction, type InitializerIdentifier, deserialize, get, serialize } from './resolve.ts';
export { STFT, type STFTOptions } from './stft.ts';
export * from './variance-scaling.ts';
export type { WindowName } from './windows.ts';
