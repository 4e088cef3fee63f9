import type { Value } from '../../../compiler/ir/value.ts';
import { type PoolOptions, maxPool } from '../../ops/index.ts';
import type { ChannelBehavior } from '../base/traits.ts';
import { BasePooling } from './base-pooling.ts';

/** The base of poolings that compute the maximum of each window. */
export abstract class BaseMaxPooling extends BasePooling {
  override get channelBehavior(): ChannelBehavior {
    return 'monotone';
  }

  protected override pool(x: Value, poolSize: readonly number[], options: PoolOptions): Value {
    return maxPool(x, poolSize, options);
  }
}
