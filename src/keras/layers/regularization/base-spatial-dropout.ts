import type { Config } from '../../../core/config.ts';
import { checkOptions } from '../../../core/checks.ts';
import type { DataFormat } from '../../ops/windows.ts';
import { checkDataFormat } from '../base/arguments.ts';
import { LAYER_OPTIONS, type LayerOptions } from '../base/layer-options.ts';
import { Dropout, type DropoutOptions } from './dropout.ts';

/** Options of the layers that drop whole channels. */
export interface SpatialDropoutOptions extends LayerOptions {
  /** Makes what is dropped repeat itself. @default null, another seed each time */
  seed?: number | null | undefined;
}

/** Options of the layers that drop whole channels of images and volumes. */
export interface SpatialDropoutFormatOptions extends SpatialDropoutOptions {
  /** Where the channels are. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
}

/** What the layers share that drop whole channels: positions of a channel share their fate. */
export abstract class BaseSpatialDropout extends Dropout {
  constructor(className: string, rank: number, rate: number, options: SpatialDropoutFormatOptions) {
    super(rate, dropoutOptions(className, rank, options));
    this.inputSpec = { rank: rank + 2 };
  }

  /** As Keras writes it: what every other layer has besides is left out. */
  override getConfig(): Config {
    const { rate, seed, name, dtype } = this;
    return { rate, seed, name, dtype };
  }
}

function dropoutOptions(className: string, rank: number, options: SpatialDropoutFormatOptions): DropoutOptions {
  checkOptions(className, options, ['seed', ...(rank === 1 ? [] : ['dataFormat']), ...LAYER_OPTIONS]);
  const { dataFormat, ...rest } = options;
  const ones = new Array<number>(rank).fill(1);
  const isLast = checkDataFormat(className, dataFormat) === 'channels_last';
  return { ...rest, noiseShape: isLast ? [null, ...ones, null] : [null, null, ...ones] };
}
