import type { Config } from '../../../core/config.ts';
import type { DataFormat } from '../../ops/windows.ts';
import { checkDataFormat } from '../base/arguments.ts';
import type { LayerOptions } from '../base/layer.ts';
import { BaseCropping } from './base-cropping.ts';
import type { EdgesLike } from './edges.ts';

/** Options of {@link Cropping3D}. */
export interface Cropping3DOptions extends LayerOptions {
  /** How many elements go: one number for all edges, or for each spatial axis one number or [before, behind]. @default 1 */
  cropping?: EdgesLike | undefined;
  /** Where the channels are. @default 'channels_last' */
  dataFormat?: DataFormat | null | undefined;
}

/**
 * A volume without its edges.
 *
 * Shapes: `[batch, depth, height, width, channels]` → `[batch, depth′, height′, width′, channels]`, or with the channels in front; depth′ is
 * depth − before − behind.
 * @throws ValueError if `cropping` is not made of non-negative integers, or leaves nothing.
 * @example
 * new Cropping3D().apply(Input({ shape: [4, 28, 28, 3] })).shape;    // [null, 2, 26, 26, 3]
 * @see https://keras.io/api/layers/reshaping_layers/cropping3d/
 */
export class Cropping3D extends BaseCropping {
  static override readonly className: string = 'Cropping3D';

  readonly #dataFormat: DataFormat;

  constructor(options: Cropping3DOptions = {}) {
    super(3, options.cropping ?? 1, options, ['cropping', 'dataFormat']);
    this.#dataFormat = checkDataFormat(this.who, options.dataFormat);
  }

  override get dataFormat(): DataFormat {
    return this.#dataFormat;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), cropping: this.cropping, data_format: this.dataFormat };
  }
}
