import { createNode } from '../graph/node.ts';
import type { ScatterCombination } from '../ir/primitives.ts';
import type { PrimitiveAttributes, Value } from '../ir/value.ts';
import { type Operand, castTo, toValue, unifyTwo } from './operand.ts';

const toIndices = (indices: Operand): Value => castTo(toValue(indices), 'int32');

/** The k largest or smallest elements along an axis in order, and their int32 indices. */
export function topK(x: Operand, attributes: PrimitiveAttributes['topK']): readonly [values: Value, indices: Value] {
  const [values, indices = values] = createNode('topK', [toValue(x)], attributes);
  return [values, indices];
}

/** The elements of x at int32 indices in [0, size) along an axis: the indices have a place for each result. */
export function gatherElements(x: Operand, indices: Operand, axis: number): Value {
  return createNode('gatherElements', [toValue(x), toIndices(indices)], { axis })[0];
}

/** Zeros with each element added at its index along an axis. */
export function scatterElements(
  updates: Operand,
  indices: Operand,
  attributes: PrimitiveAttributes['scatterElements'],
): Value {
  return createNode('scatterElements', [toValue(updates), toIndices(indices)], attributes)[0];
}

/** x with the updates combined into its rows at int32 indices in [0, rows). */
export function scatterRows(x: Operand, indices: Operand, updates: Operand, combine: ScatterCombination): Value {
  const [rows, changes] = unifyTwo(x, updates);
  return createNode('scatterRows', [rows, toIndices(indices), changes], { combine })[0];
}

/**
 * y, as a function of the operands whose gradient is computed by a function: it maps the gradient of y to those of the
 * operands, null where there is none or `needs` says that it is not needed. How y is computed does not count.
 */
export function withGradient(
  name: string,
  y: Value,
  operands: readonly [Value, ...Value[]],
  pullBack: (dy: Value, needs: readonly boolean[]) => readonly (Value | null)[],
): Value {
  const gradient = { name, pullBack, toString: () => name };
  return createNode('customGradient', [y, ...operands], { gradient })[0];
}
