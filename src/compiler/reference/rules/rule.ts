import { InternalError } from '../../../core/errors.ts';
import type { RandomStream } from '../../../core/random.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { PrimitiveAttributes, PrimitiveName } from '../../graph/primitives.ts';

/** What a rule may use besides its operands. */
export interface Environment {
  /** Stands in for the streams of the graph, which are left as they are. */
  readonly random: RandomStream | null;
}

/** From operands (float64 elements for every floating type) to results. */
export type EvaluateRule<P extends PrimitiveName> = (
  inputs: readonly Tensor[],
  attributes: PrimitiveAttributes[P],
  environment: Environment,
) => readonly Tensor[];

/** The rules for a family of primitives. */
export type EvaluateRules<P extends PrimitiveName> = { readonly [K in P]: EvaluateRule<K> };

/** The i-th operand. */
export function operand(inputs: readonly Tensor[], i: number): Tensor {
  const found = inputs[i];
  if (found === undefined) throw new InternalError(`operand ${i} is missing in the reference.`);
  return found;
}
