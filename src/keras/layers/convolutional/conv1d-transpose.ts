import type { Fields } from '../../saving/fields.ts';
import { BaseConvTranspose, type BaseConvTransposeOptions, convTransposeFields } from './base-conv-transpose.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link Conv1DTranspose}. */
export type Conv1DTransposeOptions = BaseConvTransposeOptions;

/**
 * Transposed convolution over sequences: each element of the input adds the kernel, times itself, to the output, so that
 * strides enlarge. It is the gradient of a convolution.
 *
 * y[i · stride + k · dilation, o] = activation(Σ x[i, c] · kernel[k, o, c] + bias[o]), over all i and k that meet there
 *
 * Shapes: `[batch, steps, channels]` → `[batch, steps′, filters]`, or with the channels in front;
 * kernel `[…kernelSize, filters, channels]`, bias `[filters]`. steps′ is steps · stride with `'same'`, and
 * (steps − 1) · stride + max(reach, stride) with `'valid'`, where reach = dilation · (kernel − 1) + 1.
 * @throws ValueError if `outputPadding` is not less than `strides`, or both strides and dilations exceed 1.
 * @example
 * const layer = new Conv1DTranspose(4, 3, { strides: 2, padding: 'same' });
 * layer.apply(Input({ shape: [14, 8] })).shape;    // [null, 28, 4]
 * @see https://keras.io/api/layers/convolution_layers/convolution1d_transpose/
 */
export class Conv1DTranspose extends BaseConvTranspose {
  static override readonly className: string = 'Conv1DTranspose';
  static override readonly positional = ['filters', 'kernelSize', 'strides', 'padding'] as const;
  static override readonly fields: Fields = convTransposeFields(1);

  constructor(
    ...args: Arguments<
      Conv1DTransposeOptions & { filters: number; kernelSize: number | readonly number[] },
      typeof Conv1DTranspose.positional
    >
  );
  constructor(filters: number, kernelSize: number | readonly number[], options?: Conv1DTransposeOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }
}
