import { BaseGlobalMaxPooling } from './base-global-max-pooling.ts';
import type { GlobalPoolingOptions } from './base-global-pooling.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link GlobalMaxPooling1D}. */
export type GlobalMaxPooling1DOptions = GlobalPoolingOptions;

/**
 * The maximum of each channel over a whole sequence.
 *
 * Shapes: `[batch, steps, channels]`, or with the channels in front → `[batch, channels]`, or, with
 * `keepdims`, the same rank with spatial sizes of 1.
 * @example
 * new GlobalMaxPooling1D().apply(Input({ shape: [7, 64] })).shape;    // [null, 64]
 * @see https://keras.io/api/layers/pooling_layers/global_max_pooling1d/
 */
export class GlobalMaxPooling1D extends BaseGlobalMaxPooling {
  static override readonly className: string = 'GlobalMaxPooling1D';
  static override readonly positional = ['dataFormat', 'keepdims'] as const;

  constructor(...args: Arguments<GlobalMaxPooling1DOptions, typeof GlobalMaxPooling1D.positional>);
  constructor(options?: GlobalMaxPooling1DOptions);
  constructor(...args: readonly unknown[]) {
    super(1, takeArguments(new.target, args));
  }
}
