import { canonicalAxes, canonicalAxis } from '../../core/axes.ts';
import { ValueError, show } from '../../core/errors.ts';
import { checkInteger } from '../../core/checks.ts';
import { showShape } from '../../core/shape.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { lessEqual, where } from './elementwise.ts';
import { concatenate, reshape, slice, squeeze, take, transpose } from './movement.ts';
import { type Operand, toValue } from './operand.ts';
import { split } from './pieces.ts';

/** The size of an axis, which must be known. */
function sizeOf(who: string, x: Value, axis: number): number {
  const size = x.shape[axis] ?? null;
  if (size !== null) return size;
  throw new ValueError(
    `[${who}] the size of the axis must be known. Received: axis=${axis} of shape ${showShape(x.shape)}.`,
  );
}

/**
 * x with two axes exchanged.
 * @throws ValueError if an axis is out of range.
 * @example
 * await jit((x) => ops.swapaxes(x, 0, 1))([[1, 2], [3, 4]]);   // [[1, 3], [2, 4]]
 * @see https://keras.io/api/ops/numpy/#swapaxes-function
 */
export function swapaxes(x: Operand, axis1: number, axis2: number): Value {
  const { rank } = toValue(x);
  const [a, b] = [canonicalAxis(axis1, rank, 'ops.swapaxes'), canonicalAxis(axis2, rank, 'ops.swapaxes')];
  const order = Array.from({ length: rank }, (_, i) => (i === a ? b : i === b ? a : i));
  return transpose(x, order);
}

/**
 * x with axes moved to places of the result; the others keep their order.
 * @throws ValueError if an axis is out of range or named twice, or there are not as many places as axes.
 * @example
 * await jit((x) => ops.moveaxis(x, 0, -1))([[1, 2], [3, 4]]);   // [[1, 3], [2, 4]]
 * @see https://keras.io/api/ops/numpy/#moveaxis-function
 */
export function moveaxis(
  x: Operand,
  source: number | readonly number[],
  destination: number | readonly number[],
): Value {
  const { rank } = toValue(x);
  const from = canonicalAxes(source, rank, 'ops.moveaxis', 'source');
  const to = canonicalAxes(destination, rank, 'ops.moveaxis', 'destination');
  if (from.length !== to.length) {
    throw new ValueError(
      `[ops.moveaxis] there must be a destination for each source. Received: source=${show(source)}, destination=${show(destination)}.`,
    );
  }
  const order = Array.from({ length: rank }, (_, i) => i).filter((i) => !from.includes(i));
  const moves = to.map((place, i) => [place, from[i] ?? 0] as const).sort(([a], [b]) => a - b);
  for (const [place, axis] of moves) order.splice(place, 0, axis);
  return transpose(x, order);
}

/**
 * The elements of x one behind the other.
 * @example
 * await jit((x) => ops.ravel(x))([[1, 2], [3, 4]]);   // [1, 2, 3, 4]
 * @see https://keras.io/api/ops/numpy/#ravel-function
 */
export const ravel = (x: Operand): Value => reshape(x, [-1]);

/**
 * x laid side by side so many times on each axis; one number is for the last axis, and more numbers than axes make new ones
 * in front.
 * @throws TypeError if a number is not an integer ≥ 1.
 * @example
 * await jit((x) => ops.tile(x, [2, 1]))([[1, 2]]);   // [[1, 2], [1, 2]]
 * @see https://keras.io/api/ops/numpy/#tile-function
 */
export function tile(x: Operand, repeats: number | readonly number[]): Value {
  const value = toValue(x);
  const given = typeof repeats === 'number' ? [repeats] : repeats;
  const counts = given.map((count) => checkInteger('ops.tile', 'repeats', count, 1));
  const rank = Math.max(value.rank, counts.length);
  const all = [...new Array<number>(rank - counts.length).fill(1), ...counts];
  const wide = reshape(value, [...new Array<number>(rank - value.rank).fill(1), ...value.shape]);
  return all.reduce(
    (tiled, count, axis) => (count === 1 ? tiled : concatenate(new Array<Value>(count).fill(tiled), axis)),
    wide,
  );
}

/**
 * x with the elements of axes in reverse order; of all axes where none is named.
 * @throws ValueError if an axis is out of range, named twice or of unknown size.
 * @example
 * await jit((x) => ops.flip(x, 1))([[1, 2], [3, 4]]);   // [[2, 1], [4, 3]]
 * @see https://keras.io/api/ops/numpy/#flip-function
 */
