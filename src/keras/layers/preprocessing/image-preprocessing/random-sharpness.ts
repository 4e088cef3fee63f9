import type { FactorTransformation } from './pixels.ts';
import { onBatch } from '../../../ops/image/images.ts';
import { constant } from '../../../../compiler/graph/leaves.ts';
import type { Value } from '../../../../compiler/ir/value.ts';
import { Tensor } from '../../../../core/tensor.ts';
import { filterChannels } from '../../../ops/image/filters.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import type { Fields } from '../../../saving/fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import { type Factor, type Interval, seed, factor, valueRange } from './fields.ts';
import { clipTo } from './pixels.ts';

/** Options of {@link RandomSharpness}. */
export interface RandomSharpnessOptions extends RandomImageOptions {
  /** The smallest and the largest value of a pixel. @default [0, 255] */
  valueRange?: readonly number[] | undefined;
}

/**
 * Sharpens or blurs images by a random degree in training.
 *
 * y = x + (1 − 2 f) · (smooth(x) − x), f uniform in `factor`: 0 is smooth, 0.5 keeps the image, 1 is sharp
 *
 * The smooth image is a mean of the neighbors with the weight 1 and of the pixel with the weight 5, divided by 13.
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through.
 * @throws ValueError for a factor beyond [0, 1], or images of another rank.
 * @example
 * await new RandomSharpness([0, 0]).apply([[[13], [0], [0]]]);    // [[[5], [1], [0]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_sharpness/
 */
export class RandomSharpness extends BaseImagePreprocessingLayer<FactorTransformation> {
  static override readonly className: string = 'RandomSharpness';
  static override readonly positional = ['factor', 'valueRange', 'dataFormat', 'seed'] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    factor: factor([0, 1]),
    valueRange,
    seed,
  };

  /** The smallest and the largest sharpness: 0.5 keeps it. */
  declare readonly factor: Interval;
  /** The smallest and the largest value of a pixel. */
  declare readonly valueRange: Interval;
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number | null;

  constructor(...args: Arguments<RandomSharpnessOptions & { factor: Factor }, typeof RandomSharpness.positional>);
  constructor(factor: Factor, options?: RandomSharpnessOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override getRandomTransformation({ shape }: Value): FactorTransformation {
    return { factor: this.uniform([shape[0] ?? null, 1, 1, 1], ...this.factor) };
  }

  override transformImages(images: Value, { factor: sharpness }: FactorTransformation): Value {
    const weights = new Tensor(
      Float64Array.from({ length: 9 }, (_, i) => (i === 4 ? 5 : 1) / 13),
      [3, 3],
    );
    const smooth = onBatch(images, this.dataFormat, (batch) =>
      filterChannels(batch, constant(weights, images.dtype), 'same'),
    );
    const degree = ops.subtract(1, ops.multiply(sharpness, 2));
    return clipTo(ops.add(images, ops.multiply(degree, ops.subtract(smooth, images))), this.valueRange);
  }
}
