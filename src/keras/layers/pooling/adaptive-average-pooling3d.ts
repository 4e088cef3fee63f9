import type { Fields } from '../../saving/fields.ts';
import {
  type AdaptivePoolingOptions,
  BaseAdaptiveAveragePooling,
  adaptivePoolingFields,
} from './base-adaptive-pooling.ts';

/** Options of {@link AdaptiveAveragePooling3D}. */
export type AdaptiveAveragePooling3DOptions = AdaptivePoolingOptions;

/**
 * The mean of each window of a volume, channel by channel, where the windows are such that the output has a fixed size.
 *
 * Shapes: `[batch, depth, height, width, channels]` → `[batch, depth′, height′, width′, channels]`, or with the channels in front; the sizes of the
 * output are `outputSize`. Window i of n covers the elements from ⌊i · size / n⌋ to before ⌈(i + 1) · size / n⌉.
 * @throws ValueError if `outputSize` is not positive.
 * @example
 * const layer = new AdaptiveAveragePooling3D(3);
 * layer.apply(Input({ shape: [8, 9, 10, 4] })).shape;    // [null, 3, 3, 3, 4]
 * @see https://keras.io/api/layers/pooling_layers/adaptive_average_pooling3d/
 */
export class AdaptiveAveragePooling3D extends BaseAdaptiveAveragePooling {
  static override readonly className: string = 'AdaptiveAveragePooling3D';
  static override readonly fields: Fields = adaptivePoolingFields(3);
}
