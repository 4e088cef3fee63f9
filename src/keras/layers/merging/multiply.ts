import type { Value } from '../../../compiler/ir/value.ts';
import { multiply, where } from '../../ops/index.ts';
import type { CallContext } from '../base/call-context.ts';
import { BaseMerge, type MergeOptions, firstAndRest } from './base-merge.ts';
import { joinMasks, spreadMask } from './merged-inputs.ts';

/** Options of {@link Multiply}. */
export type MultiplyOptions = MergeOptions;

/**
 * The product of the inputs. Masked entries of an input count as 1; entries that are masked in all inputs are 0.
 *
 * y = x₁ · x₂ · …
 *
 * Shapes: a list of inputs of one batch size, whose other axes broadcast → the shape that they broadcast to. The mask is
 * the union of the inputs' masks, if each has one.
 * @throws ValueError if the input is not a list, or the shapes do not broadcast.
 * @example
 * await new Multiply().apply([tensor([[1, 2]]), tensor([[3, 5]])]);    // [[3, 10]]
 * @see https://keras.io/api/layers/merging_layers/multiply/
 */
export class Multiply extends BaseMerge {
  static override readonly className: string = 'Multiply';

  protected override merge(inputs: readonly Value[], masks: readonly (Value | null)[], context: CallContext): Value {
    const [first, rest] = firstAndRest(
      inputs.map((value, i) => {
        const mask = masks[i] ?? null;
        return mask === null ? value : where(spreadMask(mask, value.rank), value, 1);
      }),
    );
    const product = rest.reduce((total, value) => multiply(total, value), first);
    const joined = joinMasks(masks);
    if (joined === null) return product;
    const output = where(spreadMask(joined, product.rank), product, 0);
    context.setMask(output, joined);
    return output;
  }
}
