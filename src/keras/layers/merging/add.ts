import type { Value } from '../../../compiler/ir/value.ts';
import { add } from '../../ops/index.ts';
import { BaseMerge, type MergeOptions, firstAndRest } from './base-merge.ts';

/** Options of {@link Add}. */
export type AddOptions = MergeOptions;

/**
 * The sum of the inputs.
 *
 * y = x₁ + x₂ + …
 *
 * Shapes: a list of inputs of one batch size, whose other axes broadcast → the shape that they broadcast to. The mask is
 * the union of the inputs' masks, if each has one.
 * @throws ValueError if the input is not a list, or the shapes do not broadcast.
 * @example
 * await new Add().apply([tensor([[1, 2]]), tensor([[3, 5]])]);    // [[4, 7]]
 * @see https://keras.io/api/layers/merging_layers/add/
 */
export class Add extends BaseMerge {
  static override readonly className: string = 'Add';

  protected override merge(inputs: readonly Value[]): Value {
    const [first, rest] = firstAndRest(inputs);
    return rest.reduce((sum, value) => add(sum, value), first);
  }
}
