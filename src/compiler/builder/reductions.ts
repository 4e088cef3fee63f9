import { createNode } from '../graph/node.ts';

import type { PrimitiveAttributes, Value } from '../ir/value.ts';
import { type Operand, castTo, toFloat, toValue } from './operand.ts';

/** The sum of the elements up to each one along an axis; in reverse, of those from each one on. */
export function cumulativeSum(x: Operand, attributes: PrimitiveAttributes['cumulativeSum']): Value {
  return createNode('cumulativeSum', [toSummable(x)], attributes)[0];
}

type ReductionAttributes = PrimitiveAttributes['reduceSum'];

/** The axes to reduce over, increasing and counted from the front, and whether they remain with size 1. */
type Reduction = Pick<ReductionAttributes, 'axes'> & Partial<ReductionAttributes>;

type Primitive = 'reduceSum' | 'reduceMean' | 'reduceMax' | 'reduceMin';

function reduce(primitive: Primitive, x: Value, { axes, keepDims = false }: Reduction): Value {
  return axes.length === 0 ? x : createNode(primitive, [x], { axes, keepDims })[0];
}

/** The value as a type that holds a sum of its elements: booleans and bytes become int32. */
export function toSummable(x: Operand): Value {
  const value = toValue(x);
  return value.dtype === 'bool' || value.dtype === 'uint8' ? castTo(value, 'int32') : value;
}

/** Σ x over axes. */
export const sum = (x: Operand, over: Reduction): Value => reduce('reduceSum', toSummable(x), over);
/** Σ x / N over axes, in a floating type. */
export const mean = (x: Operand, over: Reduction): Value => reduce('reduceMean', toFloat(x), over);
export const max = (x: Operand, over: Reduction): Value => reduce('reduceMax', toValue(x), over);
export const min = (x: Operand, over: Reduction): Value => reduce('reduceMin', toValue(x), over);
