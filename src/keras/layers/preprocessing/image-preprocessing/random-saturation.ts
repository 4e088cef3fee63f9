import type { FactorTransformation } from './pixels.ts';
import type { Value } from '../../../../compiler/ir/value.ts';
import { EPSILON } from '../../../../core/epsilon.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import type { Fields } from '../../../saving/fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import { type Factor, type Interval, seed, factor, valueRange } from './fields.ts';
import { clipTo } from './pixels.ts';

/** Options of {@link RandomSaturation}. */
export interface RandomSaturationOptions extends RandomImageOptions {
  /** The smallest and the largest value of a pixel. @default [0, 255] */
  valueRange?: readonly number[] | undefined;
}

/**
 * Scales the saturation of images by a random number in training.
 *
 * saturation' = saturation · f / (1 − f + 1e-7), f uniform in `factor`: 0 is gray, 0.5 keeps the image, 1 is full saturation
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through.
 * @throws ValueError for a factor beyond [−1, 1], or images without three channels.
 * @example
 * const layer = new RandomSaturation([0, 0], { valueRange: [0, 1] });
 * await layer.apply([[[1, 0, 0.5]]]);    // [[[1, 1, 1]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_saturation/
 */
export class RandomSaturation extends BaseImagePreprocessingLayer<FactorTransformation> {
  static override readonly className: string = 'RandomSaturation';
  static override readonly positional = ['factor', 'valueRange', 'dataFormat', 'seed'] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    factor: factor([-1, 1]),
    valueRange,
    seed,
  };

  /** The smallest and the largest saturation: 0.5 keeps it. */
  declare readonly factor: Interval;
  /** The smallest and the largest value of a pixel. */
  declare readonly valueRange: Interval;
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number | null;

  constructor(...args: Arguments<RandomSaturationOptions & { factor: Factor }, typeof RandomSaturation.positional>);
  constructor(factor: Factor, options?: RandomSaturationOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override getRandomTransformation({ shape }: Value): FactorTransformation {
    const drawn = this.uniform([shape[0] ?? null, 1, 1, 1], ...this.factor);
    return { factor: ops.divide(drawn, ops.subtract(1 + EPSILON, drawn)) };
  }

  override transformImages(images: Value, { factor: scale }: FactorTransformation): Value {
    const { dataFormat } = this;
    const axis = this.axes.channels;
    const [hue, saturation, value] = ops.split(ops.image.rgbToHsv(images, { dataFormat }), 3, { axis });
    const scaled = clipTo(ops.multiply(saturation ?? images, scale), this.valueRange);
    return ops.image.hsvToRgb(ops.concatenate([hue ?? images, scaled, value ?? images], { axis }), { dataFormat });
  }
}
