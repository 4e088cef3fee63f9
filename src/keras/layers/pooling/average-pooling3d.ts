import type { Fields } from '../../saving/fields.ts';
import { BaseAveragePooling } from './base-average-pooling.ts';
import { type PoolingOptions, poolingFields } from './base-pooling.ts';

/** Options of {@link AveragePooling3D}. */
export type AveragePooling3DOptions = PoolingOptions;

/**
 * The mean of each window of a volume, channel by channel. Positions beyond the edge do not count.
 *
 * Shapes: `[batch, depth, height, width, channels]` → `[batch, depth′, height′, width′, channels]`, or with the channels in front;
 * depth′ is ⌈depth / stride⌉ with `'same'`, ⌊(depth − pool) / stride⌋ + 1 with `'valid'`.
 * @throws ValueError if the window does not fit into the input.
 * @example
 * const layer = new AveragePooling3D(2);    // or { poolSize: 2 }
 * layer.apply(Input({ shape: [8, 28, 28, 32] })).shape;    // [null, 4, 14, 14, 32]
 * @see https://keras.io/api/layers/pooling_layers/average_pooling3d/
 */
export class AveragePooling3D extends BaseAveragePooling {
  static override readonly className: string = 'AveragePooling3D';
  static override readonly fields: Fields = poolingFields(3);
}
