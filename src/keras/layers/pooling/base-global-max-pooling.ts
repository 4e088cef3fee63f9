import type { Value } from '../../../compiler/graph/value.ts';
import { type ReductionOptions, max } from '../../ops/reductions.ts';
import { BaseGlobalPooling } from './base-global-pooling.ts';

/** The base of poolings that compute the maximum over all spatial axes. */
export abstract class BaseGlobalMaxPooling extends BaseGlobalPooling {
  protected override reduce(x: Value, options: ReductionOptions): Value {
    return max(x, options);
  }
}
