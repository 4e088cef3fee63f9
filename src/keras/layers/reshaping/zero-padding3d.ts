import type { Fields } from '../../saving/fields.ts';
import { BaseZeroPadding, type ZeroPaddingOptions, zeroPaddingFields } from './base-zero-padding.ts';

/** Options of {@link ZeroPadding3D}. */
export type ZeroPadding3DOptions = ZeroPaddingOptions;

/**
 * Zeros around a volume.
 *
 * Shapes: `[batch, depth, height, width, channels]` → `[batch, depth′, height′, width′, channels]`, or with the channels in front; depth′ is
 * start + depth + end.
 * @throws ValueError if `padding` is not made of non-negative integers, or does not fit the spatial axes.
 * @example
 * new ZeroPadding3D({ padding: [0, 1, [2, 0]] }).apply(Input({ shape: [4, 8, 8, 3] })).shape;    // [null, 4, 10, 10, 3]
 * @see https://keras.io/api/layers/reshaping_layers/zero_padding3d/
 */
export class ZeroPadding3D extends BaseZeroPadding {
  static override readonly className: string = 'ZeroPadding3D';
  static override readonly fields: Fields = zeroPaddingFields(3);
}
