import { canonicalAxis } from '../../../core/axes.ts';
import { checkChoice } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toValue, unifyTwo } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { REQUIRED, type Symbolic, op } from '../base/op.ts';
import { cut, valueOf } from './axes.ts';
import { ravel } from './manipulation.ts';
import { checkLine, placesIn, sortAlong } from './ordering.ts';

/** Options of {@link sort} and {@link argsort}. */
export interface SortOptions {
  /** The axis; null for all elements as one axis. @default -1 */
  axis?: number | null;
}

type SortOp = Symbolic<(x: Operand, options?: SortOptions) => Value>;

/** x and the axis to sort along; null and scalars are one axis of all elements. */
function lineOf(who: string, x: Operand, axis: number | null): readonly [Value, number] {
  const value = toValue(x);
  if (axis === null || value.rank === 0) return [ravel(value), 0];
  return [value, canonicalAxis(axis, value.rank, who)];
}

/**
 * The elements along an axis in increasing order; NaN comes last.
 * @throws ValueError if the axis is out of range.
 * @example
 * await jit((x) => ops.sort(x))([[3, 1, 2], [0, -1, 5]]);   // [[1, 2, 3], [-1, 0, 5]]
 * @see https://keras.io/api/ops/numpy/#sort-function
 */
export const sort: SortOp = op('numpy.Sort', ['x'], { axis: -1 }, (x: Operand, { axis = -1 }: SortOptions = {}) => {
  const value = toValue(x);
  const [sorted] = sortAlong(...lineOf('ops.sort', value, axis));
  return value.rank === 0 ? build.reshape(sorted, []) : sorted;
});

/**
 * The int32 indices that sort the elements along an axis; equal elements stay in order, and NaN comes last.
 * @throws ValueError if the axis is out of range.
 * @example
 * await jit((x) => ops.argsort(x))([[3, 1, 2], [0, -1, 5]]);   // [[1, 2, 0], [1, 0, 2]]
 * @see https://keras.io/api/ops/numpy/#argsort-function
 */
export const argsort: SortOp = op(
  'numpy.Argsort',
  ['x'],
  { axis: -1 },
  (x: Operand, { axis = -1 }: SortOptions = {}) => sortAlong(...lineOf('ops.argsort', x, axis))[1],
);

/**
 * The int32 indices of a partition along an axis: first those of the kth + 1 smallest elements in increasing order, then the
 * others.
 * @throws ValueError if the axis or kth is out of range.
 * @example
 * await jit((x) => ops.argpartition(x, 1))([4, 1, 3, 0]);   // [3, 1, 0, 2]
 * @see https://keras.io/api/ops/numpy/#argpartition-function
 */
export const argpartition: Symbolic<(x: Operand, kth: number, options?: SortOptions) => Value> = op(
  'numpy.Argpartition',
  ['x'],
  { kth: REQUIRED, axis: -1 },
  (x: Operand, kth: number, { axis = -1 }: SortOptions = {}): Value => {
    const who = 'ops.argpartition';
    const [value, at] = lineOf(who, x, axis);
    const size = value.shape[at] ?? null;
    if (size === null) return valueOf(value.shape, 'int32');
    if (!Number.isInteger(kth) || kth < -size || kth >= size) {
      throw new ValueError(`[${who}] kth must be an index of the ${size} elements. Received: kth=${show(kth)}.`);
    }
    const end = (kth < 0 ? kth + size : kth) + 1;
    const [, order] = sortAlong(value, at);
    const [rest] = sortAlong(cut(order, at, end, size), at);
    return build.concatenate([cut(order, at, 0, end), rest], at);
  },
);

/** Options of {@link searchsorted}. */
export interface SearchsortedOptions {
  /** The place to return, of several: before equal elements (`left`), or after them (`right`). @default 'left' */
  side?: 'left' | 'right';
}

/**
 * The int32 places at which values would have to be inserted into an increasing sequence to keep its order.
 *
 * Shapes: the sequence has one axis; the result has the shape of the values.
 *
 * @throws ValueError if the sequence has another rank, or `side` is unknown.
 * @example
 * await jit((x) => ops.searchsorted([1, 3, 5], x))([0, 3, 4]);                      // [0, 1, 2]
 * await jit((x) => ops.searchsorted([1, 3, 5], x, { side: 'right' }))([0, 3, 4]);   // [0, 2, 2]
 * @see https://keras.io/api/ops/numpy/#searchsorted-function
 */
export const searchsorted: Symbolic<
  (sortedSequence: Operand, values: Operand, options?: SearchsortedOptions) => Value
> = op(
  'numpy.SearchSorted',
  ['sortedSequence', 'values'],
  { side: 'left' },
  function searchsorted(sortedSequence: Operand, values: Operand, { side = 'left' }: SearchsortedOptions = {}): Value {
    const sequence = checkLine('ops.searchsorted', 'sortedSequence', toValue(sortedSequence));
    return placesIn(sequence, toValue(values), checkChoice('ops.searchsorted', 'side', side, ['left', 'right']));
  },
);

/**
 * The int32 index of the bin of each element: the number of bin edges that are ≤ it. The edges are increasing.
 * @throws ValueError if the bins have not one axis.
 * @example
 * await jit((x) => ops.digitize(x, [0, 1, 2]))([-0.5, 0, 1.5, 7]);   // [0, 1, 2, 3]
 * @see https://keras.io/api/ops/numpy/#digitize-function
 */
export const digitize: Symbolic<(x: Operand, bins: Operand) => Value> = op(
  'numpy.Digitize',
  ['x', 'bins'],
  (x: Operand, bins: Operand): Value => placesIn(checkLine('ops.digitize', 'bins', toValue(bins)), toValue(x), 'right'),
);

/** Options of {@link isin}. */
export interface IsinOptions {
  /** Whether all elements differ; they are compared in the same way. @default false */
  assumeUnique?: boolean;
  /** Return where elements are not among the others. @default false */
  invert?: boolean;
}

/**
 * True for each element of x1 that equals an element of x2.
 * @example
 * await jit((x) => ops.isin(x, [1, 3]))([0, 1, 2, 3]);   // [0, 1, 0, 1]
 * @see https://keras.io/api/ops/numpy/#isin-function
 */
export const isin: Symbolic<(x1: Operand, x2: Operand, options?: IsinOptions) => Value> = op(
  'numpy.IsIn',
  ['x1', 'x2'],
  { assumeUnique: false, invert: false },
  function isin(x1: Operand, x2: Operand, { invert = false }: IsinOptions = {}): Value {
    const [x, y] = unifyTwo(x1, x2);
    const others = ravel(y);
    if (others.shape[0] === 0) return castTo(build.fullLike(castTo(x, 'int32'), Number(invert)), 'bool');
    const matches = build.equal(build.reshape(x, [...x.shape, 1]), others);
    const found = castTo(build.max(castTo(matches, 'int32'), { axes: [x.rank] }), 'bool');
    return invert ? build.logicalNot(found) : found;
  },
);
