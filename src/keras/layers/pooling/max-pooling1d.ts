import type { Fields } from '../../saving/fields.ts';
import { BaseMaxPooling } from './base-max-pooling.ts';
import { type PoolingOptions, poolingFields } from './base-pooling.ts';

/** Options of {@link MaxPooling1D}. */
export type MaxPooling1DOptions = PoolingOptions;

/**
 * The maximum of each window of a sequence, channel by channel.
 *
 * Shapes: `[batch, steps, channels]` → `[batch, steps′, channels]`, or with the channels in front;
 * steps′ is ⌈steps / stride⌉ with `'same'`, ⌊(steps − pool) / stride⌋ + 1 with `'valid'`.
 * @throws ValueError if the window does not fit into the input.
 * @example
 * const layer = new MaxPooling1D({ poolSize: 2 });
 * layer.apply(Input({ shape: [28, 32] })).shape;    // [null, 14, 32]
 * @see https://keras.io/api/layers/pooling_layers/max_pooling1d/
 */
export class MaxPooling1D extends BaseMaxPooling {
  static override readonly className: string = 'MaxPooling1D';
  static override readonly fields: Fields = poolingFields(1);
}
