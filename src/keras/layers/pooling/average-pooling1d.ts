import type { Fields } from '../../saving/fields.ts';
import { BaseAveragePooling } from './base-average-pooling.ts';
import { type PoolingOptions, poolingFields } from './base-pooling.ts';

/** Options of {@link AveragePooling1D}. */
export type AveragePooling1DOptions = PoolingOptions;

/**
 * The mean of each window of a sequence, channel by channel. Positions beyond the edge do not count.
 *
 * Shapes: `[batch, steps, channels]` → `[batch, steps′, channels]`, or with the channels in front;
 * steps′ is ⌈steps / stride⌉ with `'same'`, ⌊(steps − pool) / stride⌋ + 1 with `'valid'`.
 * @throws ValueError if the window does not fit into the input.
 * @example
 * const layer = new AveragePooling1D(2);    // or { poolSize: 2 }
 * layer.apply(Input({ shape: [28, 32] })).shape;    // [null, 14, 32]
 * @see https://keras.io/api/layers/pooling_layers/average_pooling1d/
 */
export class AveragePooling1D extends BaseAveragePooling {
  static override readonly className: string = 'AveragePooling1D';
  static override readonly fields: Fields = poolingFields(1);
}
