import { canonicalAxis } from '../../../core/axes.ts';
import { checkInteger } from '../../../core/checks.ts';
import { NotImplementedError } from '../../../core/errors.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toValue } from '../../../compiler/builder/operand.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import { cut, iota, knownSizeOf } from './axes.ts';
import { moveaxis, ravel } from './manipulation.ts';
import { sortAlong } from './ordering.ts';

/** Options of {@link unique}. */
export interface UniqueOptions {
  /** Whether the results are in increasing order; they always are. @default true */
  sorted?: boolean;
  /** Return the index of the first occurrence of each. @default false */
  returnIndex?: boolean;
  /** Return the place among the results of each element. @default false */
  returnInverse?: boolean;
  /** Return the number of occurrences of each. @default false */
  returnCounts?: boolean;
  /** The axis whose slices are compared. @default null, all elements */
  axis?: number | null;
  /** The number of results; it is required. @default null */
  size?: number | null;
  /** The value that fills up results. @default null, the first result */
  fillValue?: number | null;
}

/** Two functions in one: a value alone, or a list. */
type UniqueOp = Symbolic<(x: Operand, options?: UniqueOptions) => Value | readonly Value[]>;

/** The order of the rows, by their first element, then by the second, and so on: stable sorts from the last element on. */
function orderOfRows(rows: Value): Value {
  const [count, width] = [knownSizeOf('ops.unique', rows, 0), knownSizeOf('ops.unique', rows, 1)];
  let order = iota(count);
  for (let column = width - 1; column >= 0; column--) {
    const keys = build.reshape(cut(rows, 1, column, column + 1), [count]);
    order = build.gather(order, sortAlong(build.gather(keys, order, 0), 0)[1], 0);
  }
  return order;
}

/**
 * The distinct elements of x, or the distinct slices along an axis, in increasing order. Shapes of results do not depend on
 * elements: `size` of them are returned, and if there are fewer, they are filled up with `fillValue`. NaN differs from NaN.
 *
 * With `returnIndex`, `returnInverse` or `returnCounts` the result is a list: the elements, then what is asked for, in this order.
 *
 * @throws NotImplementedError without `size`.
 * @throws ValueError if the axis is out of range.
 * @example
 * await jit((x) => ops.unique(x, { size: 3 }))([3, 1, 3, 2]);   // [1, 2, 3]
 * await jit((x) => ops.unique(x, { size: 3, returnCounts: true })[1])([3, 1, 3, 2]);   // [1, 1, 2]
 * @see https://keras.io/api/ops/numpy/
 */
export const unique: UniqueOp = op(
  'numpy.Unique',
  ['x'],
  {
    sorted: true,
    returnIndex: false,
    returnInverse: false,
    returnCounts: false,
    axis: null,
    size: null,
    fillValue: null,
  },
  (x: Operand, options: UniqueOptions = {}): Value | readonly Value[] => {
    const { axis = null, size = null, fillValue = null } = options;
    const who = 'ops.unique';
    if (size === null) {
      throw new NotImplementedError(
        `[${who}] size must be given: shapes of results do not depend on elements. Received: size=null.`,
      );
    }
    const length = checkInteger(who, 'size', size, 0);
    const value = toValue(x);
    const at = axis === null ? 0 : canonicalAxis(axis, value.rank, who);
    const front = axis === null ? ravel(value) : moveaxis(value, at, 0);
    const count = knownSizeOf(who, front, 0);
    const rows = build.reshape(front, [count, front.knownShape.slice(1).reduce((product, each) => product * each, 1)]);
    const order = orderOfRows(rows);
    const ordered = build.gather(rows, order, 0);
    const differs = build.notEqual(
      cut(ordered, 0, Math.min(1, count), count),
      cut(ordered, 0, 0, Math.max(0, count - 1)),
    );
    const isNew = build.max(castTo(differs, 'int32'), { axes: [1] });
    const first = build.concatenate([constant(Int32Array.from({ length: Math.min(1, count) }, () => 1)), isNew], 0);
    const group = build.subtract(build.cumulativeSum(first, { axis: 0, reverse: false }), 1);
    // Groups beyond the size go to one more row, which is cut off.
    const place = build.minimum(group, length);
    const kept = (source: Value, combine: 'add' | 'minimum', start: number): Value => {
      const empty = build.broadcastTo(constant(start, source.dtype), [length + 1, ...source.shape.slice(1)]);
      return cut(build.scatterRows(empty, place, source, combine), 0, 0, length);
    };
    const firstPlace = kept(iota(count), 'minimum', count);
    const isPresent = build.less(iota(length), build.add(build.max(group, { axes: [0] }), 1));
    const found = build.gather(ordered, build.minimum(firstPlace, count - 1), 0);
    // Keras fills up the indices with the first one, and the counts with 0.
    const places = kept(order, 'minimum', count);
    const filling = fillValue ?? cut(found, 0, 0, Math.min(1, length));
    const filled = build.where(build.reshape(isPresent, [length, 1]), found, filling);
    const result = build.reshape(filled, [length, ...front.shape.slice(1)]);
    const elements = axis === null ? result : moveaxis(result, 0, at);
    const extra = [
      options.returnIndex === true ? [build.where(isPresent, places, cut(places, 0, 0, Math.min(1, length)))] : [],
      options.returnInverse === true
        ? [
            build.reshape(
              build.scatterElements(group, order, { axis: 0, size: count }),
              axis === null ? value.shape : [count],
            ),
          ]
        : [],
      options.returnCounts === true ? [kept(build.fullLike(group, 1), 'add', 0)] : [],
    ].flat();
    return extra.length === 0 ? elements : [elements, ...extra];
  },
);
