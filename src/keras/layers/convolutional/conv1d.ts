import type { Padding } from '../../ops/index.ts';
import type { Fields } from '../../saving/fields.ts';
import { BaseConv, type BaseConvOptions, convFields } from './base-conv.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link Conv1D}. */
export interface Conv1DOptions extends Omit<BaseConvOptions, 'padding'> {
  /** 'same' pads with zeros until every stride has an output; 'causal' pads in front alone, so that no output sees what comes later. @default 'valid' */
  padding?: Padding | 'causal' | undefined;
}

/**
 * Convolution over sequences: a window moves along the steps, and each filter computes a weighted sum of the elements
 * in it.
 *
 * y = activation(x ∗ kernel + bias), where ∗ is cross-correlation
 *
 * Shapes: `[batch, steps, channels]` → `[batch, steps′, filters]`, or with the channels in front;
 * kernel `[…kernelSize, channels / groups, filters]`, bias `[filters]`. steps′ is ⌈steps / stride⌉ with `'same'` and `'causal'`, and
 * ⌊(steps − dilation · (kernel − 1) − 1) / stride⌋ + 1 with `'valid'`.
 * @throws ValueError if `filters` or the channels are not divisible by `groups`, or both strides and dilations exceed 1.
 * @example
 * const layer = new Conv1D(32, 3, { activation: 'relu' });
 * layer.apply(Input({ shape: [28, 1] })).shape;    // [null, 26, 32]
 * @see https://keras.io/api/layers/convolution_layers/convolution1d/
 */
export class Conv1D extends BaseConv {
  static override readonly className: string = 'Conv1D';
  static override readonly positional = ['filters', 'kernelSize', 'strides', 'padding'] as const;
  static override readonly fields: Fields = convFields(1);

  constructor(
    ...args: Arguments<
      Conv1DOptions & { filters: number; kernelSize: number | readonly number[] },
      typeof Conv1D.positional
    >
  );
  constructor(filters: number, kernelSize: number | readonly number[], options?: Conv1DOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }
}
