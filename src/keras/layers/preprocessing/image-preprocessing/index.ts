export { AugMix, type AugMixOptions, type ChainStep, type AugMixTransformation } from './aug-mix.ts';
export { AutoContrast, type AutoContrastOptions } from './auto-contrast.ts';
export { CenterCrop } from './center-crop.ts';
export {
  ContrastLimitedAdaptiveHistogramEqualization,
  type ContrastLimitedAdaptiveHistogramEqualizationOptions,
} from './contrast-limited-adaptive-histogram-equalization.ts';
export { CutMix, type CutMixOptions, type CutMixTransformation } from './cut-mix.ts';
export { Equalization, type EqualizationOptions } from './equalization.ts';
export { MaxNumBoundingBoxes, type MaxNumBoundingBoxesOptions } from './max-num-bounding-boxes.ts';
export { MixUp, type MixUpOptions, type MixUpTransformation } from './mix-up.ts';
export { RandAugment, type RandAugmentOptions, type RandAugmentTransformation } from './rand-augment.ts';
export { RandomBrightness, type RandomBrightnessOptions, type BrightnessTransformation } from './random-brightness.ts';
export { RandomColorDegeneration, type RandomColorDegenerationOptions } from './random-color-degeneration.ts';
export { RandomColorJitter, type RandomColorJitterOptions, type JitterTransformation } from './random-color-jitter.ts';
export { RandomContrast, type RandomContrastOptions, type ContrastTransformation } from './random-contrast.ts';
export { RandomCrop, type CropTransformation } from './random-crop.ts';
export {
  RandomElasticTransform,
  type RandomElasticTransformOptions,
  type ElasticTransformation,
} from './random-elastic-transform.ts';
export { RandomErasing, type RandomErasingOptions, type ErasingTransformation } from './random-erasing.ts';
export { RandomFlip, type RandomFlipOptions, type FlipTransformation } from './random-flip.ts';
export {
  RandomGaussianBlur,
  type RandomGaussianBlurOptions,
  type GaussianBlurTransformation,
} from './random-gaussian-blur.ts';
export { RandomGrayscale, type RandomGrayscaleOptions, type GrayscaleTransformation } from './random-grayscale.ts';
export { RandomHue, type RandomHueOptions } from './random-hue.ts';
export { RandomInvert, type RandomInvertOptions, type InvertTransformation } from './random-invert.ts';
export {
  RandomPerspective,
  type RandomPerspectiveOptions,
  type PerspectiveTransformation,
} from './random-perspective.ts';
export {
  RandomPosterization,
  type RandomPosterizationOptions,
  type PosterizationTransformation,
} from './random-posterization.ts';
export { RandomRotation, type RandomRotationOptions, type RotationTransformation } from './random-rotation.ts';
export { RandomSaturation, type RandomSaturationOptions } from './random-saturation.ts';
export { RandomSharpness, type RandomSharpnessOptions } from './random-sharpness.ts';
export { RandomShear, type RandomShearOptions, type ShearTransformation } from './random-shear.ts';
export {
  RandomTranslation,
  type RandomTranslationOptions,
  type TranslationTransformation,
} from './random-translation.ts';
export { RandomZoom, type RandomZoomOptions, type ZoomTransformation } from './random-zoom.ts';
export { Resizing, type ResizingOptions } from './resizing.ts';
export { Solarization, type SolarizationOptions, type SolarizationTransformation } from './solarization.ts';
export type { ImagePreprocessingOptions, RandomImageOptions } from './base-image-preprocessing-layer.ts';
export type { BoundingBoxFormat, BoundingBoxes } from './bounding-boxes/formats.ts';
export type { Factor, Interval } from './fields.ts';
export type { FactorTransformation } from './pixels.ts';
