import type { Fields } from '../../saving/fields.ts';
import { type AdaptivePoolingOptions, BaseAdaptiveMaxPooling, adaptivePoolingFields } from './base-adaptive-pooling.ts';

/** Options of {@link AdaptiveMaxPooling2D}. */
export type AdaptiveMaxPooling2DOptions = AdaptivePoolingOptions;

/**
 * The maximum of each window of an image, channel by channel, where the windows are such that the output has a fixed size.
 *
 * Shapes: `[batch, height, width, channels]` → `[batch, height′, width′, channels]`, or with the channels in front; the sizes of the
 * output are `outputSize`. Window i of n covers the elements from ⌊i · size / n⌋ to before ⌈(i + 1) · size / n⌉.
 * @throws ValueError if `outputSize` is not positive.
 * @example
 * const layer = new AdaptiveMaxPooling2D(3);
 * layer.apply(Input({ shape: [28, 20, 4] })).shape;    // [null, 3, 3, 4]
 * @see https://keras.io/api/layers/pooling_layers/adaptive_max_pooling2d/
 */
export class AdaptiveMaxPooling2D extends BaseAdaptiveMaxPooling {
  static override readonly className: string = 'AdaptiveMaxPooling2D';
  static override readonly fields: Fields = adaptivePoolingFields(2);
}
