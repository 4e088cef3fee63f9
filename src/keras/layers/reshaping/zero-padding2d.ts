import type { Fields } from '../../saving/fields.ts';
import { BaseZeroPadding, type ZeroPaddingOptions, zeroPaddingFields } from './base-zero-padding.ts';

/** Options of {@link ZeroPadding2D}. */
export type ZeroPadding2DOptions = ZeroPaddingOptions;

/**
 * Zeros around an image.
 *
 * Shapes: `[batch, height, width, channels]` → `[batch, height′, width′, channels]`, or with the channels in front; height′ is
 * start + height + end.
 * @throws ValueError if `padding` is not made of non-negative integers, or does not fit the spatial axes.
 * @example
 * await new ZeroPadding2D().apply([[[[1]]]]);    // [[[[0], [0], [0]], [[0], [1], [0]], [[0], [0], [0]]]]
 * @see https://keras.io/api/layers/reshaping_layers/zero_padding2d/
 */
export class ZeroPadding2D extends BaseZeroPadding {
  static override readonly className: string = 'ZeroPadding2D';
  static override readonly fields: Fields = zeroPaddingFields(2);
}
