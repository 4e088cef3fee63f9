import { canonicalAxis } from '../../../core/axes.ts';
import { NotImplementedError, ValueError, show } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, toValue } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { Slice } from '../base/argument-json.ts';
import { type Symbolic, op } from '../base/op.ts';
import { ravel } from './manipulation.ts';

export type { Slice } from '../base/argument-json.ts';

/** Options of {@link take}. */
export interface TakeOptions {
  /** The axis. @default null, all elements as one axis */
  axis?: number | null;
}

/**
 * The slices of x at integer indices along an axis. Indices must be in [0, size).
 *
 * Shapes: the axis is replaced by the axes of the indices; without an axis the result has their shape.
 *
 * @throws ValueError if the axis is out of range.
 * @example
 * await jit((x) => ops.take(x, [1, 0], { axis: 1 }))([[1, 2], [3, 4]]);   // [[2, 1], [4, 3]]
 * await jit((x) => ops.take(x, [3, 0]))([[1, 2], [3, 4]]);      // [4, 1]
 * @see https://keras.io/api/ops/numpy/#take-function
 */
export const take: Symbolic<(x: Operand, indices: Operand, options?: TakeOptions) => Value> = op(
  'numpy.Take',
  ['x', 'indices'],
  { axis: null },
  (x: Operand, indices: Operand, { axis = null }: TakeOptions = {}): Value => {
    const value = axis === null ? ravel(toValue(x)) : toValue(x);
    return build.gather(value, indices, canonicalAxis(axis ?? 0, value.rank, 'ops.take'));
  },
);

/**
 * A part of an axis: an index, which removes the axis; a range; `null`, which inserts a new axis of size 1; or `'...'`, all
 * axes that the remaining entries do not select from.
 */
export type Key = number | Slice | null | '...';

const WHO = 'ops.getItem';

/** The entries of a key, one for each axis: `'...'` and missing trailing entries become whole ranges. */
function expandKey(keys: readonly Key[], rank: number): readonly Exclude<Key, '...'>[] {
  const used = keys.filter((key) => key !== null && key !== '...').length;
  const dots = keys.filter((key) => key === '...').length;
  if (used > rank || dots > 1) {
    throw new ValueError(
      `[${WHO}] key must have at most one entry for each of the ${rank} axes, and "..." once. Received: key=${show(keys)}.`,
    );
  }
  const rest = Array.from({ length: rank - used }, (): Slice => ({}));
  const spelled = keys.flatMap((key) => (key === '...' ? rest : [key]));
  return dots === 1 ? spelled : [...spelled, ...rest];
}

/** An index counted from the start and clamped to the axis, as in Python. */
function bound(index: number, size: number): number {
  return Math.min(Math.max(index < 0 ? index + size : index, 0), size);
}

function checkIndex(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw new ValueError(
    `[${WHO}] key must be of integers, { start, stop, step }, null and "...". Received: ${show(value)}.`,
  );
}

/** The start, the end and the step of an entry. */
function rangeOf(key: number | Slice, size: number | null, axis: number): readonly [number, number, number] {
  if (typeof key === 'object') {
    const step = checkIndex(key.step ?? 1);
    if (step < 1) {
      throw new NotImplementedError(`[${WHO}] a step must be ≥ 1. Received: ${show(key)} for axis ${axis}.`);
    }
    const [first, last] = [checkIndex(key.start ?? 0), key.stop ?? null];
    if (last !== null) checkIndex(last);
    // While a model is described, the size may be unknown, and that of the result is unknown too.
    if (size === null) return [0, Infinity, 1];
    const start = bound(first, size);
    return [start, Math.max(start, last === null ? size : bound(last, size)), step];
  }
  const index = checkIndex(key);
  // While a model is described, the size may be unknown, and only the shape of the result matters.
  if (size === null) return [Math.max(index, 0), Math.max(index, 0) + 1, 1];
  if (index < -size || index >= size) {
    throw new ValueError(`[${WHO}] an index must be within the ${size} elements of axis ${axis}. Received: ${index}.`);
  }
  const place = index < 0 ? index + size : index;
  return [place, place + 1, 1];
}

/**
 * A part of x, as Python's `x[key]`, with an entry of the key for each axis, or for the first axes.
 *
 * Shapes: an index removes its axis, a range keeps ⌈(stop − start) / step⌉ elements, `null` inserts an axis of size 1.
 *
 * @throws ValueError if the key has more entries than there are axes, or an index is out of range.
 * @throws NotImplementedError for negative steps.
 * @example
 * await jit((x) => ops.getItem(x, [{ start: 1 }, 0]))([[1, 2], [3, 4], [5, 6]]);   // [3, 5]
 * await jit((x) => ops.getItem(x, ['...', { step: 2 }]))([[1, 2, 3]]);             // [[1, 3]]
 * @see https://keras.io/api/ops/numpy/#get_item-function
 */
export const getItem: Symbolic<(x: Operand, key: Key | readonly Key[]) => Value> = op(
  'numpy.GetItem',
  ['x', 'key'],
  (x: Operand, key: Key | readonly Key[]): Value => {
    const value = toValue(x);
    const keys = expandKey(Array.isArray(key) ? (key as readonly Key[]) : [key as Key], value.rank);
    const ranges: (readonly [number, number, number])[] = [];
    const kept: (number | 'new')[] = [];
    for (const entry of keys) {
      const axis = ranges.length;
      if (entry === null) kept.push('new');
      else ranges.push(rangeOf(entry, value.shape[axis] ?? null, axis));
      if (typeof entry === 'object' && entry !== null) kept.push(axis);
    }
    const isWhole = ranges.every(([start, stop, step], i) => {
      const size = value.shape[i] ?? Infinity;
      return start === 0 && step === 1 && stop >= size;
    });
    const part = isWhole
      ? value
      : build.slice(
          value,
          ranges.map(([start]) => start),
          ranges.map(([, stop]) => stop),
          ranges.map(([, , step]) => step),
        );
    const shape = kept.map((axis) => (axis === 'new' ? 1 : (part.shape[axis] ?? null)));
    if (shape.length === 0 && part.rank > 0 && part.knownShape.includes(0)) {
      throw new ValueError(`[${WHO}] there must be an element. Received: x of shape ${showShape(value.shape)}.`);
    }
    return build.reshape(part, shape);
  },
);
