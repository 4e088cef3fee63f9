import type { Fields } from '../../saving/fields.ts';
import { type AdaptivePoolingOptions, BaseAdaptiveMaxPooling, adaptivePoolingFields } from './base-adaptive-pooling.ts';

/** Options of {@link AdaptiveMaxPooling1D}. */
export type AdaptiveMaxPooling1DOptions = AdaptivePoolingOptions;

/**
 * The maximum of each window of a sequence, channel by channel, where the windows are such that the output has a fixed size.
 *
 * Shapes: `[batch, length, channels]` → `[batch, length′, channels]`, or with the channels in front; the sizes of the
 * output are `outputSize`. Window i of n covers the elements from ⌊i · size / n⌋ to before ⌈(i + 1) · size / n⌉.
 * @throws ValueError if `outputSize` is not positive.
 * @example
 * const layer = new AdaptiveMaxPooling1D(3);
 * layer.apply(Input({ shape: [7, 4] })).shape;    // [null, 3, 4]
 * @see https://keras.io/api/layers/pooling_layers/adaptive_max_pooling1d/
 */
export class AdaptiveMaxPooling1D extends BaseAdaptiveMaxPooling {
  static override readonly className: string = 'AdaptiveMaxPooling1D';
  static override readonly fields: Fields = adaptivePoolingFields(1);
}
