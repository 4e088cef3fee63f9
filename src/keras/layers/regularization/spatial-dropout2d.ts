import type { DataFormat } from '../../ops/index.ts';
import type { Fields } from '../../saving/fields.ts';
import { dataFormat } from '../base/option-fields.ts';
import { BaseSpatialDropout, type SpatialDropoutFormatOptions } from './base-spatial-dropout.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link SpatialDropout2D}. */
export type SpatialDropout2DOptions = SpatialDropoutFormatOptions;

/**
 * Dropout of whole channels of images, in training: neighboring positions are correlated, so that dropping
 * single ones removes little information.
 *
 * y[b, …, c] = x[b, …, c] / (1 − rate) for all positions with probability 1 − rate, else 0
 *
 * Shapes: `[batch, height, width, channels]` → the same, or with the channels in front.
 * @throws ValueError if `rate` is not in [0, 1].
 * @example
 * const layer = new SpatialDropout2D(0.5, { seed: 7 });
 * await layer.apply([[[[1, 2], [3, 4]]]], { training: true });    // each channel doubled, or all of it 0
 * @see https://keras.io/api/layers/regularization_layers/spatial_dropout2d/
 */
export class SpatialDropout2D extends BaseSpatialDropout {
  static override readonly className: string = 'SpatialDropout2D';
  static override readonly positional = ['rate', 'dataFormat', 'seed'] as const;
  static override readonly fields: Fields = { ...BaseSpatialDropout.fields, dataFormat: dataFormat() };

  declare readonly dataFormat: DataFormat;

  constructor(...args: Arguments<SpatialDropout2DOptions & { rate: number }, typeof SpatialDropout2D.positional>);
  constructor(rate: number, options?: SpatialDropout2DOptions);
  constructor(...args: readonly unknown[]) {
    super(2, takeArguments(new.target, args));
  }

  protected override get channelsLast(): boolean {
    return this.dataFormat === 'channels_last';
  }
}
