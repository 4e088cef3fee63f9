import type { Family, Operands, PrimitiveName, PrimitiveOf, Results } from '../../ir/primitives.ts';
import type { PrimitiveAttributes, Value } from '../../ir/value.ts';

/** The gradients of the output with respect to the results of a node, of which at least one is not null. */
type Cotangents<P extends PrimitiveName> =
  Results<P, Value> extends readonly [Value] ? readonly [Value] : Results<P, Value | null>;

/** A node in the reverse walk. */
export interface Application<P extends PrimitiveName> {
  readonly primitive: P;
  readonly inputs: Operands<P, Value>;
  readonly outputs: Results<P, Value>;
  readonly attributes: PrimitiveAttributes[P];
  readonly cotangents: Cotangents<P>;
  /** For each operand, whether its gradient is needed. */
  readonly needs: Operands<P, boolean>;
  /** Differentiates the body of a node. */
  readonly pullBack: PullBack;
}

/** Maps gradients with respect to some values to those with respect to others, from which they are computed. */
export type PullBack = (
  seeds: readonly (readonly [value: Value, gradient: Value])[],
  withRespectTo: readonly Value[],
) => readonly (Value | null)[];

/**
 * Maps a node and the gradients of its results to the gradients of its operands, null where there is none or it is not
 * needed.
 *
 * A gradient may have any shape that broadcasts with its operand's: the walk sums over the axes on which the operand was
 * broadcast, and repeats along those on which the gradient has size 1.
 */
export type GradientRule<P extends PrimitiveName> = (node: Application<P>) => Operands<P, Value | null>;

/** The rules of a family of primitives; {@link zeroGradient} where no gradient flows. */
export type GradientRules<F extends Family> = { readonly [P in PrimitiveOf<F>]: GradientRule<P> | typeof zeroGradient };

/** For primitives whose derivative is zero wherever it exists, or whose results are not continuous. */
export const zeroGradient: null = null;

interface UnaryApplication<A> {
  readonly inputs: readonly [Value];
  readonly outputs: readonly [Value];
  readonly attributes: A;
  readonly cotangents: readonly [Value];
}

/** The rule of a primitive of one operand, from a function of the gradient of y, x and y. */
export function unary<A>(
  rule: (dy: Value, x: Value, y: Value, attributes: A) => Value,
): (node: UnaryApplication<A>) => readonly [Value] {
  return ({ inputs: [x], outputs: [y], cotangents: [dy], attributes }) => [rule(dy, x, y, attributes)];
}

interface BinaryApplication<A> extends Omit<UnaryApplication<A>, 'inputs'> {
  readonly inputs: readonly [Value, Value];
  readonly needs: readonly [boolean, boolean];
}

type BinaryRule<A> = (dy: Value, a: Value, b: Value, y: Value, attributes: A) => Value;

/** The rule of a primitive of two operands, from one function for the gradient of each, called where it is needed. */
export function binary<A>(
  first: BinaryRule<A>,
  second: BinaryRule<A>,
): (node: BinaryApplication<A>) => readonly [Value | null, Value | null] {
  return ({ inputs: [a, b], outputs: [y], cotangents: [dy], attributes, needs }) => [
    needs[0] ? first(dy, a, b, y, attributes) : null,
    needs[1] ? second(dy, a, b, y, attributes) : null,
  ];
}
