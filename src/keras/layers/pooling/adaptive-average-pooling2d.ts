import type { Fields } from '../../saving/fields.ts';
import {
  type AdaptivePoolingOptions,
  BaseAdaptiveAveragePooling,
  adaptivePoolingFields,
} from './base-adaptive-pooling.ts';

/** Options of {@link AdaptiveAveragePooling2D}. */
export type AdaptiveAveragePooling2DOptions = AdaptivePoolingOptions;

/**
 * The mean of each window of an image, channel by channel, where the windows are such that the output has a fixed size.
 *
 * Shapes: `[batch, height, width, channels]` → `[batch, height′, width′, channels]`, or with the channels in front; the sizes of the
 * output are `outputSize`. Window i of n covers the elements from ⌊i · size / n⌋ to before ⌈(i + 1) · size / n⌉.
 * @throws ValueError if `outputSize` is not positive.
 * @example
 * const layer = new AdaptiveAveragePooling2D(3);
 * layer.apply(Input({ shape: [28, 20, 4] })).shape;    // [null, 3, 3, 4]
 * @see https://keras.io/api/layers/pooling_layers/adaptive_average_pooling2d/
 */
export class AdaptiveAveragePooling2D extends BaseAdaptiveAveragePooling {
  static override readonly className: string = 'AdaptiveAveragePooling2D';
  static override readonly fields: Fields = adaptivePoolingFields(2);
}
