import type { Value } from '../../../../compiler/ir/value.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import type { Fields } from '../../../saving/fields.ts';
import { BaseImagePreprocessingLayer, type ImagePreprocessingOptions } from './base-image-preprocessing-layer.ts';
import { type Interval, valueRange } from './fields.ts';
import { clipTo, rescale } from './pixels.ts';

/** Options of {@link AutoContrast}. */
export interface AutoContrastOptions extends ImagePreprocessingOptions {
  /** The smallest and the largest value of a pixel. @default [0, 255] */
  valueRange?: readonly number[] | undefined;
}

/**
 * Stretches each channel of an image to the range of values, in training and in inference. A channel of one value is kept.
 *
 * y = 255 · (x − min) / (max − min), for x in [0, 255]
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same.
 * @throws ValueError for a range that is not two numbers, or images of another rank.
 * @example
 * await new AutoContrast({ valueRange: [0, 1] }).apply([[[0.25], [0.5], [0.75]]]);    // [[[0], [0.5], [1]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/auto_contrast/
 */
export class AutoContrast extends BaseImagePreprocessingLayer<null> {
  static override readonly className: string = 'AutoContrast';
  static override readonly positional = ['valueRange'] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    valueRange,
  };

  /** The smallest and the largest value of a pixel. */
  declare readonly valueRange: Interval;

  constructor(...args: Arguments<AutoContrastOptions, typeof AutoContrast.positional>);
  constructor(options?: AutoContrastOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  protected override get transformsInInference(): boolean {
    return true;
  }

  override getRandomTransformation(): null {
    return null;
  }

  override transformImages(images: Value): Value {
    const { height, width } = this.axes;
    const over = { axis: [height, width], keepdims: true };
    const bytes = rescale(images, this.valueRange, [0, 255]);
    const low = ops.min(bytes, over);
    const span = ops.subtract(ops.max(bytes, over), low);
    const isFlat = ops.equal(span, 0);
    const scale = ops.divide(255, ops.where(isFlat, 1, span));
    const stretched = clipTo(ops.multiply(ops.subtract(bytes, low), scale), [0, 255]);
    return ops.where(isFlat, images, rescale(stretched, [0, 255], this.valueRange));
  }
}
