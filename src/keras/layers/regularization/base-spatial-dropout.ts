import type { Shape } from '../../../core/shape.ts';
import type { DataFormat } from '../../ops/index.ts';
import { type Fields, type GivenOptions, number } from '../../saving/fields.ts';
import { name, plainDType, unwritten } from '../base/layer-fields.ts';
import type { LayerOptions } from '../base/layer-options.ts';
import { Dropout } from './dropout.ts';
import { seed } from './noise-options.ts';

/** Options of the layers that drop whole channels. */
export interface SpatialDropoutOptions extends LayerOptions {
  /** A seed that makes the dropped channels reproducible. @default null, another seed each time */
  seed?: number | null | undefined;
}

/** Options of the layers that drop whole channels of images and volumes. */
export interface SpatialDropoutFormatOptions extends SpatialDropoutOptions {
  /** The position of the channels. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
}

/** The base of layers that drop whole channels: all positions of a channel are dropped together. */
export abstract class BaseSpatialDropout extends Dropout {
  // Keras writes a shorter config for these layers than for others.
  static override readonly fields: Fields = {
    rate: number(undefined, { min: 0, max: 1 }),
    seed,
    name,
    dtype: plainDType,
    ...unwritten,
  };

  declare readonly noiseShape: Shape;

  constructor(rank: number, [options, positional]: [options: object, positional: GivenOptions]) {
    super(options, positional);
    const ones = new Array<number>(rank).fill(1);
    this.noiseShape = this.channelsLast ? [null, ...ones, null] : [null, null, ...ones];
    this.inputSpec = { ndim: rank + 2 };
  }

  /** Whether the channels are on the last axis. */
  protected get channelsLast(): boolean {
    return true;
  }
}
