import type { Fields } from '../../saving/fields.ts';
import { BaseAveragePooling } from './base-average-pooling.ts';
import { type PoolingOptions, poolingFields } from './base-pooling.ts';

/** Options of {@link AveragePooling2D}. */
export type AveragePooling2DOptions = PoolingOptions;

/**
 * The mean of each window of an image, channel by channel. Positions beyond the edge do not count.
 *
 * Shapes: `[batch, height, width, channels]` → `[batch, height′, width′, channels]`, or with the channels in front;
 * height′ is ⌈height / stride⌉ with `'same'`, ⌊(height − pool) / stride⌋ + 1 with `'valid'`.
 * @throws ValueError if the window does not fit into the input.
 * @example
 * const layer = new AveragePooling2D(2);    // or { poolSize: 2 }
 * layer.apply(Input({ shape: [28, 28, 32] })).shape;    // [null, 14, 14, 32]
 * @see https://keras.io/api/layers/pooling_layers/average_pooling2d/
 */
export class AveragePooling2D extends BaseAveragePooling {
  static override readonly className: string = 'AveragePooling2D';
  static override readonly fields: Fields = poolingFields(2);
}
