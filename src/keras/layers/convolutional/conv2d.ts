import type { Fields } from '../../saving/fields.ts';
import { BaseConv, type BaseConvOptions, convFields } from './base-conv.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link Conv2D}. */
export type Conv2DOptions = BaseConvOptions;

/**
 * Convolution over images: a window moves over the two spatial axes, and each filter computes a weighted sum of what is
 * under it.
 *
 * y = activation(x ∗ kernel + bias), where ∗ is cross-correlation
 *
 * Shapes: `[batch, height, width, channels]` → `[batch, height′, width′, filters]`, or with the channels in front;
 * kernel `[…kernelSize, channels / groups, filters]`, bias `[filters]`. height′ is ⌈height / stride⌉ with `'same'`, and
 * ⌊(height − dilation · (kernel − 1) − 1) / stride⌋ + 1 with `'valid'`.
 * @throws ValueError if `filters` or the channels are not divisible by `groups`, or both strides and dilations exceed 1.
 * @example
 * const layer = new Conv2D(32, [3, 3], { activation: 'relu' });
 * layer.apply(Input({ shape: [28, 28, 1] })).shape;    // [null, 26, 26, 32]
 * @see https://keras.io/api/layers/convolution_layers/convolution2d/
 */
export class Conv2D extends BaseConv {
  static override readonly className: string = 'Conv2D';
  static override readonly positional = ['filters', 'kernelSize', 'strides', 'padding'] as const;
  static override readonly fields: Fields = convFields(2);

  constructor(
    ...args: Arguments<
      Conv2DOptions & { filters: number; kernelSize: number | readonly number[] },
      typeof Conv2D.positional
    >
  );
  constructor(filters: number, kernelSize: number | readonly number[], options?: Conv2DOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }
}
