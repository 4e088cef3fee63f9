import { BaseGlobalMaxPooling } from './base-global-max-pooling.ts';
import type { GlobalPoolingOptions } from './base-global-pooling.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link GlobalMaxPooling3D}. */
export type GlobalMaxPooling3DOptions = GlobalPoolingOptions;

/**
 * The maximum of each channel over a whole volume.
 *
 * Shapes: `[batch, depth, height, width, channels]`, or with the channels in front → `[batch, channels]`, or, with
 * `keepdims`, the same rank with spatial sizes of 1.
 * @example
 * new GlobalMaxPooling3D().apply(Input({ shape: [3, 7, 7, 64] })).shape;    // [null, 64]
 * @see https://keras.io/api/layers/pooling_layers/global_max_pooling3d/
 */
export class GlobalMaxPooling3D extends BaseGlobalMaxPooling {
  static override readonly className: string = 'GlobalMaxPooling3D';
  static override readonly positional = ['dataFormat', 'keepdims'] as const;

  constructor(...args: Arguments<GlobalMaxPooling3DOptions, typeof GlobalMaxPooling3D.positional>);
  constructor(options?: GlobalMaxPooling3DOptions);
  constructor(...args: readonly unknown[]) {
    super(3, takeArguments(new.target, args));
  }
}
