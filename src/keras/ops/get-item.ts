import { NotImplementedError, ValueError, show } from '../../core/errors.ts';
import { showShape } from '../../core/shape.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { reshape, slice } from './movement.ts';
import { type Operand, toValue } from './operand.ts';

/** A range of an axis, as Python's `start:stop:step`; negative numbers count from the back. */
export interface Slice {
  /** The first element. @default 0 */
  readonly start?: number | null | undefined;
  /** Behind the last element. @default the end of the axis */
  readonly stop?: number | null | undefined;
  /** The distance between elements, at least 1. @default 1 */
  readonly step?: number | null | undefined;
}

/**
 * What to take of an axis: an element, which takes the axis away; a range; `null`, which puts a new axis of size 1 there;
 * `'...'`, all axes that nothing else speaks of.
 */
export type Key = number | Slice | null | '...';

const WHO = 'ops.getItem';

/** The keys with one for each axis: the dots written out, and the axes behind the last key. */
function spell(keys: readonly Key[], rank: number): readonly Exclude<Key, '...'>[] {
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

/** The place of an index from 0 to the size; what lies outside becomes an end of the axis, as in Python. */
function bound(index: number, size: number | null): number {
  if (size === null) return index < 0 ? Infinity : index;
  return Math.min(Math.max(index < 0 ? index + size : index, 0), size);
}

function checkIndex(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  throw new ValueError(
    `[${WHO}] key must be of integers, { start, stop, step }, null and "...". Received: ${show(value)}.`,
  );
}

/** Where the elements of an axis begin and end, and how far they lie apart. */
function rangeOf(key: number | Slice, size: number | null, axis: number): readonly [number, number, number] {
  if (typeof key === 'object') {
    const step = checkIndex(key.step ?? 1);
    if (step < 1) {
      throw new NotImplementedError(`[${WHO}] a step must be at least 1. Received: ${show(key)} for axis ${axis}.`);
    }
    const start = bound(checkIndex(key.start ?? 0), size);
    const stop = key.stop === null || key.stop === undefined ? (size ?? Infinity) : bound(checkIndex(key.stop), size);
    return [start === Infinity ? 0 : start, Math.max(start === Infinity ? 0 : start, stop), step];
  }
  const index = checkIndex(key);
  // While a model is described only the shape matters: the element is as good as any other.
  if (size === null) return [Math.max(index, 0), Math.max(index, 0) + 1, 1];
  if (index < -size || index >= size) {
    throw new ValueError(`[${WHO}] an index must lie in the ${size} elements of axis ${axis}. Received: ${index}.`);
  }
  const place = index < 0 ? index + size : index;
  return [place, place + 1, 1];
}

/**
 * A part of x, as Python's `x[key]`: an entry of the key for each axis, of the first axes if there are fewer.
 *
 * Shapes: an index takes its axis away, a range leaves ⌈(stop − start) / step⌉ of it, `null` adds an axis of size 1.
 *
 * @throws ValueError if the key has more entries than there are axes, or an index lies outside.
 * @throws NotImplementedError for steps backwards.
 * @example
 * await jit((x) => ops.getItem(x, [{ start: 1 }, 0]))([[1, 2], [3, 4], [5, 6]]);   // [3, 5]
 * await jit((x) => ops.getItem(x, ['...', { step: 2 }]))([[1, 2, 3]]);             // [[1, 3]]
 * @see https://keras.io/api/ops/numpy/#get_item-function
 */
export function getItem(x: Operand, key: Key | readonly Key[]): Value {
  const value = toValue(x);
  const keys = spell(Array.isArray(key) ? (key as readonly Key[]) : [key as Key], value.rank);
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
    : slice(
        value,
        ranges.map(([start]) => start),
        ranges.map(([, stop]) => stop),
        ranges.map(([, , step]) => step),
      );
  const shape = kept.map((axis) => (axis === 'new' ? 1 : (part.shape[axis] ?? null)));
  if (shape.length === 0 && part.rank > 0 && part.knownShape.includes(0)) {
    throw new ValueError(`[${WHO}] there must be an element. Received: x of shape ${showShape(value.shape)}.`);
  }
  return reshape(part, shape);
}
