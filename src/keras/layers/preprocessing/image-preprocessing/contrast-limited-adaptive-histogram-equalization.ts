import { onBatch } from '../../../ops/image/images.ts';
import { equalizeTiles } from './equalize-tiles.ts';
import type { Value } from '../../../../compiler/ir/value.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import { type Fields, number } from '../../../saving/fields.ts';
import { perAxis } from '../../base/option-fields.ts';
import { BaseImagePreprocessingLayer, type ImagePreprocessingOptions } from './base-image-preprocessing-layer.ts';
import { type Interval, valueRange } from './fields.ts';
import { rescale } from './pixels.ts';

/** Options of {@link ContrastLimitedAdaptiveHistogramEqualization}. */
export interface ContrastLimitedAdaptiveHistogramEqualizationOptions extends ImagePreprocessingOptions {
  /** The smallest and the largest value of a pixel. @default [0, 255] */
  valueRange?: readonly number[] | undefined;
  /** The largest entry of a histogram, in multiples of its mean; 0 for no limit. @default 4 */
  clipLimit?: number | undefined;
  /** The number of tiles along the height and along the width. @default [8, 8] */
  tileGridSize?: readonly number[] | undefined;
}

/**
 * Equalizes the histograms of the tiles of each channel of an image, with limited contrast, in training and in inference. The
 * maps of neighboring tiles are interpolated linearly.
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same.
 * @throws ValueError for a grid that is not two positive integers, or images of another rank.
 * @example
 * const layer = new ContrastLimitedAdaptiveHistogramEqualization({ tileGridSize: [1, 1], clipLimit: 0 });
 * await layer.apply([[[10], [11]]]);    // [[[127.5], [255]]]
 * @see Zuiderveld, 1994, Contrast limited adaptive histogram equalization
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/
 */
export class ContrastLimitedAdaptiveHistogramEqualization extends BaseImagePreprocessingLayer<null> {
  static override readonly className: string = 'ContrastLimitedAdaptiveHistogramEqualization';
  static override readonly positional = ['valueRange', 'clipLimit', 'tileGridSize', 'dataFormat'] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    valueRange,
    clipLimit: number(4),
    tileGridSize: { ...perAxis(2), byDefault: [8, 8] },
  };

  /** The smallest and the largest value of a pixel. */
  declare readonly valueRange: Interval;
  /** The largest entry of a histogram, in multiples of its mean. */
  declare readonly clipLimit: number;
  /** The number of tiles along the height and along the width. */
  declare readonly tileGridSize: readonly number[];

  constructor(
    ...args: Arguments<
      ContrastLimitedAdaptiveHistogramEqualizationOptions,
      typeof ContrastLimitedAdaptiveHistogramEqualization.positional
    >
  );
  constructor(options?: ContrastLimitedAdaptiveHistogramEqualizationOptions);
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
    const [rows = 1, columns = 1] = this.tileGridSize;
    const bytes = rescale(ops.cast(images, 'float32'), this.valueRange, [0, 255]);
    const equalized = onBatch(bytes, this.dataFormat, (batch) => equalizeTiles(batch, [rows, columns], this.clipLimit));
    return ops.cast(rescale(equalized, [0, 255], this.valueRange), images.dtype);
  }
}
