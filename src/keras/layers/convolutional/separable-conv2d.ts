import type { Fields } from '../../saving/fields.ts';
import { BaseSeparableConv, type SeparableConvOptions, separableConvFields } from './base-separable-conv.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link SeparableConv2D}. */
export type SeparableConv2DOptions = SeparableConvOptions;

/**
 * Convolution over images in two steps: each channel has filters of its own, then the channels are mixed, position by
 * position.
 *
 * y = activation((x ∗ depthwiseKernel) · pointwiseKernel + bias), where ∗ is cross-correlation, channel by channel
 *
 * Shapes: `[batch, height, width, channels]` → `[batch, height′, width′, filters]`, or with the channels in front; depthwise
 * kernel `[…kernelSize, channels, depthMultiplier]`, pointwise kernel `[…1, channels · depthMultiplier, filters]`, bias
 * `[filters]`. height′ is ⌈height / stride⌉ with `'same'`, and
 * ⌊(height − dilation · (kernel − 1) − 1) / stride⌋ + 1 with `'valid'`.
 * @throws ValueError if an argument is not positive, or the window does not fit into the input.
 * @example
 * const layer = new SeparableConv2D(8, 3);
 * layer.apply(Input({ shape: [28, 28, 3] })).shape;    // [null, 26, 26, 8]
 * @see https://keras.io/api/layers/convolution_layers/separable_convolution2d/
 */
export class SeparableConv2D extends BaseSeparableConv {
  static override readonly className: string = 'SeparableConv2D';
  static override readonly positional = ['filters', 'kernelSize', 'strides', 'padding'] as const;
  static override readonly fields: Fields = separableConvFields(2);

  constructor(
    ...args: Arguments<
      SeparableConv2DOptions & { filters: number; kernelSize: number | readonly number[] },
      typeof SeparableConv2D.positional
    >
  );
  constructor(filters: number, kernelSize: number | readonly number[], options?: SeparableConv2DOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }
}
