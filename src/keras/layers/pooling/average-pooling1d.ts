import type { Config } from '../../../core/config.ts';
import { optionsOf } from '../../saving/registry.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { type PoolOptions, averagePool } from '../../ops/windows.ts';
import { BasePooling, type PoolingOptions } from './base-pooling.ts';

/** Options of {@link AveragePooling1D}. */
export type AveragePooling1DOptions = PoolingOptions;

/**
 * The mean of each window of a sequence, channel by channel. What lies over the edge does not count.
 *
 * Shapes: `[batch, steps, channels]` → `[batch, steps′, channels]`, or with the channels in front;
 * steps′ is ⌈steps / stride⌉ with `'same'`, ⌊(steps − pool) / stride⌋ + 1 with `'valid'`.
 * @throws ValueError if the window does not fit into the input.
 * @example
 * const layer = new AveragePooling1D(2);    // or { poolSize: 2 }
 * layer.apply(Input({ shape: [28, 32] })).shape;    // [null, 14, 32]
 * @see https://keras.io/api/layers/pooling_layers/average_pooling1d/
 */
export class AveragePooling1D extends BasePooling {
  static override readonly className: string = 'AveragePooling1D';

  /** Keras requires the size of the window here, and has a default for it in MaxPooling1D: both ways are taken. */
  constructor(poolSize: number | readonly number[], options?: AveragePooling1DOptions);
  constructor(options?: AveragePooling1DOptions);
  constructor(first: number | readonly number[] | AveragePooling1DOptions = {}, rest: AveragePooling1DOptions = {}) {
    super(1, isSize(first) ? { ...rest, poolSize: first } : first);
  }

  protected override pool(x: Value, poolSize: readonly number[], options: PoolOptions): Value {
    return averagePool(x, poolSize, options);
  }

  static override fromConfig(config: Config): AveragePooling1D {
    return new this(optionsOf(config));
  }
}

function isSize(value: number | readonly number[] | AveragePooling1DOptions): value is number | readonly number[] {
  return typeof value === 'number' || Array.isArray(value);
}
