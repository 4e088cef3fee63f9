import type { RandomStream } from '../../../core/random.ts';
import type { Tensor } from '../../../core/tensor.ts';
import type { Family, Operands, PrimitiveName, PrimitiveOf, Results } from '../../ir/primitives.ts';
import type { Body, PrimitiveAttributes } from '../../ir/value.ts';

/** The inputs of a rule other than its operands. */
export interface Environment {
  /** Replaces the random streams of the graph, which then do not advance; null to draw from those. */
  readonly random: RandomStream | null;
  /** The results of a body for given inputs, with float64 elements for every floating dtype. */
  readonly run: (body: Body, inputs: readonly Tensor[]) => readonly Tensor[];
}

/** Maps operands to results, with float64 elements for every floating dtype. */
export type EvaluateRule<P extends PrimitiveName> = (
  operands: Operands<P, Tensor>,
  attributes: PrimitiveAttributes[P],
  environment: Environment,
) => Results<P, Tensor>;

/** The rules of a family of primitives. */
export type EvaluateRules<F extends Family> = { readonly [P in PrimitiveOf<F>]: EvaluateRule<P> };