export function flip(x: Operand, axis: number | readonly number[] | null = null): Value {
  const value = toValue(x);
  const axes = canonicalAxes(axis ?? value.shape.map((_, i) => i), value.rank, 'ops.flip');
  return axes.reduce<Value>((turned, at) => {
    const size = sizeOf('ops.flip', value, at);
    return take(
      turned,
      Int32Array.from({ length: size }, (_, i) => size - 1 - i),
      at,
    );
  }, value);
}

/**
 * x with elements moved along axes, those that leave at the end coming in at the front; without an axis along the elements
 * one by one.
 * @throws ValueError if an axis is out of range or of unknown size, or there are not as many shifts as axes.
 * @example
 * await jit((x) => ops.roll(x, 1))([1, 2, 3]);   // [3, 1, 2]
 * @see https://keras.io/api/ops/numpy/#roll-function
 */
export function roll(
  x: Operand,
  shift: number | readonly number[],
  axis: number | readonly number[] | null = null,
): Value {
  const value = toValue(x);
  if (axis === null) return reshape(roll(reshape(value, [-1]), shift, 0), value.shape);
  const axes = canonicalAxes(axis, value.rank, 'ops.roll');
  const shifts = typeof shift === 'number' ? axes.map(() => shift) : shift;
  if (shifts.length !== axes.length || !shifts.every(Number.isInteger)) {
    throw new ValueError(
      `[ops.roll] shift must be an integer, or one for each axis. Received: shift=${show(shift)}, axis=${show(axis)}.`,
    );
  }
  return axes.reduce<Value>((rolled, at, i) => {
    const size = sizeOf('ops.roll', value, at);
    const cut = size === 0 ? 0 : ((-(shifts[i] ?? 0) % size) + size) % size;
    if (cut === 0) return rolled;
    const [front, back] = split(rolled, [cut], at);
    return front === undefined || back === undefined ? rolled : concatenate([back, front], at);
  }, value);
}

/**
 * The slices of x along an axis, which goes.
 * @param num how many there are, where it is not known
 * @throws ValueError if the axis is out of range or of unknown size, or `num` is another number.
 * @example
 * await jit((x) => ops.unstack(x)[1])([[1, 2], [3, 4]]);   // [3, 4]
 * @see https://keras.io/api/ops/core/#unstack-function
 */
export function unstack(x: Operand, num: number | null = null, axis = 0): readonly Value[] {
  const value = toValue(x);
  const at = canonicalAxis(axis, value.rank, 'ops.unstack');
  const size = value.shape[at] ?? num;
  if (size === null || (num !== null && num !== size)) {
    throw new ValueError(
      `[ops.unstack] num must be the size of the axis. Received: num=${show(num)} for axis ${axis} of shape ${showShape(value.shape)}.`,
    );
  }
  const part = (i: number): Value =>
    slice(
      value,
      value.shape.map((_, other) => (other === at ? i : 0)),
      value.shape.map((_, other) => (other === at ? i + 1 : Infinity)),
    );
  return Array.from({ length: size }, (_, i) => squeeze(part(i), at));
}

/** x where the column is at most the row plus k, or at least; 0 elsewhere. */
function triangle(who: string, x: Operand, k: number, lower: boolean): Value {
  const value = toValue(x);
  if (!Number.isInteger(k)) throw new TypeError(`[${who}] k must be an integer. Received: k=${show(k)}.`);
  if (value.rank < 2) {
    throw new ValueError(`[${who}] x must have two axes at least. Received: shape ${showShape(value.shape)}.`);
  }
  const [rows, columns] = [sizeOf(who, value, value.rank - 2), sizeOf(who, value, value.rank - 1)];
  const numbers = (length: number, from: number): Int32Array => Int32Array.from({ length }, (_, i) => i + from);
  const row = reshape(numbers(rows, k), [rows, 1]);
  const column = numbers(columns, 0);
  return where(lower ? lessEqual(column, row) : lessEqual(row, column), value, 0);
}

/**
 * The lower triangle of the last two axes, with 0 above the k-th diagonal.
 * @throws ValueError if there are not two axes of known size.
 * @example
 * await jit((x) => ops.tril(x))([[1, 2], [3, 4]]);   // [[1, 0], [3, 4]]
 * @see https://keras.io/api/ops/numpy/#tril-function
 */
export const tril = (x: Operand, k = 0): Value => triangle('ops.tril', x, k, true);

/**
 * The upper triangle of the last two axes, with 0 below the k-th diagonal.
 * @throws ValueError if there are not two axes of known size.
 * @example
 * await jit((x) => ops.triu(x))([[1, 2], [3, 4]]);   // [[1, 2], [0, 4]]
 * @see https://keras.io/api/ops/numpy/#triu-function
 */
export const triu = (x: Operand, k = 0): Value => triangle('ops.triu', x, k, false);
