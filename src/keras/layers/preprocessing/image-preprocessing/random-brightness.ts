import type { Value } from '../../../../compiler/ir/value.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import type { Fields } from '../../../saving/fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import { type Factor, type Interval, seed, factor, valueRange } from './fields.ts';
import { clipTo } from './pixels.ts';

/** Options of {@link RandomBrightness}. */
export interface RandomBrightnessOptions extends RandomImageOptions {
  /** The smallest and the largest value of a pixel. @default [0, 255] */
  valueRange?: readonly number[] | undefined;
}
/** The number that is added to each image, `[batch, 1, 1, 1]`. */
export interface BrightnessTransformation {
  readonly rgbDelta: Value;
}

/**
 * Adds a random number to all pixels of an image in training, and restricts them to the range of values.
 *
 * y = x + f · (high − low), f uniform in `factor`
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through.
 * @throws ValueError for a factor beyond [−1, 1], or images of another rank.
 * @example
 * const layer = new RandomBrightness([0.2, 0.2], { valueRange: [0, 1] });
 * await layer.apply([[[0.5], [0.9]]]);    // [[[0.7], [1]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_brightness/
 */
export class RandomBrightness extends BaseImagePreprocessingLayer<BrightnessTransformation> {
  static override readonly className: string = 'RandomBrightness';
  static override readonly positional = ['factor', 'valueRange', 'seed'] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    factor: factor([-1, 1]),
    valueRange,
    seed,
  };

  /** The smallest and the largest change, relative to the range of values. */
  declare readonly factor: Interval;
  /** The smallest and the largest value of a pixel. */
  declare readonly valueRange: Interval;
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number | null;

  constructor(...args: Arguments<RandomBrightnessOptions & { factor: Factor }, typeof RandomBrightness.positional>);
  constructor(factor: Factor, options?: RandomBrightnessOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override getRandomTransformation({ shape }: Value): BrightnessTransformation {
    const [low, high] = this.valueRange;
    const drawn = this.uniform([shape[0] ?? null, 1, 1, 1], ...this.factor);
    return { rgbDelta: ops.multiply(drawn, high - low) };
  }

  override transformImages(images: Value, { rgbDelta }: BrightnessTransformation): Value {
    return clipTo(ops.add(images, rgbDelta), this.valueRange);
  }
}
