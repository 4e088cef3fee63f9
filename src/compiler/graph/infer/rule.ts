import type { DType } from '../../../core/dtype.ts';
import { InternalError, ValueError } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import type { PrimitiveAttributes, PrimitiveName } from '../primitives.ts';
import type { ValueType } from '../value.ts';

/** From the types of the inputs and the attributes to the types of the outputs. Unknown sizes stay unknown. */
export type InferRule<P extends PrimitiveName> = (
  inputs: readonly ValueType[],
  attributes: PrimitiveAttributes[P],
) => readonly ValueType[];

/** The rules for a family of primitives. */
export type InferRules<P extends PrimitiveName> = { readonly [K in P]: InferRule<K> };

/** The operands of a primitive that takes exactly one. */
export function one(primitive: string, inputs: readonly ValueType[]): ValueType {
  const [x] = inputs;
  if (x === undefined || inputs.length !== 1) throw arity(primitive, 1, inputs);
  return x;
}

/** The operands of a primitive that takes exactly two. */
export function two(primitive: string, inputs: readonly ValueType[]): readonly [ValueType, ValueType] {
  const [a, b] = inputs;
  if (a === undefined || b === undefined || inputs.length !== 2) throw arity(primitive, 2, inputs);
  return [a, b];
}

/** The operands of a primitive that takes exactly three. */
export function three(primitive: string, inputs: readonly ValueType[]): readonly [ValueType, ValueType, ValueType] {
  const [a, b, c] = inputs;
  if (a === undefined || b === undefined || c === undefined || inputs.length !== 3) throw arity(primitive, 3, inputs);
  return [a, b, c];
}

export function arity(primitive: string, expected: number, inputs: readonly ValueType[]): InternalError {
  return new InternalError(`${primitive} takes ${expected} operand(s), received ${inputs.length}.`);
}

/** Checks that operands have one type. */
export function sameDType(primitive: string, inputs: readonly ValueType[]): DType {
  const [first] = inputs;
  if (first === undefined || inputs.some((input) => input.dtype !== first.dtype)) {
    const came = inputs.map((input) => input.dtype).join(' and ');
    throw new InternalError(`${primitive} takes operands of one type, received ${came}.`);
  }
  return first.dtype;
}

/** The error for operands whose shapes do not fit, as the user of an op sees it. */
export function misfit(primitive: string, expected: string, inputs: readonly ValueType[]): ValueError {
  const came = inputs.map((input) => showShape(input.shape)).join(' and ');
  return new ValueError(`[ops.${primitive}] ${expected}. Received: shapes ${came}.`);
}
