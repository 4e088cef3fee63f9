import type { FactorTransformation } from './pixels.ts';
import type { Value } from '../../../../compiler/ir/value.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import type { Fields } from '../../../saving/fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import { type Factor, type Interval, seed, factor, valueRange } from './fields.ts';
import { clipTo } from './pixels.ts';

/** Options of {@link RandomColorDegeneration}. */
export interface RandomColorDegenerationOptions extends RandomImageOptions {
  /** The smallest and the largest value of a pixel. @default [0, 255] */
  valueRange?: readonly number[] | undefined;
}

/**
 * Blends images with shades of gray by a random share in training.
 *
 * y = x + f · (gray(x) − x), f uniform in `factor`
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through.
 * @throws ValueError for a factor beyond [−1, 1], or images without three channels.
 * @example
 * const layer = new RandomColorDegeneration([1, 1], { valueRange: [0, 1] });
 * await layer.apply([[[1, 0, 0]]]);    // [[[0.2989, 0.2989, 0.2989]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_color_degeneration/
 */
export class RandomColorDegeneration extends BaseImagePreprocessingLayer<FactorTransformation> {
  static override readonly className: string = 'RandomColorDegeneration';
  static override readonly positional = ['factor', 'valueRange', 'dataFormat', 'seed'] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    factor: factor([-1, 1]),
    valueRange,
    seed,
  };

  /** The share of gray: 0 keeps the colors, 1 removes them. */
  declare readonly factor: Interval;
  /** The smallest and the largest value of a pixel. */
  declare readonly valueRange: Interval;
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number | null;

  constructor(
    ...args: Arguments<RandomColorDegenerationOptions & { factor: Factor }, typeof RandomColorDegeneration.positional>
  );
  constructor(factor: Factor, options?: RandomColorDegenerationOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override getRandomTransformation({ shape }: Value): FactorTransformation {
    return { factor: this.uniform([shape[0] ?? null, 1, 1, 1], ...this.factor) };
  }

  override transformImages(images: Value, { factor: share }: FactorTransformation): Value {
    const gray = ops.image.rgbToGrayscale(images, { dataFormat: this.dataFormat });
    return clipTo(ops.add(images, ops.multiply(share, ops.subtract(gray, images))), this.valueRange);
  }
}
