import type { Config } from '../../../core/config.ts';
import type { DataFormat } from '../../ops/windows.ts';
import { checkDataFormat } from '../base/arguments.ts';
import type { LayerOptions } from '../base/layer.ts';
import { BaseCropping } from './base-cropping.ts';
import type { EdgesLike } from './edges.ts';

/** Options of {@link Cropping2D}. */
export interface Cropping2DOptions extends LayerOptions {
  /** How many elements go: one number for all edges, or for each spatial axis one number or [before, behind]. @default 0 */
  cropping?: EdgesLike | undefined;
  /** Where the channels are. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
}

/**
 * An image without its edges.
 *
 * Shapes: `[batch, height, width, channels]` → `[batch, height′, width′, channels]`, or with the channels in front; height′ is
 * height − before − behind.
 * @throws ValueError if `cropping` is not made of non-negative integers, or leaves nothing.
 * @example
 * new Cropping2D({ cropping: [2, [0, 4]] }).apply(Input({ shape: [28, 28, 3] })).shape;    // [null, 24, 24, 3]
 * @see https://keras.io/api/layers/reshaping_layers/cropping2d/
 */
export class Cropping2D extends BaseCropping {
  static override readonly className: string = 'Cropping2D';

  readonly #dataFormat: DataFormat;

  constructor(options: Cropping2DOptions = {}) {
    super(2, options.cropping ?? 0, options, ['cropping', 'dataFormat']);
    this.#dataFormat = checkDataFormat(this.who, options.dataFormat);
  }

  override get dataFormat(): DataFormat {
    return this.#dataFormat;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), cropping: this.cropping, data_format: this.dataFormat };
  }
}
