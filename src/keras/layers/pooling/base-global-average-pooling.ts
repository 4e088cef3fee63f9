import type { Value } from '../../../compiler/ir/value.ts';
import { type ReductionOptions, mean } from '../../ops/index.ts';
import type { ChannelBehavior } from '../base/traits.ts';
import { BaseGlobalPooling } from './base-global-pooling.ts';

/** The base of poolings that compute the mean over all spatial axes. */
export abstract class BaseGlobalAveragePooling extends BaseGlobalPooling {
  override get channelBehavior(): ChannelBehavior {
    return 'affine';
  }

  protected override reduce(x: Value, options: ReductionOptions): Value {
    return mean(x, options);
  }
}
