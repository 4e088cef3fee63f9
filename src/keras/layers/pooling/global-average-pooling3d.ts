import { BaseGlobalAveragePooling } from './base-global-average-pooling.ts';
import type { GlobalPoolingOptions } from './base-global-pooling.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link GlobalAveragePooling3D}. */
export type GlobalAveragePooling3DOptions = GlobalPoolingOptions;

/**
 * The mean of each channel over a whole volume.
 *
 * Shapes: `[batch, depth, height, width, channels]`, or with the channels in front → `[batch, channels]`, or, with
 * `keepdims`, the same rank with spatial sizes of 1.
 * @example
 * new GlobalAveragePooling3D().apply(Input({ shape: [3, 7, 7, 64] })).shape;    // [null, 64]
 * @see https://keras.io/api/layers/pooling_layers/global_average_pooling3d/
 */
export class GlobalAveragePooling3D extends BaseGlobalAveragePooling {
  static override readonly className: string = 'GlobalAveragePooling3D';
  static override readonly positional = ['dataFormat', 'keepdims'] as const;

  constructor(...args: Arguments<GlobalAveragePooling3DOptions, typeof GlobalAveragePooling3D.positional>);
  constructor(options?: GlobalAveragePooling3DOptions);
  constructor(...args: readonly unknown[]) {
    super(3, takeArguments(new.target, args));
  }
}
