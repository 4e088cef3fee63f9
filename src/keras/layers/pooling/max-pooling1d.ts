import type { Config } from '../../../core/config.ts';
import { optionsOf } from '../../saving/registry.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { type PoolOptions, maxPool } from '../../ops/windows.ts';
import { BasePooling, type PoolingOptions } from './base-pooling.ts';

/** Options of {@link MaxPooling1D}. */
export type MaxPooling1DOptions = PoolingOptions;

/**
 * The greatest element of each window of a sequence, channel by channel.
 *
 * Shapes: `[batch, steps, channels]` → `[batch, steps′, channels]`, or with the channels in front;
 * steps′ is ⌈steps / stride⌉ with `'same'`, ⌊(steps − pool) / stride⌋ + 1 with `'valid'`.
 * @throws ValueError if the window does not fit into the input.
 * @example
 * const layer = new MaxPooling1D({ poolSize: 2 });
 * layer.apply(Input({ shape: [28, 32] })).shape;    // [null, 14, 32]
 * @see https://keras.io/api/layers/pooling_layers/max_pooling1d/
 */
export class MaxPooling1D extends BasePooling {
  static override readonly className: string = 'MaxPooling1D';

  constructor(options: MaxPooling1DOptions = {}) {
    super(1, options);
  }

  protected override pool(x: Value, poolSize: readonly number[], options: PoolOptions): Value {
    return maxPool(x, poolSize, options);
  }

  static override fromConfig(config: Config): MaxPooling1D {
    return new this(optionsOf(config));
  }
}
