import type { Fields } from '../../saving/fields.ts';
import { BaseMaxPooling } from './base-max-pooling.ts';
import { type PoolingOptions, poolingFields } from './base-pooling.ts';

/** Options of {@link MaxPooling2D}. */
export type MaxPooling2DOptions = PoolingOptions;

/**
 * The maximum of each window of an image, channel by channel.
 *
 * Shapes: `[batch, height, width, channels]` → `[batch, height′, width′, channels]`, or with the channels in front;
 * height′ is ⌈height / stride⌉ with `'same'`, ⌊(height − pool) / stride⌋ + 1 with `'valid'`.
 * @throws ValueError if the window does not fit into the input.
 * @example
 * const layer = new MaxPooling2D({ poolSize: [2, 2] });
 * layer.apply(Input({ shape: [28, 28, 32] })).shape;    // [null, 14, 14, 32]
 * @see https://keras.io/api/layers/pooling_layers/max_pooling2d/
 */
export class MaxPooling2D extends BaseMaxPooling {
  static override readonly className: string = 'MaxPooling2D';
  static override readonly fields: Fields = poolingFields(2);
}
