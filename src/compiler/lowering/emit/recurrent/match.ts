import type { PrimitiveName } from '../../../ir/primitives.ts';
import { type Value, isNode } from '../../../ir/value.ts';

/** The operands of a value that a primitive computes; null for others. */
export function operandsOf(value: Value | undefined, primitive: PrimitiveName): readonly Value[] | null {
  return value !== undefined && isNode(value.node, primitive) ? value.node.inputs : null;
}

/** The operand of a value that a primitive of one operand computes; undefined for others. */
export function operandOf(value: Value | undefined, primitive: PrimitiveName): Value | undefined {
  return operandsOf(value, primitive)?.[0];
}

/**
 * What is found in the two operands of a commutative primitive, in either order; null where one of them is not what is looked for.
 */
export function findBoth<A, B>(
  value: Value | undefined,
  primitive: 'add' | 'multiply',
  findA: (value: Value) => A | null,
  findB: (value: Value) => B | null,
): readonly [A, B] | null {
  const [x, y] = operandsOf(value, primitive) ?? [];
  if (x === undefined || y === undefined) return null;
  for (const [first, second] of [
    [x, y],
    [y, x],
  ] as const) {
    const a = findA(first);
    const b = a === null ? null : findB(second);
    if (a !== null && b !== null) return [a, b];
  }
  return null;
}

/** A test for one value. */
export function isValueOf(expected: Value | undefined): (value: Value) => true | null {
  return (value) => (value === expected ? true : null);
}

/** One of several parts, side by side along the last axis, of which each has the same number of elements. */
export interface Gate {
  /** The value that contains all parts. */
  readonly source: Value;
  readonly index: number;
}

/** A slice of the last axis as a part with `units` elements; null for other values. */
export function gateOf(value: Value | undefined, units: number): Gate | null {
  if (value === undefined || !isNode(value.node, 'slice')) return null;
  const [source] = value.node.inputs;
  const { starts, strides } = value.node.attributes;
  const last = value.rank - 1;
  if (source === undefined || !strides.every((stride) => stride === 1)) return null;
  const isWhole = starts.slice(0, last).every((start) => start === 0) && isSameButLast(source, value);
  const index = (starts[last] ?? 0) / units;
  return isWhole && value.shape[last] === units && Number.isInteger(index) ? { source, index } : null;
}

const isSameButLast = (a: Value, b: Value): boolean =>
  a.rank === b.rank && a.shape.slice(0, -1).every((size, axis) => size === b.shape[axis]);

/** A product with a matrix plus a vector, if there is one. */
export interface Projection {
  readonly x: Value;
  readonly kernel: Value;
  readonly bias: Value | null;
}

/** A value as a projection; null for other values. */
export function projectionOf(value: Value | undefined): Projection | null {
  const product = productOf(value);
  if (product !== null) return { ...product, bias: null };
  const found = findBoth(value, 'add', productOf, (bias) => (bias.rank === 1 ? bias : null));
  if (found === null) return null;
  const [{ x, kernel }, bias] = found;
  return bias.shape[0] === kernel.shape[1] ? { x, kernel, bias } : null;
}

/** A value as a product with a matrix; null for other values. */
export function productOf(value: Value | undefined): { readonly x: Value; readonly kernel: Value } | null {
  if (value === undefined || !isNode(value.node, 'matmul')) return null;
  const { transposeA, transposeB } = value.node.attributes;
  const [x, kernel] = value.node.inputs;
  if (x === undefined || kernel?.rank !== 2 || transposeA || transposeB) return null;
  return { x, kernel };
}
