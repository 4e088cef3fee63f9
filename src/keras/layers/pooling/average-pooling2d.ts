import type { Config } from '../../../core/config.ts';
import { optionsOf } from '../../saving/registry.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { type PoolOptions, averagePool } from '../../ops/windows.ts';
import { BasePooling, type PoolingOptions } from './base-pooling.ts';

/** Options of {@link AveragePooling2D}. */
export type AveragePooling2DOptions = PoolingOptions;

/**
 * The mean of each window of an image, channel by channel. What lies over the edge does not count.
 *
 * Shapes: `[batch, height, width, channels]` → `[batch, height′, width′, channels]`, or with the channels in front;
 * height′ is ⌈height / stride⌉ with `'same'`, ⌊(height − pool) / stride⌋ + 1 with `'valid'`.
 * @throws ValueError if the window does not fit into the input.
 * @example
 * const layer = new AveragePooling2D(2);    // or { poolSize: 2 }
 * layer.apply(Input({ shape: [28, 28, 32] })).shape;    // [null, 14, 14, 32]
 * @see https://keras.io/api/layers/pooling_layers/average_pooling2d/
 */
export class AveragePooling2D extends BasePooling {
  static override readonly className: string = 'AveragePooling2D';

  /** Keras requires the size of the window here, and has a default for it in MaxPooling2D: both ways are taken. */
  constructor(poolSize: number | readonly number[], options?: AveragePooling2DOptions);
  constructor(options?: AveragePooling2DOptions);
  constructor(first: number | readonly number[] | AveragePooling2DOptions = {}, rest: AveragePooling2DOptions = {}) {
    super(2, isSize(first) ? { ...rest, poolSize: first } : first);
  }

  protected override pool(x: Value, poolSize: readonly number[], options: PoolOptions): Value {
    return averagePool(x, poolSize, options);
  }

  static override fromConfig(config: Config): AveragePooling2D {
    return new this(optionsOf(config));
  }
}

function isSize(value: number | readonly number[] | AveragePooling2DOptions): value is number | readonly number[] {
  return typeof value === 'number' || Array.isArray(value);
}
