export { type AdaptBatch, type AdaptData } from './adapt-data.ts';
export * from './image-preprocessing/index.ts';
export { type AdaptOptions, type AdaptProgress, Normalization, type NormalizationOptions } from './normalization.ts';
export { Rescaling, type RescalingOptions, type RescalingFactor } from './rescaling.ts';
export { CategoryEncoding, type CategoryEncodingOptions } from './category-encoding.ts';
export { Discretization, type DiscretizationOptions } from './discretization.ts';
export type { CategoryMode } from './encode-categories.ts';
export { HashedCrossing, type HashedCrossingOptions } from './hashed-crossing.ts';
export { Hashing, type HashingOptions } from './hashing.ts';
export type { IndexLookupOptions, LookupMode } from './index-lookup.ts';
export { IntegerLookup, type IntegerLookupOptions } from './integer-lookup.ts';
export { MelSpectrogram, type MelSpectrogramOptions } from './mel-spectrogram.ts';
export { Pipeline, type PipelineOptions } from './pipeline.ts';
export { STFTSpectrogram, type STFTSpectrogramOptions, type SpectrogramMode } from './stft-spectrogram.ts';
export { StringLookup, type StringLookupOptions } from './string-lookup.ts';
export {
  type Split,
  type Standardize,
  TextVectorization,
  type TextVectorizationOptions,
} from './text-vectorization.ts';
export type { Strings } from '../../../core/data.ts';
export type { Token, TokenBatches, TokenData } from './token-data.ts';
