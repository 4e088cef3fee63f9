import type { DataFormat } from '../../ops/index.ts';
import type { Fields } from '../../saving/fields.ts';
import { dataFormat } from '../base/option-fields.ts';
import { BaseSpatialDropout, type SpatialDropoutFormatOptions } from './base-spatial-dropout.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link SpatialDropout3D}. */
export type SpatialDropout3DOptions = SpatialDropoutFormatOptions;

/**
 * Dropout of whole channels of volumes, in training: neighboring positions are correlated, so that dropping
 * single ones removes little information.
 *
 * y[b, …, c] = x[b, …, c] / (1 − rate) for all positions with probability 1 − rate, else 0
 *
 * Shapes: `[batch, depth, height, width, channels]` → the same, or with the channels in front.
 * @throws ValueError if `rate` is not in [0, 1].
 * @example
 * const layer = new SpatialDropout3D(0.5, { seed: 7 });
 * await layer.apply([[[[[1, 2], [3, 4]]]]], { training: true });    // each channel doubled, or all of it 0
 * @see https://keras.io/api/layers/regularization_layers/spatial_dropout3d/
 */
export class SpatialDropout3D extends BaseSpatialDropout {
  static override readonly className: string = 'SpatialDropout3D';
  static override readonly positional = ['rate', 'dataFormat', 'seed'] as const;
  static override readonly fields: Fields = { ...BaseSpatialDropout.fields, dataFormat: dataFormat() };

  declare readonly dataFormat: DataFormat;

  constructor(...args: Arguments<SpatialDropout3DOptions & { rate: number }, typeof SpatialDropout3D.positional>);
  constructor(rate: number, options?: SpatialDropout3DOptions);
  constructor(...args: readonly unknown[]) {
    super(3, takeArguments(new.target, args));
  }

  protected override get channelsLast(): boolean {
    return this.dataFormat === 'channels_last';
  }
}
