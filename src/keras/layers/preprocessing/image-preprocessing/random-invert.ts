import type { Value } from '../../../../compiler/ir/value.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import type { Fields } from '../../../saving/fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import { type Factor, type Interval, seed, factor, valueRange } from './fields.ts';

/** Options of {@link RandomInvert}. */
export interface RandomInvertOptions extends RandomImageOptions {
  /** The probability that an image is inverted, or two between which it is drawn. @default 1 */
  factor?: Factor | undefined;
  /** The smallest and the largest value of a pixel. @default [0, 255] */
  valueRange?: readonly number[] | undefined;
}
/** Whether each image is inverted, `[batch, 1, 1, 1]`. */
export interface InvertTransformation {
  readonly applyInversion: Value;
}

/**
 * Inverts the colors of images with a probability, in training: y = high − x.
 *
 * The probability of an image is uniform in `factor`.
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through.
 * @throws ValueError for a factor beyond [0, 1], or images of another rank.
 * @example
 * await new RandomInvert([1, 1]).apply([[[255], [55]]]);    // [[[0], [200]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_invert/
 */
export class RandomInvert extends BaseImagePreprocessingLayer<InvertTransformation> {
  static override readonly className: string = 'RandomInvert';
  static override readonly positional = ['factor', 'valueRange', 'seed', 'dataFormat'] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    factor: factor([0, 1], 1),
    valueRange,
    seed,
  };

  /** The probabilities between which that of an image is drawn. */
  declare readonly factor: Interval;
  /** The smallest and the largest value of a pixel. */
  declare readonly valueRange: Interval;
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number | null;

  constructor(...args: Arguments<RandomInvertOptions, typeof RandomInvert.positional>);
  constructor(options?: RandomInvertOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override getRandomTransformation(images: Value): InvertTransformation {
    return { applyInversion: this.happens(images, this.factor) };
  }

  override transformImages(images: Value, { applyInversion }: InvertTransformation): Value {
    return ops.where(applyInversion, ops.subtract(this.valueRange[1], images), images);
  }
}
