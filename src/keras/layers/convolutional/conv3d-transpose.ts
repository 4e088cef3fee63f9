import type { Fields } from '../../saving/fields.ts';
import { BaseConvTranspose, type BaseConvTransposeOptions, convTransposeFields } from './base-conv-transpose.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link Conv3DTranspose}. */
export type Conv3DTransposeOptions = BaseConvTransposeOptions;

/**
 * Transposed convolution over volumes: each element of the input adds the kernel, times itself, to the output, so that
 * strides enlarge. It is the gradient of a convolution.
 *
 * y[i · stride + k · dilation, o] = activation(Σ x[i, c] · kernel[k, o, c] + bias[o]), over all i and k that meet there
 *
 * Shapes: `[batch, depth, height, width, channels]` → `[batch, depth′, height′, width′, filters]`, or with the channels in front;
 * kernel `[…kernelSize, filters, channels]`, bias `[filters]`. depth′ is depth · stride with `'same'`, and
 * (depth − 1) · stride + max(reach, stride) with `'valid'`, where reach = dilation · (kernel − 1) + 1.
 * @throws ValueError if `outputPadding` is not less than `strides`, or both strides and dilations exceed 1.
 * @example
 * const layer = new Conv3DTranspose(4, 3, { strides: 2, padding: 'same' });
 * layer.apply(Input({ shape: [4, 14, 14, 8] })).shape;    // [null, 8, 28, 28, 4]
 * @see https://keras.io/api/layers/convolution_layers/convolution3d_transpose/
 */
export class Conv3DTranspose extends BaseConvTranspose {
  static override readonly className: string = 'Conv3DTranspose';
  static override readonly positional = ['filters', 'kernelSize', 'strides', 'padding'] as const;
  static override readonly fields: Fields = convTransposeFields(3);

  constructor(
    ...args: Arguments<
      Conv3DTransposeOptions & { filters: number; kernelSize: number | readonly number[] },
      typeof Conv3DTranspose.positional
    >
  );
  constructor(filters: number, kernelSize: number | readonly number[], options?: Conv3DTransposeOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }
}
