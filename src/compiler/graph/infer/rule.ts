import type { DType } from '../../../core/dtype.ts';
import { InternalError, ValueError } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import type { Family, Operands, PrimitiveName, PrimitiveOf, Results } from '../../ir/primitives.ts';
import type { PrimitiveAttributes, ValueType } from '../../ir/value.ts';

/** Maps the types of the operands and the attributes to the types of the results. Unknown sizes stay unknown. */
export type InferRule<P extends PrimitiveName> = (
  operands: Operands<P, ValueType>,
  attributes: PrimitiveAttributes[P],
) => Results<P, ValueType>;

/** The rule of a primitive of one operand and one result. */
export type UnaryRule<A> = (operands: readonly [ValueType], attributes: A) => readonly [ValueType];

/** The rules of a family of primitives. */
export type InferRules<F extends Family> = { readonly [P in PrimitiveOf<F>]: InferRule<P> };

/** The dtype that all operands have. */
export function sameDType(primitive: PrimitiveName, operands: readonly ValueType[]): DType {
  const [first] = operands;
  if (first === undefined || operands.some((operand) => operand.dtype !== first.dtype)) {
    const received = operands.map((operand) => operand.dtype).join(' and ');
    throw new InternalError(`${primitive} expects operands of one dtype, received ${received}.`);
  }
  return first.dtype;
}

/** The error for operands whose shapes do not fit, as the user of an op sees it. */
export function shapeMismatch(primitive: PrimitiveName, rule: string, operands: readonly ValueType[]): ValueError {
  const received = operands.map((operand) => showShape(operand.shape)).join(' and ');
  return new ValueError(`[ops.${primitive}] ${rule}. Received: shapes ${received}.`);
}

/** Checks that a value holds indices. */
export function expectIndices(primitive: PrimitiveName, indices: ValueType): void {
  if (indices.dtype === 'int32') return;
  throw new InternalError(`${primitive} expects int32 indices, received ${indices.dtype}.`);
}
