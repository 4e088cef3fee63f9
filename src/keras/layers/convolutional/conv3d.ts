import type { Fields } from '../../saving/fields.ts';
import { BaseConv, type BaseConvOptions, convFields } from './base-conv.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link Conv3D}. */
export type Conv3DOptions = BaseConvOptions;

/**
 * Convolution over volumes: a window moves over the three spatial axes, and each filter computes a weighted sum of what is
 * under it.
 *
 * y = activation(x ∗ kernel + bias), where ∗ is cross-correlation
 *
 * Shapes: `[batch, depth, height, width, channels]` → `[batch, depth′, height′, width′, filters]`, or with the channels in front;
 * kernel `[…kernelSize, channels / groups, filters]`, bias `[filters]`. depth′ is ⌈depth / stride⌉ with `'same'`, and
 * ⌊(depth − dilation · (kernel − 1) − 1) / stride⌋ + 1 with `'valid'`.
 * @throws ValueError if `filters` or the channels are not divisible by `groups`, or both strides and dilations exceed 1.
 * @example
 * const layer = new Conv3D(32, 3, { activation: 'relu' });
 * layer.apply(Input({ shape: [8, 28, 28, 1] })).shape;    // [null, 6, 26, 26, 32]
 * @see https://keras.io/api/layers/convolution_layers/convolution3d/
 */
export class Conv3D extends BaseConv {
  static override readonly className: string = 'Conv3D';
  static override readonly positional = ['filters', 'kernelSize', 'strides', 'padding'] as const;
  static override readonly fields: Fields = convFields(3);

  constructor(
    ...args: Arguments<
      Conv3DOptions & { filters: number; kernelSize: number | readonly number[] },
      typeof Conv3D.positional
    >
  );
  constructor(filters: number, kernelSize: number | readonly number[], options?: Conv3DOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }
}
