import { checkValues } from '../base/check-values.ts';
import { canonicalAxis } from '../../../core/axes.ts';
import { checkChoice, checkIntegers } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { broadcastShapes, showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toValue, unify } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import type { Slice } from '../base/argument-json.ts';
import { REQUIRED, type Symbolic, op } from '../base/op.ts';
import { valueOf } from './axes.ts';
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
    if (step < 1) throw new ValueError(`[${WHO}] a step must not be 0. Received: ${show(key)} for axis ${axis}.`);
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

/** x with the ranges of negative steps taken, which become whole ranges. */
function turnAxes(x: Value, keys: readonly Exclude<Key, '...'>[]): readonly [Value, readonly Exclude<Key, '...'>[]] {
  let [turned, axis] = [x, -1];
  const left = keys.map((key) => {
    if (key !== null) axis++;
    if (typeof key !== 'object' || key === null || (key.step ?? 1) > -1) return key;
    const step = checkIndex(key.step);
    const size = x.shape[axis] ?? null;
    // While a model is described, sizes may be unknown, and that of the result is unknown too.
    if (size === null) return {};
    const place = (index: number | null | undefined, missing: number): number => {
      if (index === null || index === undefined) return missing;
      const checked = checkIndex(index);
      return Math.min(Math.max(checked < 0 ? checked + size : checked, -1), size - 1);
    };
    const [first, last] = [place(key.start, size - 1), place(key.stop, -1)];
    const count = Math.max(0, Math.ceil((last - first) / step));
    turned = build.gather(
      turned,
      Int32Array.from({ length: count }, (_, i) => first + i * step),
      axis,
    );
    return {};
  });
  return [turned, left];
}

/**
 * A part of x, as Python's `x[key]`, with an entry of the key for each axis, or for the first axes.
 *
 * Shapes: an index removes its axis, a range keeps ⌈(stop − start) / step⌉ elements, `null` inserts an axis of size 1.
 *
 * @throws ValueError if the key has more entries than there are axes, or an index is out of range.
 * @example
 * await jit((x) => ops.getItem(x, [{ start: 1 }, 0]))([[1, 2], [3, 4], [5, 6]]);   // [3, 5]
 * await jit((x) => ops.getItem(x, ['...', { step: 2 }]))([[1, 2, 3]]);             // [[1, 3]]
 * @see https://keras.io/api/ops/numpy/#get_item-function
 */
