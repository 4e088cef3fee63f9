import { BaseGlobalAveragePooling } from './base-global-average-pooling.ts';
import type { GlobalPoolingOptions } from './base-global-pooling.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link GlobalAveragePooling2D}. */
export type GlobalAveragePooling2DOptions = GlobalPoolingOptions;

/**
 * The mean of each channel over a whole image.
 *
 * Shapes: `[batch, height, width, channels]`, or with the channels in front → `[batch, channels]`, or, with
 * `keepdims`, the same rank with spatial sizes of 1.
 * @example
 * new GlobalAveragePooling2D().apply(Input({ shape: [7, 7, 64] })).shape;    // [null, 64]
 * @see https://keras.io/api/layers/pooling_layers/global_average_pooling2d/
 */
export class GlobalAveragePooling2D extends BaseGlobalAveragePooling {
  static override readonly className: string = 'GlobalAveragePooling2D';
  static override readonly positional = ['dataFormat', 'keepdims'] as const;

  constructor(...args: Arguments<GlobalAveragePooling2DOptions, typeof GlobalAveragePooling2D.positional>);
  constructor(options?: GlobalAveragePooling2DOptions);
  constructor(...args: readonly unknown[]) {
    super(2, takeArguments(new.target, args));
  }
}
