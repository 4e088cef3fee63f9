import { BaseGlobalMaxPooling } from './base-global-max-pooling.ts';
import type { GlobalPoolingOptions } from './base-global-pooling.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link GlobalMaxPooling2D}. */
export type GlobalMaxPooling2DOptions = GlobalPoolingOptions;

/**
 * The maximum of each channel over a whole image.
 *
 * Shapes: `[batch, height, width, channels]`, or with the channels in front → `[batch, channels]`, or, with
 * `keepdims`, the same rank with spatial sizes of 1.
 * @example
 * new GlobalMaxPooling2D().apply(Input({ shape: [7, 7, 64] })).shape;    // [null, 64]
 * @see https://keras.io/api/layers/pooling_layers/global_max_pooling2d/
 */
export class GlobalMaxPooling2D extends BaseGlobalMaxPooling {
  static override readonly className: string = 'GlobalMaxPooling2D';
  static override readonly positional = ['dataFormat', 'keepdims'] as const;

  constructor(...args: Arguments<GlobalMaxPooling2DOptions, typeof GlobalMaxPooling2D.positional>);
  constructor(options?: GlobalMaxPooling2DOptions);
  constructor(...args: readonly unknown[]) {
    super(2, takeArguments(new.target, args));
  }
}
