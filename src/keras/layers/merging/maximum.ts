import type { Value } from '../../../compiler/ir/value.ts';
import { maximum } from '../../ops/index.ts';
import type { CallContext } from '../base/call-context.ts';
import { BaseMerge, type MergeOptions } from './base-merge.ts';
import { extremumOf } from './extremum.ts';

/** Options of {@link Maximum}. */
export type MaximumOptions = MergeOptions;

/**
 * The elementwise maximum of the inputs. Masked entries do not count.
 *
 * y = max(x₁, x₂, …)
 *
 * Shapes: a list of inputs of one batch size, whose other axes broadcast → the shape that they broadcast to. The mask is
 * the union of the inputs' masks, if each has one.
 * @throws ValueError if the input is not a list, or the shapes do not broadcast.
 * @example
 * await new Maximum().apply([tensor([[1, 7]]), tensor([[3, 5]])]);    // [[3, 7]]
 * @see https://keras.io/api/layers/merging_layers/maximum/
 */
export class Maximum extends BaseMerge {
  static override readonly className: string = 'Maximum';

  protected override merge(inputs: readonly Value[], masks: readonly (Value | null)[], context: CallContext): Value {
    return extremumOf(maximum, inputs, masks, context);
  }
}
