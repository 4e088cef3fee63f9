export type { FeatureDataset, FeatureElement } from './adapt-features.ts';
export type { FeatureData } from './feature-data.ts';
export type { FeatureSpaceMode } from './feature-encoder.ts';
export { type AnyFeatureSpace, FeatureSpace } from './feature-space.ts';
export type {
  CategoricalOptions,
  CategoryFeatureOptions,
  CrossOptions,
  FeatureOptions,
  FeatureType,
  FloatDiscretizedOptions,
  FloatRescaledOptions,
} from './feature-types.ts';
export type { Cross, CrossOutputMode, Feature, FeatureOutputMode } from './feature.ts';
export type { FeatureSpaceOptions } from './options.ts';
