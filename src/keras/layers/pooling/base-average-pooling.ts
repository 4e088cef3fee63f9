import type { Value } from '../../../compiler/ir/value.ts';
import { type PoolOptions, averagePool } from '../../ops/index.ts';
import type { ChannelBehavior } from '../base/traits.ts';
import { BasePooling, type PoolingOptions } from './base-pooling.ts';

/** The base of poolings that compute the mean of each window. */
export abstract class BaseAveragePooling extends BasePooling {
  // Keras requires the size of the window here, and has a default for it in its max poolings. Both forms are accepted.
  constructor(poolSize: number | readonly number[], options?: PoolingOptions);
  constructor(options?: PoolingOptions);
  constructor(first: number | readonly number[] | PoolingOptions = {}, rest: PoolingOptions = {}) {
    super(isSize(first) ? { ...rest, poolSize: first } : first);
  }

  override get channelBehavior(): ChannelBehavior {
    return 'affine';
  }

  protected override pool(x: Value, poolSize: readonly number[], options: PoolOptions): Value {
    return averagePool(x, poolSize, options);
  }
}

function isSize(value: number | readonly number[] | PoolingOptions): value is number | readonly number[] {
  return typeof value === 'number' || Array.isArray(value);
}
