import type { Fields } from '../../saving/fields.ts';
import { BaseZeroPadding, type ZeroPaddingOptions, zeroPaddingFields } from './base-zero-padding.ts';

/** Options of {@link ZeroPadding1D}. */
export type ZeroPadding1DOptions = ZeroPaddingOptions;

/**
 * Zeros around a sequence.
 *
 * Shapes: `[batch, steps, channels]` → `[batch, steps′, channels]`, or with the channels in front; steps′ is
 * start + steps + end.
 * @throws ValueError if `padding` is not made of non-negative integers, or does not fit the spatial axes.
 * @example
 * await new ZeroPadding1D().apply([[[1], [2]]]);    // [[[0], [1], [2], [0]]]
 * @see https://keras.io/api/layers/reshaping_layers/zero_padding1d/
 */
export class ZeroPadding1D extends BaseZeroPadding {
  static override readonly className: string = 'ZeroPadding1D';
  static override readonly fields: Fields = zeroPaddingFields(1);
}
