import type { Fields } from '../../saving/fields.ts';
import { BaseSeparableConv, type SeparableConvOptions, separableConvFields } from './base-separable-conv.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link SeparableConv1D}. */
export type SeparableConv1DOptions = SeparableConvOptions;

/**
 * Convolution over sequences in two steps: each channel has filters of its own, then the channels are mixed, position by
 * position.
 *
 * y = activation((x ∗ depthwiseKernel) · pointwiseKernel + bias), where ∗ is cross-correlation, channel by channel
 *
 * Shapes: `[batch, steps, channels]` → `[batch, steps′, filters]`, or with the channels in front; depthwise
 * kernel `[…kernelSize, channels, depthMultiplier]`, pointwise kernel `[…1, channels · depthMultiplier, filters]`, bias
 * `[filters]`. steps′ is ⌈steps / stride⌉ with `'same'`, and
 * ⌊(steps − dilation · (kernel − 1) − 1) / stride⌋ + 1 with `'valid'`.
 * @throws ValueError if an argument is not positive, or the window does not fit into the input.
 * @example
 * const layer = new SeparableConv1D(8, 3);
 * layer.apply(Input({ shape: [28, 3] })).shape;    // [null, 26, 8]
 * @see https://keras.io/api/layers/convolution_layers/separable_convolution1d/
 */
export class SeparableConv1D extends BaseSeparableConv {
  static override readonly className: string = 'SeparableConv1D';
  static override readonly positional = ['filters', 'kernelSize', 'strides', 'padding'] as const;
  static override readonly fields: Fields = separableConvFields(1);

  constructor(
    ...args: Arguments<
      SeparableConv1DOptions & { filters: number; kernelSize: number | readonly number[] },
      typeof SeparableConv1D.positional
    >
  );
  constructor(filters: number, kernelSize: number | readonly number[], options?: SeparableConv1DOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }
}
