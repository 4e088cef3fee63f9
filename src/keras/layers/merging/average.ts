import type { Value } from '../../../compiler/ir/value.ts';
import { add, divide } from '../../ops/index.ts';
import { BaseMerge, type MergeOptions, firstAndRest } from './base-merge.ts';

/** Options of {@link Average}. */
export type AverageOptions = MergeOptions;

/**
 * The mean of the inputs.
 *
 * y = (x₁ + x₂ + … + xₙ) / n
 *
 * Shapes: a list of inputs of one batch size, whose other axes broadcast → the shape that they broadcast to. The mask is
 * the union of the inputs' masks, if each has one.
 * @throws ValueError if the input is not a list, or the shapes do not broadcast.
 * @example
 * await new Average().apply([tensor([[1, 2]]), tensor([[3, 5]])]);    // [[2, 3.5]]
 * @see https://keras.io/api/layers/merging_layers/average/
 */
export class Average extends BaseMerge {
  static override readonly className: string = 'Average';

  protected override merge(inputs: readonly Value[]): Value {
    const [first, rest] = firstAndRest(inputs);
    return divide(
      rest.reduce((sum, value) => add(sum, value), first),
      inputs.length,
    );
  }
}
