import type { Value } from '../../../compiler/ir/value.ts';
import { subtract } from '../../ops/index.ts';
import { BaseMerge, type MergeOptions, firstAndRest } from './base-merge.ts';

/** Options of {@link Subtract}. */
export type SubtractOptions = MergeOptions;

/**
 * The difference of two inputs.
 *
 * y = x₁ − x₂
 *
 * Shapes: two inputs of one batch size, whose other axes broadcast → the shape that they broadcast to. The mask is the
 * union of both masks, if both inputs have one.
 * @throws ValueError if the input is not a list of two, or the shapes do not broadcast.
 * @example
 * await new Subtract().apply([tensor([[1, 2]]), tensor([[3, 5]])]);    // [[-2, -3]]
 * @see https://keras.io/api/layers/merging_layers/subtract/
 */
export class Subtract extends BaseMerge {
  static override readonly className: string = 'Subtract';

  protected override readonly inputCount = 2;

  protected override merge(inputs: readonly Value[]): Value {
    const [first, rest] = firstAndRest(inputs);
    return rest.reduce((difference, value) => subtract(difference, value), first);
  }
}
