import type { Value } from '../../../compiler/ir/value.ts';
import { type ReductionOptions, max } from '../../ops/index.ts';
import type { ChannelBehavior } from '../base/traits.ts';
import { BaseGlobalPooling } from './base-global-pooling.ts';

/** The base of poolings that compute the maximum over all spatial axes. */
export abstract class BaseGlobalMaxPooling extends BaseGlobalPooling {
  override get channelBehavior(): ChannelBehavior {
    return 'monotone';
  }

  protected override reduce(x: Value, options: ReductionOptions): Value {
    return max(x, options);
  }
}
