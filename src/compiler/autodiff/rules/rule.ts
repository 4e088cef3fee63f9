import { InternalError } from '../../../core/errors.ts';
import type { PrimitiveAttributes, PrimitiveName } from '../../graph/primitives.ts';
import type { Value } from '../../graph/value.ts';

/** A node that the reverse walk has come to. */
export interface Application<P extends PrimitiveName> {
  readonly primitive: P;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: PrimitiveAttributes[P];
  /** For each output, the gradient of the result with respect to it, in its shape; `null` if the result does not depend on it. */
  readonly cotangents: readonly (Value | null)[];
  /** For each input, whether its gradient is wanted. */
  readonly needs: readonly boolean[];
}

/**
 * From a node and the gradients of its outputs to those of its inputs, `null` where there is none or none is wanted.
 *
 * A gradient may be of any shape that broadcasts with its input's: the walk sums over the axes on which the input was
 * broadcast, and repeats along those on which the gradient has size 1.
 */
export type GradientRule<P extends PrimitiveName> = (node: Application<P>) => readonly (Value | null)[];

/** The rules for a family of primitives. */
export type GradientRules<P extends PrimitiveName> = { readonly [K in P]: GradientRule<K> };

/** For primitives whose derivative is zero wherever it exists, or whose results are not continuous: no path goes through. */
export const zeroGradient: GradientRule<PrimitiveName> = ({ inputs }) => inputs.map(() => null);

/** The rule of a primitive of one operand: the gradient from that of the output, the operand, the output. */
export function unary<P extends PrimitiveName>(
  rule: (dy: Value, x: Value, y: Value, attributes: PrimitiveAttributes[P]) => Value | null,
): GradientRule<P> {
  return (node) => {
    const [[x], [y], [dy]] = [node.inputs, node.outputs, node.cotangents];
    if (x === undefined || y === undefined || node.inputs.length !== 1) throw malformed(node);
    return [dy === undefined || dy === null ? null : rule(dy, x, y, node.attributes)];
  };
}

type BinaryRule<P extends PrimitiveName> = (
  dy: Value,
  a: Value,
  b: Value,
  y: Value,
  attributes: PrimitiveAttributes[P],
) => Value | null;

/** The rule of a primitive of two operands: one function for the gradient of each, called where it is wanted. */
export function binary<P extends PrimitiveName>(first: BinaryRule<P>, second: BinaryRule<P>): GradientRule<P> {
  return (node) => {
    const [[a, b], [y], [dy]] = [node.inputs, node.outputs, node.cotangents];
    if (a === undefined || b === undefined || y === undefined || node.inputs.length !== 2) throw malformed(node);
    if (dy === undefined || dy === null) return [null, null];
    const { attributes, needs } = node;
    return [
      needs[0] === true ? first(dy, a, b, y, attributes) : null,
      needs[1] === true ? second(dy, a, b, y, attributes) : null,
    ];
  };
}

export function malformed(node: {
  readonly primitive: PrimitiveName;
  readonly inputs: readonly Value[];
}): InternalError {
  return new InternalError(
    `${node.primitive} has ${node.inputs.length} operand(s), which its gradient does not expect.`,
  );
}
