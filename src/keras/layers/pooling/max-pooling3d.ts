import type { Config } from '../../../core/config.ts';
import { optionsOf } from '../../saving/registry.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { type PoolOptions, maxPool } from '../../ops/windows.ts';
import { BasePooling, type PoolingOptions } from './base-pooling.ts';

/** Options of {@link MaxPooling3D}. */
export type MaxPooling3DOptions = PoolingOptions;

/**
 * The greatest element of each window of a volume, channel by channel.
 *
 * Shapes: `[batch, depth, height, width, channels]` → `[batch, depth′, height′, width′, channels]`, or with the channels in front;
 * depth′ is ⌈depth / stride⌉ with `'same'`, ⌊(depth − pool) / stride⌋ + 1 with `'valid'`.
 * @throws ValueError if the window does not fit into the input.
 * @example
 * const layer = new MaxPooling3D({ poolSize: 2 });
 * layer.apply(Input({ shape: [8, 28, 28, 32] })).shape;    // [null, 4, 14, 14, 32]
 * @see https://keras.io/api/layers/pooling_layers/max_pooling3d/
 */
export class MaxPooling3D extends BasePooling {
  static override readonly className: string = 'MaxPooling3D';

  constructor(options: MaxPooling3DOptions = {}) {
    super(3, options);
  }

  protected override pool(x: Value, poolSize: readonly number[], options: PoolOptions): Value {
    return maxPool(x, poolSize, options);
  }

  static override fromConfig(config: Config): MaxPooling3D {
    return new this(optionsOf(config));
  }
}