export const getItem: Symbolic<(x: Operand, key: Key | readonly Key[]) => Value> = op(
  'numpy.GetItem',
  ['x', 'key'],
  (x: Operand, key: Key | readonly Key[]): Value => {
    const given = toValue(x);
    const [value, keys] = turnAxes(
      given,
      expandKey(Array.isArray(key) ? (key as readonly Key[]) : [key as Key], given.rank),
    );
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

/** Indices that may count from the end as indices that count from the start. */
const fromStart = (indices: Value, size: number): Value =>
  build.where(build.less(indices, 0), build.add(indices, size), indices);

/**
 * The elements of x at indices along an axis: y[i, j] = x[indices[i, j], j] for axis 0. Negative indices count from the end.
 *
 * Shapes: x and the indices have one rank, and broadcast on the other axes; without an axis the elements of x are one axis.
 *
 * @throws ValueError if the axis is out of range, or the shapes do not fit.
 * @example
 * await jit((x) => ops.takeAlongAxis(x, [[1], [0]], { axis: 1 }))([[1, 2], [3, 4]]);   // [[2], [3]]
 * @see https://keras.io/api/ops/numpy/#take_along_axis-function
 */
export const takeAlongAxis: Symbolic<(x: Operand, indices: Operand, options?: TakeOptions) => Value> = op(
  'numpy.TakeAlongAxis',
  ['x', 'indices'],
  { axis: null },
  (x: Operand, indices: Operand, { axis = null }: TakeOptions = {}): Value => {
    const who = 'ops.takeAlongAxis';
    const value = axis === null ? ravel(toValue(x)) : toValue(x);
    const given = castTo(toValue(indices), 'int32');
    const places = axis === null ? ravel(given) : given;
    const at = canonicalAxis(axis ?? 0, value.rank, who);
    const shape =
      places.rank === value.rank ? broadcastShapes(value.shape.with(at, 1), places.shape.with(at, 1)) : null;
    if (shape === null) {
      throw new ValueError(
        `[${who}] x and indices must have one rank and broadcast on all axes but the one. Received: shapes ${showShape(value.shape)} and ${showShape(places.shape)}, axis=${show(axis)}.`,
      );
    }
    const [size, count] = [value.shape[at] ?? null, places.shape[at] ?? null];
    if (size === null) return valueOf(shape.with(at, count), value.dtype);
    const [wide, all] = [
      build.broadcastTo(value, shape.with(at, size)),
      build.broadcastTo(places, shape.with(at, count)),
    ];
    return build.gatherElements(wide, fromStart(all, size), at);
  },
);

/**
 * For each index of the elements of an array of a shape in row-major order, its index on each axis.
 * @throws ValueError if a size is not an integer ≥ 1.
 * @example
 * await jit((x) => ops.unravelIndex(ops.cast(x, 'int32'), [2, 3])[0])([1, 5]);   // [0, 1]
 * @see https://keras.io/api/ops/numpy/
 */
export const unravelIndex: Symbolic<(indices: Operand, shape: readonly number[]) => readonly Value[]> = op(
  'numpy.UnravelIndex',
  ['indices'],
  { shape: REQUIRED },
  (indices: Operand, shape: readonly number[]): readonly Value[] => {
    const sizes = checkIntegers('ops.unravelIndex', 'shape', shape, 1);
    const total = sizes.reduce((product, each) => product * each, 1);
    let rest = fromStart(castTo(toValue(indices), 'int32'), total);
    const places = sizes.toReversed().map((each) => {
      const quotient = build.divideIntegers(rest, each);
      const place = build.subtract(rest, build.multiply(quotient, each));
      rest = quotient;
      return place;
    });
    return places.reverse();
  },
);

/** Options of {@link select}. */
export interface SelectOptions {
  /** The value where no condition is true. @default 0 */
  default?: Operand;
}

/**
 * For each element, the choice of the first condition that is true; the default where none is. All operands broadcast.
 * @throws ValueError if the numbers of conditions and choices differ, or the shapes do not broadcast.
 * @example
 * await jit((x) => ops.select([ops.less(x, 0), ops.greater(x, 5)], [0, 5], { default: x }))([-1, 3, 9]);   // [0, 3, 5]
 * @see https://keras.io/api/ops/numpy/#select-function
 */
export const select: Symbolic<
  (condlist: readonly Operand[], choicelist: readonly Operand[], options?: SelectOptions) => Value
> = op(
  'numpy.Select',
  ['condlist', 'choicelist', 'default?'],
  (condlist: readonly Operand[], choicelist: readonly Operand[], { default: other = 0 }: SelectOptions = {}): Value => {
    checkValues('ops.select', 'condlist', condlist);
    checkValues('ops.select', 'choicelist', choicelist);
    if (condlist.length !== choicelist.length || condlist.length === 0) {
      throw new ValueError(
        `[ops.select] there must be a choice for each condition, and at least one. Received: ${condlist.length} conditions and ${choicelist.length} choices.`,
      );
    }
    const [first, ...choices] = unify([other, ...choicelist]);
    return choices.reduceRight<Value>(
      (chosen, choice, i) => build.where(condlist[i] ?? false, choice, chosen),
      first ?? toValue(other),
    );
  },
);

/**
 * Coordinate arrays from coordinate vectors: the i-th result repeats the i-th vector along the axes of the others.
 *
 * Shapes: one axis for each vector; with Cartesian indexing (`xy`) the first two are swapped.
 *
 * @throws TypeError if the indexing is unknown; ValueError if an operand has more than one axis.
 * @example
 * await jit((x, y) => ops.meshgrid([x, y])[0])([1, 2], [3, 4, 5]);   // [[1, 2], [1, 2], [1, 2]]
 * @see https://keras.io/api/ops/numpy/#meshgrid-function
 */
export const meshgrid: Symbolic<(x: readonly Operand[], options?: MeshgridOptions) => readonly Value[]> = op(
  'numpy.Meshgrid',
  ['*x'],
  { indexing: 'xy' },
  (x: readonly Operand[], { indexing = 'xy' }: MeshgridOptions = {}): readonly Value[] => {
    checkChoice('ops.meshgrid', 'indexing', indexing, ['xy', 'ij']);
    const vectors = checkValues('ops.meshgrid', 'x', x).map((each) => {
      const value = toValue(each);
      if (value.rank > 1) {
        throw new ValueError(
          `[ops.meshgrid] the operands must have one axis. Received: shape ${showShape(value.shape)}.`,
        );
      }
      return ravel(value);
    });
    const isSwapped = indexing === 'xy' && vectors.length > 1;
    const axisOf = (i: number): number => (isSwapped && i < 2 ? 1 - i : i);
    const shape = vectors.map((_, axis) => vectors[axisOf(axis)]?.shape[0] ?? null);
    return vectors.map((vector, i) => {
      const along = shape.map((size, axis) => (axis === axisOf(i) ? size : 1));
      return build.broadcastTo(build.reshape(vector, along), shape);
    });
  },
);

/** Options of {@link meshgrid}. */
export interface MeshgridOptions {
  /** Whether the first vector varies along the columns (`xy`) or along the first axis (`ij`). @default 'xy' */
  indexing?: 'xy' | 'ij';
}
