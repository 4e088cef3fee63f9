import { cumulative } from './equalize-tiles.ts';
import { createNode } from '../../../../compiler/graph/node.ts';
import type { Value } from '../../../../compiler/ir/value.ts';
import * as ops from '../../../ops/index.ts';
import { type Arguments, takeArguments } from '../../../saving/arguments.ts';
import type { Fields } from '../../../saving/fields.ts';
import { positive } from '../../base/option-fields.ts';
import { BaseImagePreprocessingLayer, type ImagePreprocessingOptions } from './base-image-preprocessing-layer.ts';
import { type Interval, valueRange } from './fields.ts';
import { rescale } from './pixels.ts';

/** Options of {@link Equalization}. */
export interface EqualizationOptions extends ImagePreprocessingOptions {
  /** The smallest and the largest value of a pixel. @default [0, 255] */
  valueRange?: readonly number[] | undefined;
  /** The number of bins of the histogram. @default 256 */
  bins?: number | undefined;
}

/**
 * Spreads the values of each channel evenly over the range of values, in training: each value is replaced by its rank in the
 * histogram of the channel over the whole batch.
 *
 * y = round(255 · (cdf(x) − cdf_min) / (n − cdf_min)), for x in [0, 255] in `bins` bins
 *
 * Shapes: images `[height, width, channels]`, with a batch axis before, or channels first → the same. In inference the images pass through.
 * @throws ValueError for a range that is not two numbers, or images of another rank.
 * @example
 * await new Equalization().apply([[[10], [11], [12]]]);    // [[[0], [128], [255]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/equalization/
 */
export class Equalization extends BaseImagePreprocessingLayer<null> {
  static override readonly className: string = 'Equalization';
  static override readonly positional = ['valueRange', 'bins', 'dataFormat'] as const;
  static override readonly fields: Fields = {
    ...BaseImagePreprocessingLayer.fields,
    bins: positive(256),
    valueRange,
  };

  /** The number of bins of the histogram. */
  declare readonly bins: number;
  /** The smallest and the largest value of a pixel. */
  declare readonly valueRange: Interval;

  constructor(...args: Arguments<EqualizationOptions, typeof Equalization.positional>);
  constructor(options?: EqualizationOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override getRandomTransformation(): null {
    return null;
  }

  override transformImages(images: Value): Value {
    const axis = this.axes.channels;
    const bytes = rescale(images, this.valueRange, [0, 255]);
    const channels = ops.split(bytes, images.shape[axis] ?? 1, { axis });
    const equalized = ops.concatenate(
      channels.map((channel) => this.#equalize(channel)),
      { axis },
    );
    return rescale(equalized, [0, 255], this.valueRange);
  }

  #equalize(channel: Value): Value {
    const { bins } = this;
    const places = ops.cast(ops.divide(ops.multiply(channel, bins - 1), 255), 'int32');
    const indices = ops.ravel(ops.clip(places, 0, bins - 1));
    const ones = ops.onesLike(ops.cast(indices, 'float32'));
    const [histogram] = createNode('scatterAdd', [ones, indices], { axis: 0, size: bins });
    const totals = ops.matmul(histogram, cumulative(bins));
    const first = ops.min(ops.where(ops.greater(totals, 0), totals, Infinity));
    const rest = ops.subtract(ops.max(totals), first);
    const isFlat = ops.equal(rest, 0);
    const ranks = ops.divide(ops.multiply(ops.subtract(totals, first), 255), ops.where(isFlat, 1, rest));
    const table = ops.clip(ops.round(ranks), 0, 255);
    const looked = ops.cast(ops.multiply(ops.divide(channel, 255), bins - 1), 'int32');
    const found = ops.take(table, ops.clip(looked, 0, bins - 1), { axis: 0 });
    return ops.where(isFlat, channel, ops.cast(found, channel.dtype));
  }
}
