import { RandomBrightness } from './random-brightness.ts';
import { RandomContrast } from './random-contrast.ts';
import { RandomHue } from './random-hue.ts';
import { RandomSaturation } from './random-saturation.ts';
import type { Value } from '../../../../compiler/ir/value.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import { type Fields, nullable, type Field } from '../../../saving/fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import { type Factor, type Interval, seed, givenFactor, valueRange } from './fields.ts';

/** Options of {@link RandomColorJitter}. */
export interface RandomColorJitterOptions extends RandomImageOptions {
  /** The smallest and the largest value of a pixel. @default [0, 255] */
  valueRange?: readonly number[] | undefined;
  /** The factor of RandomBrightness. @default null, which leaves it unchanged */
  brightnessFactor?: Factor | null | undefined;
  /** The factor of RandomContrast. @default null, which leaves it unchanged */
  contrastFactor?: Factor | null | undefined;
  /** The factor of RandomSaturation. @default null, which leaves it unchanged */
  saturationFactor?: Factor | null | undefined;
  /** The factor of RandomHue. @default null, which leaves it unchanged */
  hueFactor?: Factor | null | undefined;
}
/** The transformation of each layer. */
export interface JitterTransformation {
  readonly transformations: readonly unknown[];
}

type JitterLayer = BaseImagePreprocessingLayer<unknown>;

const jitter: Field<Factor | null> = nullable(givenFactor([-1, 1]));

/**
 * Changes brightness, contrast, saturation and hue of images at random, in that order, in training: RandomBrightness,
 * RandomContrast, RandomSaturation and RandomHue with the factors that are given.
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through.
 * @throws ValueError for a factor that its layer refuses, or images of another rank.
 * @example
 * const layer = new RandomColorJitter({ valueRange: [0, 1], brightnessFactor: [0.2, 0.2] });
 * await layer.apply([[[0.5, 0.5, 0.5]]]);    // [[[0.7, 0.7, 0.7]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_color_jitter/
 */
export class RandomColorJitter extends BaseImagePreprocessingLayer<JitterTransformation> {
  static override readonly className: string = 'RandomColorJitter';
  static override readonly positional = [
    'valueRange',
    'brightnessFactor',
    'contrastFactor',
    'saturationFactor',
    'hueFactor',
    'seed',
    'dataFormat',
  ] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    valueRange,
    brightnessFactor: jitter,
    contrastFactor: jitter,
    saturationFactor: jitter,
    hueFactor: jitter,
    seed,
  };

  /** The smallest and the largest value of a pixel. */
  declare readonly valueRange: Interval;
  /** The factor of RandomBrightness; null for none. */
  declare readonly brightnessFactor: Factor | null;
  /** The factor of RandomContrast; null for none. */
  declare readonly contrastFactor: Factor | null;
  /** The factor of RandomSaturation; null for none. */
  declare readonly saturationFactor: Factor | null;
  /** The factor of RandomHue; null for none. */
  declare readonly hueFactor: Factor | null;
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number | null;

  constructor(...args: Arguments<RandomColorJitterOptions, typeof RandomColorJitter.positional>);
  constructor(options?: RandomColorJitterOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    const { valueRange: pixels, dataFormat, dtype } = this;
    const layers = [
      [this.brightnessFactor, RandomBrightness],
      [this.contrastFactor, RandomContrast],
      [this.saturationFactor, RandomSaturation],
      [this.hueFactor, RandomHue],
    ] as const;
    this.#layers = layers.flatMap(([amount, layerClass]): JitterLayer[] => {
      if (amount === null) return [];
      const options = { valueRange: pixels, dataFormat, dtype, seed: this.seeds.nextInteger() };
      return [new layerClass(amount, options)];
    });
  }

  readonly #layers: readonly JitterLayer[];

  override getRandomTransformation(images: Value): JitterTransformation {
    return { transformations: this.#layers.map((layer) => layer.getRandomTransformation(images, true)) };
  }

  override transformImages(images: Value, { transformations }: JitterTransformation): Value {
    return this.#layers.reduce((x, layer, i) => layer.transformImages(x, transformations[i]), images);
  }
}
