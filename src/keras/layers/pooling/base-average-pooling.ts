import type { Value } from '../../../compiler/ir/value.ts';
import { type PoolOptions, averagePool } from '../../ops/index.ts';
import type { ChannelBehavior } from '../base/traits.ts';
import { BasePooling } from './base-pooling.ts';

/** The base of poolings that compute the mean of each window. */
export abstract class BaseAveragePooling extends BasePooling {
  override get channelBehavior(): ChannelBehavior {
    return 'affine';
  }

  protected override pool(x: Value, poolSize: readonly number[], options: PoolOptions): Value {
    return averagePool(x, poolSize, options);
  }
}
