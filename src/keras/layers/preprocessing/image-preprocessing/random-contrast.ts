import type { Value } from '../../../../compiler/ir/value.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import type { Fields } from '../../../saving/fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import { type Factor, type Interval, seed, factor, valueRange } from './fields.ts';
import { clipTo } from './pixels.ts';

/** Options of {@link RandomContrast}. */
export interface RandomContrastOptions extends RandomImageOptions {
  /** The smallest and the largest value of a pixel. @default [0, 255] */
  valueRange?: readonly number[] | undefined;
}
/** The factor of the contrast of each image, `[batch, 1, 1, 1]`. */
export interface ContrastTransformation {
  readonly contrastFactor: Value;
}

/**
 * Scales the differences of pixels from the mean of their channel by a random number in training, and restricts the result to
 * the range of values.
 *
 * y = (x − μ) · f + μ, f uniform in [1 − lower, 1 + upper]
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through.
 * @throws ValueError for a factor beyond [0, 1], or images of another rank.
 * @example
 * const layer = new RandomContrast([0, 0], { valueRange: [0, 1] });
 * await layer.apply([[[0.25], [0.75]]]);    // [[[0.25], [0.75]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_contrast/
 */
export class RandomContrast extends BaseImagePreprocessingLayer<ContrastTransformation> {
  static override readonly className: string = 'RandomContrast';
  static override readonly positional = ['factor', 'valueRange', 'seed'] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    factor: factor([0, 1]),
    valueRange,
    seed,
  };

  /** The largest decrease and increase of the contrast. */
  declare readonly factor: Interval;
  /** The smallest and the largest value of a pixel. */
  declare readonly valueRange: Interval;
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number | null;

  constructor(...args: Arguments<RandomContrastOptions & { factor: Factor }, typeof RandomContrast.positional>);
  constructor(factor: Factor, options?: RandomContrastOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override getRandomTransformation({ shape }: Value): ContrastTransformation {
    const [lower, upper] = this.factor;
    return { contrastFactor: this.uniform([shape[0] ?? null, 1, 1, 1], 1 - lower, 1 + upper) };
  }

  override transformImages(images: Value, { contrastFactor }: ContrastTransformation): Value {
    const { height, width } = this.axes;
    const mean = ops.mean(images, { axis: [height, width], keepdims: true });
    return clipTo(ops.add(ops.multiply(ops.subtract(images, mean), contrastFactor), mean), this.valueRange);
  }
}
