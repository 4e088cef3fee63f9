export { type AdaptBatch, type AdaptData } from './adapt-data.ts';
export * from './image-preprocessing/index.ts';
export { type AdaptOptions, type AdaptProgress, Normalization, type NormalizationOptions } from './normalization.ts';
export { Rescaling, type RescalingOptions, type RescalingFactor } from './rescaling.ts';
