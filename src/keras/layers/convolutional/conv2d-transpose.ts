import type { Fields } from '../../saving/fields.ts';
import { BaseConvTranspose, type BaseConvTransposeOptions, convTransposeFields } from './base-conv-transpose.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link Conv2DTranspose}. */
export type Conv2DTransposeOptions = BaseConvTransposeOptions;

/**
 * Transposed convolution over images: each element of the input adds the kernel, times itself, to the output, so that
 * strides enlarge. It is the gradient of a convolution.
 *
 * y[i · stride + k · dilation, o] = activation(Σ x[i, c] · kernel[k, o, c] + bias[o]), over all i and k that meet there
 *
 * Shapes: `[batch, height, width, channels]` → `[batch, height′, width′, filters]`, or with the channels in front;
 * kernel `[…kernelSize, filters, channels]`, bias `[filters]`. height′ is height · stride with `'same'`, and
 * (height − 1) · stride + max(reach, stride) with `'valid'`, where reach = dilation · (kernel − 1) + 1.
 * @throws ValueError if `outputPadding` is not less than `strides`, or both strides and dilations exceed 1.
 * @example
 * const layer = new Conv2DTranspose(4, 3, { strides: 2, padding: 'same' });
 * layer.apply(Input({ shape: [14, 14, 8] })).shape;    // [null, 28, 28, 4]
 * @see https://keras.io/api/layers/convolution_layers/convolution2d_transpose/
 */
export class Conv2DTranspose extends BaseConvTranspose {
  static override readonly className: string = 'Conv2DTranspose';
  static override readonly positional = ['filters', 'kernelSize', 'strides', 'padding'] as const;
  static override readonly fields: Fields = convTransposeFields(2);

  constructor(
    ...args: Arguments<
      Conv2DTransposeOptions & { filters: number; kernelSize: number | readonly number[] },
      typeof Conv2DTranspose.positional
    >
  );
  constructor(filters: number, kernelSize: number | readonly number[], options?: Conv2DTransposeOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }
}
