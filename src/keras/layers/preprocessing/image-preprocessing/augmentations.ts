import type { DType } from '../../../../core/dtype.ts';
import type { DataFormat } from '../../../ops/index.ts';
import type { TransformInterpolation } from '../../../ops/image/transforms.ts';
import { AutoContrast } from './auto-contrast.ts';
import type { BaseImagePreprocessingLayer } from './base-image-preprocessing-layer.ts';
import type { BoundingBoxFormat } from './bounding-boxes/formats.ts';
import { Equalization } from './equalization.ts';
import type { Interval } from './fields.ts';
import { RandomBrightness } from './random-brightness.ts';
import { RandomColorDegeneration } from './random-color-degeneration.ts';
import { RandomContrast } from './random-contrast.ts';
import { RandomPosterization } from './random-posterization.ts';
import { RandomRotation } from './random-rotation.ts';
import { RandomSharpness } from './random-sharpness.ts';
import { RandomShear } from './random-shear.ts';
import { RandomTranslation } from './random-translation.ts';
import { Solarization } from './solarization.ts';

/** A layer that another one applies at random. */
export type Augmentation = BaseImagePreprocessingLayer<unknown>;

/** The settings that a layer passes on to those that it applies. */
interface Settings {
  readonly factor: Interval;
  readonly valueRange: Interval;
  readonly interpolation: TransformInterpolation;
  readonly dataFormat: DataFormat;
  readonly boundingBoxFormat: BoundingBoxFormat | null;
  readonly dtype: DType;
}

/** The name of an operation. */
export type AugmentationName =
  | 'RandomShear'
  | 'RandomTranslation'
  | 'RandomRotation'
  | 'RandomBrightness'
  | 'RandomColorDegeneration'
  | 'RandomContrast'
  | 'RandomSharpness'
  | 'RandomPosterization'
  | 'Solarization'
  | 'AutoContrast'
  | 'Equalization';

type Made = Settings & { readonly seed: number };

const MAKERS: Readonly<Record<AugmentationName, (settings: Made) => unknown>> = {
  RandomShear: ({ factor, valueRange: _, ...settings }) =>
    new RandomShear({ xFactor: factor, yFactor: factor, ...settings }),
  RandomTranslation: ({ factor, valueRange: _, ...settings }) => new RandomTranslation(factor, factor, settings),
  RandomRotation: ({ factor, valueRange: _, ...settings }) => new RandomRotation(factor, settings),
  RandomBrightness: ({ factor, interpolation: _, ...settings }) => new RandomBrightness(factor, settings),
  RandomColorDegeneration: ({ factor, interpolation: _, ...settings }) => new RandomColorDegeneration(factor, settings),
  RandomContrast: ({ factor, interpolation: _, ...settings }) => new RandomContrast(factor, settings),
  RandomSharpness: ({ factor, interpolation: _, ...settings }) => new RandomSharpness(factor, settings),
  RandomPosterization: ({ factor, interpolation: _, ...settings }) =>
    new RandomPosterization(Math.max(1, Math.trunc(8 * factor[1])), settings),
  Solarization: ({ factor, interpolation: _, ...settings }) => new Solarization(factor, factor, settings),
  AutoContrast: ({ factor: _, interpolation: _method, seed: _seed, ...settings }) => new AutoContrast(settings),
  Equalization: ({ factor: _, interpolation: _method, seed: _seed, ...settings }) => new Equalization(settings),
};

/** The operations that move pixels. */
export const GEOMETRY: readonly AugmentationName[] = ['RandomShear', 'RandomTranslation', 'RandomRotation'];

/** The operations on brightness, color, contrast and sharpness. */
export const COLORS: readonly AugmentationName[] = [
  'RandomBrightness',
  'RandomColorDegeneration',
  'RandomContrast',
  'RandomSharpness',
];

/** The operations on the values of pixels by their rank or bits. */
export const TONES: readonly AugmentationName[] = [
  'RandomPosterization',
  'Solarization',
  'AutoContrast',
  'Equalization',
];

/** The layers of operations, with the settings of the layer that applies them. */
export function makeAugmentations(
  names: readonly AugmentationName[],
  { factor, valueRange, interpolation, dataFormat, boundingBoxFormat, dtype }: Settings,
  nextSeed: () => number,
): readonly Augmentation[] {
  const settings = { factor, valueRange, interpolation, dataFormat, boundingBoxFormat, dtype };
  return names.map((name) => MAKERS[name]({ ...settings, seed: nextSeed() }) as Augmentation);
}
