import type { Value } from '../../../../compiler/ir/value.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import type { Fields } from '../../../saving/fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import { type Factor, type Interval, seed, factor, valueRange } from './fields.ts';
import { rescale } from './pixels.ts';

/** Options of {@link RandomPosterization}. */
export interface RandomPosterizationOptions extends RandomImageOptions {
  /** The smallest and the largest value of a pixel. @default [0, 255] */
  valueRange?: readonly number[] | undefined;
}
/** The number of bits of each image that are set to 0, `[batch, 1, 1, 1]`. */
export interface PosterizationTransformation {
  readonly shiftFactor: Value;
}

/**
 * Keeps a random number of the bits of the pixels of an image in training: b bits of 8, an integer in [lower, upper), or
 * `factor` if both are the same.
 *
 * y = ⌊x / 2⁸⁻ᵇ⌋ · 2⁸⁻ᵇ, for x in [0, 255]
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through.
 * @throws ValueError for a factor beyond [1, 8], or images of another rank.
 * @example
 * await new RandomPosterization([1, 1]).apply([[[127], [200]]]);    // [[[0], [128]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_posterization/
 */
export class RandomPosterization extends BaseImagePreprocessingLayer<PosterizationTransformation> {
  static override readonly className: string = 'RandomPosterization';
  static override readonly positional = ['factor', 'valueRange', 'dataFormat', 'seed'] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    factor: factor([1, 8]),
    valueRange,
    seed,
  };

  /** The smallest number of bits, and the first that is too large. */
  declare readonly factor: Interval;
  /** The smallest and the largest value of a pixel. */
  declare readonly valueRange: Interval;
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number | null;

  constructor(
    ...args: Arguments<RandomPosterizationOptions & { factor: Factor }, typeof RandomPosterization.positional>
  );
  constructor(factor: Factor, options?: RandomPosterizationOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override getRandomTransformation({ shape }: Value): PosterizationTransformation {
    const bits = ops.floor(this.uniform([shape[0] ?? null, 1, 1, 1], ...this.factor));
    return { shiftFactor: ops.subtract(8, bits) };
  }

  override transformImages(images: Value, { shiftFactor }: PosterizationTransformation): Value {
    const bytes = rescale(images, this.valueRange, [0, 255]);
    const step = ops.power(2, ops.cast(shiftFactor, bytes.dtype));
    return rescale(ops.multiply(ops.floor(ops.divide(bytes, step)), step), [0, 255], this.valueRange);
  }
}
