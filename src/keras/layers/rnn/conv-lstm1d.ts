import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import type { Fields } from '../../saving/fields.ts';
import { ConvLSTM, type ConvLSTMOptions, convLSTMFields, convLSTMOrder } from './conv-lstm.ts';

/** Options of {@link ConvLSTM1D}. */
export type ConvLSTM1DOptions = ConvLSTMOptions;

interface Required {
  filters: number;
  kernelSize: number | readonly number[];
}

/**
 * A long short-term memory whose products are convolutions over one spatial axis (Shi et al., 2015).
 *
 *     [i f g o] = xₜ ∗ kernel + hₜ₋₁ ∗ recurrent_kernel + bias
 *     cₜ = σ(f) · cₜ₋₁ + σ(i) · activation(g)
 *     hₜ = σ(o) · activation(cₜ)          σ: `recurrentActivation`
 *
 * Shapes: `[batch, steps, width, channels]` → `[batch, width, filters]`, or channels first; with `returnSequences` the steps
 * remain. With `returnState` a list of this, h and c.
 *
 * @throws ValueError if a spatial size is unknown, or both strides and dilation are not 1.
 * @example
 * const layer = new ConvLSTM1D(5, 3, { padding: 'same' });
 * (await layer.apply(tensor(new Float32Array(192), [2, 3, 8, 4]))).shape;    // [2, 8, 5]
 * @see https://keras.io/api/layers/recurrent_layers/conv_lstm1d/
 */
export class ConvLSTM1D extends ConvLSTM {
  static override readonly className: string = 'ConvLSTM1D';
  static override readonly positional: readonly string[] = convLSTMOrder;
  static override readonly fields: Fields = convLSTMFields(1);

  constructor(...args: Arguments<ConvLSTM1DOptions & Required, typeof convLSTMOrder>);
  constructor(filters: number, kernelSize: number | readonly number[], options?: ConvLSTM1DOptions);
  constructor(...args: readonly unknown[]) {
    const [options, positional] = takeArguments(new.target, args);
    super(options as never, positional);
  }
}
