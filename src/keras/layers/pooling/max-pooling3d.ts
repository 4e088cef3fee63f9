import type { Fields } from '../../saving/fields.ts';
import { BaseMaxPooling } from './base-max-pooling.ts';
import { type PoolingOptions, poolingFields } from './base-pooling.ts';

/** Options of {@link MaxPooling3D}. */
export type MaxPooling3DOptions = PoolingOptions;

/**
 * The maximum of each window of a volume, channel by channel.
 *
 * Shapes: `[batch, depth, height, width, channels]` → `[batch, depth′, height′, width′, channels]`, or with the channels in front;
 * depth′ is ⌈depth / stride⌉ with `'same'`, ⌊(depth − pool) / stride⌋ + 1 with `'valid'`.
 * @throws ValueError if the window does not fit into the input.
 * @example
 * const layer = new MaxPooling3D({ poolSize: 2 });
 * layer.apply(Input({ shape: [8, 28, 28, 32] })).shape;    // [null, 4, 14, 14, 32]
 * @see https://keras.io/api/layers/pooling_layers/max_pooling3d/
 */
export class MaxPooling3D extends BaseMaxPooling {
  static override readonly className: string = 'MaxPooling3D';
  static override readonly fields: Fields = poolingFields(3);
}
