import { InternalError } from '../../core/errors.ts';
import { inferRules } from './infer/index.ts';
import type { InferRule } from './infer/rule.ts';
import type { PrimitiveAttributes, PrimitiveName } from './primitives.ts';
import { type Node, Value, type ValueType } from './value.ts';

/** The types of the outputs of a primitive applied to values of these types. */
export function inferTypes<P extends PrimitiveName>(
  primitive: P,
  inputs: readonly ValueType[],
  attributes: PrimitiveAttributes[P],
): readonly ValueType[] {
  // A table indexed by a union loses the tie between name and attributes: the one cast of this stage.
  const rule = inferRules[primitive] as InferRule<P>;
  return rule(inputs, attributes);
}

/**
 * Applies a primitive: infers the types of its outputs and returns them.
 * @throws ValueError if the inputs do not fit the primitive.
 */
export function createNode<P extends PrimitiveName>(
  primitive: P,
  inputs: readonly Value[],
  attributes: PrimitiveAttributes[P],
): readonly [Value, ...Value[]] {
  const types = inferTypes(primitive, inputs, attributes);
  const outputs: Value[] = [];
  const node: Node<P> = { primitive, inputs, attributes, outputs, scope: null };
  for (const [index, type] of types.entries()) outputs.push(new Value(node, index, type));
  const [first, ...rest] = outputs;
  if (first === undefined) throw new InternalError(`${primitive} has no output.`);
  return [first, ...rest];
}
