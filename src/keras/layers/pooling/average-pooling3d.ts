import type { Config } from '../../../core/config.ts';
import { optionsOf } from '../../saving/registry.ts';
import type { Value } from '../../../compiler/graph/value.ts';
import { type PoolOptions, averagePool } from '../../ops/windows.ts';
import { BasePooling, type PoolingOptions } from './base-pooling.ts';

/** Options of {@link AveragePooling3D}. */
export type AveragePooling3DOptions = PoolingOptions;

/**
 * The mean of each window of a volume, channel by channel. What lies over the edge does not count.
 *
 * Shapes: `[batch, depth, height, width, channels]` → `[batch, depth′, height′, width′, channels]`, or with the channels in front;
 * depth′ is ⌈depth / stride⌉ with `'same'`, ⌊(depth − pool) / stride⌋ + 1 with `'valid'`.
 * @throws ValueError if the window does not fit into the input.
 * @example
 * const layer = new AveragePooling3D(2);    // or { poolSize: 2 }
 * layer.apply(Input({ shape: [8, 28, 28, 32] })).shape;    // [null, 4, 14, 14, 32]
 * @see https://keras.io/api/layers/pooling_layers/average_pooling3d/
 */
export class AveragePooling3D extends BasePooling {
  static override readonly className: string = 'AveragePooling3D';

  /** Keras requires the size of the window here, and has a default for it in MaxPooling3D: both ways are taken. */
  constructor(poolSize: number | readonly number[], options?: AveragePooling3DOptions);
  constructor(options?: AveragePooling3DOptions);
  constructor(first: number | readonly number[] | AveragePooling3DOptions = {}, rest: AveragePooling3DOptions = {}) {
    super(3, isSize(first) ? { ...rest, poolSize: first } : first);
  }

  protected override pool(x: Value, poolSize: readonly number[], options: PoolOptions): Value {
    return averagePool(x, poolSize, options);
  }

  static override fromConfig(config: Config): AveragePooling3D {
    return new this(optionsOf(config));
  }
}

function isSize(value: number | readonly number[] | AveragePooling3DOptions): value is number | readonly number[] {
  return typeof value === 'number' || Array.isArray(value);
}
