import type { Config } from '../../../core/config.ts';
import type { DataFormat } from '../../ops/windows.ts';
import type { LayerOptions } from '../base/layer.ts';
import { BaseCropping } from './base-cropping.ts';
import type { EdgesLike } from './edges.ts';

/** Options of {@link Cropping1D}. */
export interface Cropping1DOptions extends LayerOptions {
  /** How many elements go: one number for both ends, or [before, behind]. @default 1 */
  cropping?: EdgesLike | undefined;
}

/**
 * A sequence without its edges.
 *
 * Shapes: `[batch, steps, channels]` → `[batch, steps′, channels]`; steps′ is
 * steps − before − behind.
 * @throws ValueError if `cropping` is not made of non-negative integers, or leaves nothing.
 * @example
 * await new Cropping1D().apply([[[1], [2], [3]]]);    // [[[2]]]
 * @see https://keras.io/api/layers/reshaping_layers/cropping1d/
 */
export class Cropping1D extends BaseCropping {
  static override readonly className: string = 'Cropping1D';

  constructor(options: Cropping1DOptions = {}) {
    super(1, options.cropping ?? 1, options, ['cropping']);
  }

  override get dataFormat(): DataFormat {
    return 'channels_last';
  }

  override getConfig(): Config {
    return { ...super.getConfig(), cropping: this.cropping };
  }
}
