import { InternalError } from '../../core/errors.ts';
import { inferRules } from './infer/index.ts';
import type { InferRule } from './infer/rule.ts';
import { type Operands, type PrimitiveName, hasArity, primitives } from '../ir/primitives.ts';
import { type Node, type PrimitiveAttributes, Value, type ValueType } from '../ir/value.ts';

/**
 * The types of the results of a primitive applied to operands of the given types. The one place that checks the number
 * of operands: every table of rules relies on it.
 */
export function inferTypes<P extends PrimitiveName>(
  primitive: P,
  operands: readonly ValueType[],
  attributes: PrimitiveAttributes[P],
): readonly ValueType[] {
  if (!hasArity(primitive, operands.length)) {
    const expected = primitives[primitive].arity ?? 'one or more';
    throw new InternalError(`${primitive} expects ${expected} operand(s), received ${operands.length}.`);
  }
  // A table indexed by a union loses the connection between name and attributes: the one cast of this stage.
  const rule = inferRules[primitive] as InferRule<P>;
  return rule(operands as Operands<P, ValueType>, attributes);
}

let nodeCount = 0;

/** The number of nodes made so far. */
export const countNodes = (): number => nodeCount;

/**
 * Applies a primitive: infers the types of its results and returns them.
 * @throws ValueError if the shapes of the operands do not fit the primitive.
 */
export function createNode<P extends PrimitiveName>(
  primitive: P,
  inputs: readonly Value[],
  attributes: PrimitiveAttributes[P],
): readonly [Value, ...Value[]] {
  const types = inferTypes(primitive, inputs, attributes);
  const outputs: Value[] = [];
  const node: Node<P> = { primitive, inputs, attributes, outputs, serial: nodeCount++, scope: null, isHalf: false };
  for (const [index, type] of types.entries()) outputs.push(new Value(node, index, type));
  const [first, ...rest] = outputs;
  if (first === undefined) throw new InternalError(`${primitive} has no result.`);
  return [first, ...rest];
}
