import { BaseSpatialDropout, type SpatialDropoutOptions } from './base-spatial-dropout.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link SpatialDropout1D}. */
export type SpatialDropout1DOptions = SpatialDropoutOptions;

/**
 * Dropout of whole channels of sequences, in training: neighboring positions are correlated, so that dropping
 * single ones removes little information.
 *
 * y[b, …, c] = x[b, …, c] / (1 − rate) for all positions with probability 1 − rate, else 0
 *
 * Shapes: `[batch, steps, channels]` → the same.
 * @throws ValueError if `rate` is not in [0, 1].
 * @example
 * const layer = new SpatialDropout1D(0.5, { seed: 7 });
 * await layer.apply([[[1, 2], [3, 4]]], { training: true });    // each channel doubled, or all of it 0
 * @see https://keras.io/api/layers/regularization_layers/spatial_dropout1d/
 */
export class SpatialDropout1D extends BaseSpatialDropout {
  static override readonly className: string = 'SpatialDropout1D';
  static override readonly positional = ['rate', 'seed'] as const;

  constructor(...args: Arguments<SpatialDropout1DOptions & { rate: number }, typeof SpatialDropout1D.positional>);
  constructor(rate: number, options?: SpatialDropout1DOptions);
  constructor(...args: readonly unknown[]) {
    super(1, takeArguments(new.target, args));
  }
}
