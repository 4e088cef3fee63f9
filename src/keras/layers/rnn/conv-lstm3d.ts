import { type Arguments, takeArguments } from '../../saving/arguments.ts';
import type { Fields } from '../../saving/fields.ts';
import { ConvLSTM, type ConvLSTMOptions, convLSTMFields, convLSTMOrder } from './conv-lstm.ts';

/** Options of {@link ConvLSTM3D}. */
export type ConvLSTM3DOptions = ConvLSTMOptions;

interface Required {
  filters: number;
  kernelSize: number | readonly number[];
}

/**
 * A long short-term memory whose products are convolutions over three spatial axes (Shi et al., 2015).
 *
 *     [i f g o] = xₜ ∗ kernel + hₜ₋₁ ∗ recurrent_kernel + bias
 *     cₜ = σ(f) · cₜ₋₁ + σ(i) · activation(g)
 *     hₜ = σ(o) · activation(cₜ)          σ: `recurrentActivation`
 *
 * Shapes: `[batch, steps, depth, height, width, channels]` → `[batch, depth, height, width, filters]`, or channels first; with `returnSequences` the steps
 * remain. With `returnState` a list of this, h and c.
 *
 * @throws ValueError if a spatial size is unknown, or both strides and dilation are not 1.
 * @example
 * const layer = new ConvLSTM3D(5, [1, 3, 3], { padding: 'same' });
 * (await layer.apply(tensor(new Float32Array(128), [1, 2, 2, 4, 4, 2]))).shape;    // [1, 2, 4, 4, 5]
 * @see https://keras.io/api/layers/recurrent_layers/conv_lstm3d/
 */
export class ConvLSTM3D extends ConvLSTM {
  static override readonly className: string = 'ConvLSTM3D';
  static override readonly positional: readonly string[] = convLSTMOrder;
  static override readonly fields: Fields = convLSTMFields(3);

  constructor(...args: Arguments<ConvLSTM3DOptions & Required, typeof convLSTMOrder>);
  constructor(filters: number, kernelSize: number | readonly number[], options?: ConvLSTM3DOptions);
  constructor(...args: readonly unknown[]) {
    const [options, positional] = takeArguments(new.target, args);
    super(options as never, positional);
  }
}
