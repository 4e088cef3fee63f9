import type { Value } from '../../../compiler/graph/value.ts';
import { type ReductionOptions, max } from '../../ops/reductions.ts';
import { BaseGlobalPooling, type GlobalPoolingOptions } from './base-global-pooling.ts';

/** Options of {@link GlobalMaxPooling1D}. */
export type GlobalMaxPooling1DOptions = GlobalPoolingOptions;

/**
 * The greatest element of each channel over a whole sequence.
 *
 * Shapes: `[batch, steps, channels]`, or with the channels in front → `[batch, channels]`, or, with
 * `keepdims`, the same rank with spatial sizes of 1.
 * @example
 * new GlobalMaxPooling1D().apply(Input({ shape: [7, 64] })).shape;    // [null, 64]
 * @see https://keras.io/api/layers/pooling_layers/global_max_pooling1d/
 */
export class GlobalMaxPooling1D extends BaseGlobalPooling {
  static override readonly className: string = 'GlobalMaxPooling1D';

  constructor(options: GlobalMaxPooling1DOptions = {}) {
    super(1, options);
  }

  protected override reduce(x: Value, options: ReductionOptions): Value {
    return max(x, options);
  }
}
