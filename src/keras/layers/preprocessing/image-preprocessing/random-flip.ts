import type { Value } from '../../../../compiler/ir/value.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import { type Fields, choice } from '../../../saving/fields.ts';
import { BaseImagePreprocessingLayer, type RandomImageOptions } from './base-image-preprocessing-layer.ts';
import type { BoundingBoxes } from './bounding-boxes/formats.ts';
import { seed } from './fields.ts';

/** Options of {@link RandomFlip}. */
export interface RandomFlipOptions extends RandomImageOptions {
  /** The axes along which images are flipped. @default 'horizontal_and_vertical' */
  mode?: 'horizontal' | 'vertical' | 'horizontal_and_vertical' | undefined;
}
/** Whether each image is flipped, `[batch, 1, 1, 1]`. */
export interface FlipTransformation {
  readonly flips: Value;
}

/**
 * Flips images with probability 1/2 in training: along the width, the height, or both at once.
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through. Bounding boxes are flipped with the images.
 * @throws ValueError for an unknown mode, or images of another rank.
 * @example
 * await new RandomFlip('horizontal', { seed: 1 }).apply([[[1], [2]]], { training: false });    // [[[1], [2]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_flip/
 */
export class RandomFlip extends BaseImagePreprocessingLayer<FlipTransformation> {
  static override readonly className: string = 'RandomFlip';
  static override readonly positional = ['mode', 'seed', 'dataFormat'] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    seed,
    mode: choice(['horizontal', 'vertical', 'horizontal_and_vertical'], 'horizontal_and_vertical'),
  };

  /** The axes along which images are flipped. */
  declare readonly mode: 'horizontal' | 'vertical' | 'horizontal_and_vertical';
  /** The seed that makes the random numbers reproducible. */
  declare readonly seed: number | null;

  constructor(...args: Arguments<RandomFlipOptions, typeof RandomFlip.positional>);
  constructor(options?: RandomFlipOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override getRandomTransformation({ shape }: Value): FlipTransformation {
    return { flips: ops.lessEqual(this.uniform([shape[0] ?? null, 1, 1, 1]), 0.5) };
  }

  override transformImages(images: Value, { flips }: FlipTransformation): Value {
    const { height, width } = this.axes;
    const axes = [...(this.mode === 'vertical' ? [] : [width]), ...(this.mode === 'horizontal' ? [] : [height])];
    return ops.where(flips, ops.flip(images, { axis: axes }), images);
  }

  override transformSegmentationMasks(masks: Value, transformation: FlipTransformation): Value {
    return this.transformImages(ops.cast(masks, this.dtype), transformation);
  }

  override transformBoundingBoxes(given: BoundingBoxes, { flips }: FlipTransformation, images: Value): BoundingBoxes {
    const { height, width } = this.sizesOf(images);
    const flipped = ops.squeeze(flips, { axis: -1 });
    const along = (place: Value, size: number, isFixed: boolean): Value =>
      isFixed ? place : ops.where(flipped, ops.subtract(size, place), place);
    return this.moveBoxes(given, images, (x, y) => [
      along(x, width, this.mode === 'vertical'),
      along(y, height, this.mode === 'horizontal'),
    ]);
  }
}
