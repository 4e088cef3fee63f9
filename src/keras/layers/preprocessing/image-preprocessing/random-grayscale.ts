import type { Value } from '../../../../compiler/ir/value.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import { type Fields, number, under } from '../../../saving/fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import { seed } from './fields.ts';

/** Options of {@link RandomGrayscale}. */
export interface RandomGrayscaleOptions extends RandomImageOptions {
  /** The probability that an image is made gray. @default 0.5 */
  factor?: number | undefined;
}
/** Whether each image is made gray, `[batch, 1, 1, 1]`. */
export interface GrayscaleTransformation {
  readonly shouldApply: Value;
}

/**
 * Replaces images by shades of gray with a probability, in training.
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through.
 * @throws ValueError for a factor beyond [0, 1], or images without three channels.
 * @example
 * await new RandomGrayscale(1).apply([[[1, 0, 0]]]);    // [[[0.2989, 0.2989, 0.2989]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_grayscale/
 */
export class RandomGrayscale extends BaseImagePreprocessingLayer<GrayscaleTransformation> {
  static override readonly className: string = 'RandomGrayscale';
  static override readonly positional = ['factor', 'dataFormat', 'seed'] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    factor: number(0.5, { min: 0, max: 1 }),
    // Keras reads the seed, and does not write it.
    seed: under(null, seed),
  };

  /** The probability that an image is made gray. */
  declare readonly factor: number;
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number | null;

  constructor(...args: Arguments<RandomGrayscaleOptions, typeof RandomGrayscale.positional>);
  constructor(options?: RandomGrayscaleOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override getRandomTransformation({ shape }: Value): GrayscaleTransformation {
    return { shouldApply: ops.less(this.uniform([shape[0] ?? null, 1, 1, 1]), this.factor) };
  }

  override transformImages(images: Value, { shouldApply }: GrayscaleTransformation): Value {
    return ops.where(shouldApply, ops.image.rgbToGrayscale(images, { dataFormat: this.dataFormat }), images);
  }
}
