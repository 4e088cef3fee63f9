import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import type { Fields } from '../../saving/fields.ts';
import { ConvLSTM, type ConvLSTMOptions, convLSTMFields, convLSTMOrder } from './conv-lstm.ts';

/** Options of {@link ConvLSTM2D}. */
export type ConvLSTM2DOptions = ConvLSTMOptions;

interface Required {
  filters: number;
  kernelSize: number | readonly number[];
}

/**
 * A long short-term memory whose products are convolutions over two spatial axes (Shi et al., 2015).
 *
 *     [i f g o] = xₜ ∗ kernel + hₜ₋₁ ∗ recurrent_kernel + bias
 *     cₜ = σ(f) · cₜ₋₁ + σ(i) · activation(g)
 *     hₜ = σ(o) · activation(cₜ)          σ: `recurrentActivation`
 *
 * Shapes: `[batch, steps, height, width, channels]` → `[batch, height, width, filters]`, or channels first; with `returnSequences` the steps
 * remain. With `returnState` a list of this, h and c.
 *
 * @throws ValueError if a spatial size is unknown, or both strides and dilation are not 1.
 * @example
 * const layer = new ConvLSTM2D(5, 3, { padding: 'same' });
 * (await layer.apply(tensor(new Float32Array(192), [2, 3, 4, 4, 2]))).shape;    // [2, 4, 4, 5]
 * @see https://keras.io/api/layers/recurrent_layers/conv_lstm2d/
 */
export class ConvLSTM2D extends ConvLSTM {
  static override readonly className: string = 'ConvLSTM2D';
  static override readonly positional: readonly string[] = convLSTMOrder;
  static override readonly fields: Fields = convLSTMFields(2);

  constructor(...args: Arguments<ConvLSTM2DOptions & Required, typeof convLSTMOrder>);
  constructor(filters: number, kernelSize: number | readonly number[], options?: ConvLSTM2DOptions);
  constructor(...args: readonly unknown[]) {
    const [options, positional] = takeArguments(new.target, args);
    super(options as never, positional);
  }
}
