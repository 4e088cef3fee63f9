import type { Value } from '../../../compiler/ir/value.ts';
import { cast, divide, where, expandDims, sum } from '../../ops/index.ts';
import type { CallContext } from '../base/call-context.ts';
import { BaseGlobalAveragePooling } from './base-global-average-pooling.ts';
import type { GlobalPoolingOptions } from './base-global-pooling.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link GlobalAveragePooling1D}. */
export type GlobalAveragePooling1DOptions = GlobalPoolingOptions;

/**
 * The mean of each channel over a whole sequence. Masked steps do not count; the mask is dropped, and the mean of a
 * sequence that is masked entirely is NaN.
 *
 * Shapes: `[batch, steps, channels]`, or with the channels in front → `[batch, channels]`, or, with `keepdims`, the same
 * rank with a size of 1.
 * @example
 * new GlobalAveragePooling1D().apply(Input({ shape: [7, 64] })).shape;    // [null, 64]
 * @see https://keras.io/api/layers/pooling_layers/global_average_pooling1d/
 */
export class GlobalAveragePooling1D extends BaseGlobalAveragePooling {
  static override readonly className: string = 'GlobalAveragePooling1D';
  static override readonly positional = ['dataFormat', 'keepdims'] as const;

  override supportsMasking = true;

  constructor(...args: Arguments<GlobalAveragePooling1DOptions, typeof GlobalAveragePooling1D.positional>);
  constructor(options?: GlobalAveragePooling1DOptions);
  constructor(...args: readonly unknown[]) {
    super(1, takeArguments(new.target, args));
  }

  /** The mean of the steps, or of those that a mask keeps. */
  override call(inputs: Value, context: CallContext): Value {
    if (context.mask === null) return super.call(inputs, context);
    const isLast = this.dataFormat === 'channels_last';
    const counts = expandDims(cast(context.mask, 'bool'), isLast ? 2 : 1);
    const options = { axis: isLast ? 1 : 2, keepdims: this.keepdims };
    return divide(sum(where(counts, inputs, 0), options), sum(cast(counts, inputs.dtype), options));
  }

  override computeMask(): null {
    return null;
  }
}
