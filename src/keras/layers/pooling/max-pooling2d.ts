import type { Config } from '../../../core/config.ts';
import { optionsOf } from '../../saving/registry.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { type PoolOptions, maxPool } from '../../ops/windows.ts';
import { BasePooling, type PoolingOptions } from './base-pooling.ts';

/** Options of {@link MaxPooling2D}. */
export type MaxPooling2DOptions = PoolingOptions;

/**
 * The greatest element of each window of an image, channel by channel.
 *
 * Shapes: `[batch, height, width, channels]` → `[batch, height′, width′, channels]`, or with the channels in front;
 * height′ is ⌈height / stride⌉ with `'same'`, ⌊(height − pool) / stride⌋ + 1 with `'valid'`.
 * @throws ValueError if the window does not fit into the input.
 * @example
 * const layer = new MaxPooling2D({ poolSize: [2, 2] });
 * layer.apply(Input({ shape: [28, 28, 32] })).shape;    // [null, 14, 14, 32]
 * @see https://keras.io/api/layers/pooling_layers/max_pooling2d/
 */
export class MaxPooling2D extends BasePooling {
  static override readonly className: string = 'MaxPooling2D';

  constructor(options: MaxPooling2DOptions = {}) {
    super(2, options);
  }

  protected override pool(x: Value, poolSize: readonly number[], options: PoolOptions): Value {
    return maxPool(x, poolSize, options);
  }

  static override fromConfig(config: Config): MaxPooling2D {
    return new this(optionsOf(config));
  }
}
