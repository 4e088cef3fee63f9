import { onBatch } from '../../../ops/image/images.ts';
import type { Value } from '../../../../compiler/ir/value.ts';
import { ValueError, show } from '../../../../core/errors.ts';
import { blur } from '../../../ops/image/filters.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import { type Fields, field, type Field } from '../../../saving/fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import { type Factor, type Interval, seed, factor, valueRange } from './fields.ts';
import { clipTo } from './pixels.ts';

/** Options of {@link RandomGaussianBlur}. */
export interface RandomGaussianBlurOptions extends RandomImageOptions {
  /** The probability that an image is blurred, or two between which it is drawn. @default 1 */
  factor?: Factor | undefined;
  /** The number of columns and of rows that are averaged, both odd. @default 3 */
  kernelSize?: number | readonly number[] | undefined;
  /** The largest standard deviation in pixels, or the two between which it is drawn. @default 1 */
  sigma?: Factor | undefined;
  /** The smallest and the largest value of a pixel. @default [0, 255] */
  valueRange?: readonly number[] | undefined;
}
/** Whether each image is blurred, `[batch, 1, 1, 1]`, and the standard deviations along the width and the height, `[2]`. */
export interface GaussianBlurTransformation {
  readonly shouldApplyBlur: Value;
  readonly blurFactor: Value;
}

const kernelSize: Field<Interval> = field({
  byDefault: 3,
  read: (who, option, given) => {
    const list: readonly unknown[] = Array.isArray(given) ? given : [given, given];
    const isOdd = (entry: unknown): boolean => typeof entry === 'number' && entry > 0 && entry % 2 === 1;
    if (list.length === 2 && list.every(isOdd)) return [Number(list[0]), Number(list[1])];
    throw new ValueError(
      `[${who}] ${option} must be an odd positive integer, or two of them. Received: ${option}=${show(given)}.`,
    );
  },
});

/**
 * Blurs images with a probability, in training, by a Gaussian filter of random standard deviations along the width and the
 * height, which are those of the whole batch.
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through.
 * @throws ValueError for a factor or sigma beyond [0, 1], an even size, or images of another rank.
 * @example
 * await new RandomGaussianBlur(1, { kernelSize: 1 }).apply([[[9], [3]]]);    // [[[9], [3]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_gaussian_blur/
 */
export class RandomGaussianBlur extends BaseImagePreprocessingLayer<GaussianBlurTransformation> {
  static override readonly className: string = 'RandomGaussianBlur';
  static override readonly positional = ['factor', 'kernelSize', 'sigma', 'valueRange', 'dataFormat', 'seed'] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    factor: factor([0, 1], 1),
    kernelSize,
    sigma: factor([0, 1], 1),
    valueRange,
    seed,
  };

  /** The probabilities between which that of an image is drawn. */
  declare readonly factor: Interval;
  /** The number of columns and of rows that are averaged. */
  declare readonly kernelSize: Interval;
  /** The smallest and the largest standard deviation. */
  declare readonly sigma: Interval;
  /** The smallest and the largest value of a pixel. */
  declare readonly valueRange: Interval;
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number | null;

  constructor(...args: Arguments<RandomGaussianBlurOptions, typeof RandomGaussianBlur.positional>);
  constructor(options?: RandomGaussianBlurOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override getRandomTransformation(images: Value): GaussianBlurTransformation {
    const shouldApplyBlur = this.happens(images, this.factor);
    return { shouldApplyBlur, blurFactor: ops.add(this.uniform([2], ...this.sigma), 1e-6) };
  }

  override transformImages(images: Value, { shouldApplyBlur, blurFactor }: GaussianBlurTransformation): Value {
    const sigma = ops.cast(blurFactor, images.dtype);
    const blurred = onBatch(images, this.dataFormat, (batch) =>
      blur(batch, this.kernelSize, [ops.getItem(sigma, 0), ops.getItem(sigma, 1)]),
    );
    return clipTo(ops.where(shouldApplyBlur, blurred, images), this.valueRange);
  }
}
