import type { Fields } from '../../saving/fields.ts';
import { BaseDepthwiseConv, depthwiseConvFields } from './base-depthwise-conv.ts';
import type { ChannelwiseOptions } from './channelwise-layer.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link DepthwiseConv1D}. */
export type DepthwiseConv1DOptions = ChannelwiseOptions;

/**
 * Convolution over sequences in which each channel has filters of its own, and nothing mixes the channels.
 *
 * y[…, c · depthMultiplier + m] = activation((x[…, c] ∗ kernel[…, c, m]) + bias), where ∗ is cross-correlation
 *
 * Shapes: `[batch, steps, channels]` → `[batch, steps′, channels · depthMultiplier]`, or with the channels
 * in front; kernel `[…kernelSize, channels, depthMultiplier]`, bias `[channels · depthMultiplier]`. steps′ is
 * ⌈steps / stride⌉ with `'same'`, and ⌊(steps − dilation · (kernel − 1) − 1) / stride⌋ + 1 with `'valid'`.
 * @throws ValueError if an argument is not positive, or the window does not fit into the input.
 * @example
 * const layer = new DepthwiseConv1D(3, { depthMultiplier: 2 });
 * layer.apply(Input({ shape: [28, 3] })).shape;    // [null, 26, 6]
 * @see https://keras.io/api/layers/convolution_layers/depthwise_convolution1d/
 */
export class DepthwiseConv1D extends BaseDepthwiseConv {
  static override readonly className: string = 'DepthwiseConv1D';
  static override readonly positional = ['kernelSize', 'strides', 'padding', 'depthMultiplier'] as const;
  static override readonly fields: Fields = depthwiseConvFields(1);

  constructor(
    ...args: Arguments<
      DepthwiseConv1DOptions & { kernelSize: number | readonly number[] },
      typeof DepthwiseConv1D.positional
    >
  );
  constructor(kernelSize: number | readonly number[], options?: DepthwiseConv1DOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }
}
