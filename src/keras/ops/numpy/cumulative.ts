import { canonicalAxis } from '../../../core/axes.ts';
import { checkInteger, checkNumber } from '../../../core/checks.ts';
import { type DType, checkDType, isFloat } from '../../../core/dtype.ts';
import { ValueError } from '../../../core/errors.ts';
import { compatible, showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, toValue, unifyTwo } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import { cut } from './axes.ts';
import { ravel } from './manipulation.ts';

/** Options of {@link cumsum} and {@link cumprod}. */
export interface CumulativeOptions {
  /** The axis. @default null, all elements as one axis */
  axis?: number | null;
  /** The type of the results. @default null, that of x; int32 for booleans */
  dtype?: DType | null;
}

type CumulativeOp = Symbolic<(x: Operand, options?: CumulativeOptions) => Value>;

const OPTIONS = { axis: null, dtype: null };

/** Runs a function along an axis, in the type that the options ask for. */
function accumulate(
  who: string,
  x: Operand,
  { axis = null, dtype = null }: CumulativeOptions,
  run: (x: Value, axis: number) => Value,
): Value {
  const given = toValue(x);
  const type = dtype === null ? (given.dtype === 'bool' ? 'int32' : given.dtype) : checkDType(dtype, who);
  const value = axis === null ? ravel(given) : given;
  // Bytes and booleans are accumulated in int32.
  const wide = isFloat(type) ? type : 'int32';
  return castTo(run(castTo(value, wide), canonicalAxis(axis ?? 0, value.rank, who)), type);
}

const sumAlong = (x: Value, axis: number): Value => build.cumulativeSum(x, { axis, reverse: false });

/** Products of runs of 1, 2, 4, … elements: exact gradients where elements are zero. */
function productsAlong(x: Value, axis: number): Value {
  const size = x.shape[axis] ?? 0;
  let products = x;
  for (let reach = 1; reach < size; reach *= 2) {
    const ones = build.fullLike(cut(x, axis, 0, reach), 1);
    products = build.multiply(products, build.concatenate([ones, cut(products, axis, 0, size - reach)], axis));
  }
  return products;
}

const without = (x: Operand, filling: number): Value => {
  const value = toValue(x);
  return isFloat(value.dtype) ? build.where(build.isNaN(value), filling, value) : value;
};

/**
 * The sum of the elements up to each one along an axis.
 * @throws ValueError if the axis is out of range.
 * @example
 * await jit((x) => ops.cumsum(x))([1, 2, 3]);                          // [1, 3, 6]
 * await jit((x) => ops.cumsum(x, { axis: 0 }))([[1, 2], [3, 4]]);      // [[1, 2], [4, 6]]
 * @see https://keras.io/api/ops/numpy/#cumsum-function
 */
export const cumsum: CumulativeOp = op('numpy.Cumsum', ['x'], OPTIONS, (x: Operand, options: CumulativeOptions = {}) =>
  accumulate('ops.cumsum', x, options, sumAlong),
);

/**
 * The product of the elements up to each one along an axis.
 * @throws ValueError if the axis is out of range.
 * @example
 * await jit((x) => ops.cumprod(x))([1, 2, 3, 4]);   // [1, 2, 6, 24]
 * @see https://keras.io/api/ops/numpy/#cumprod-function
 */
export const cumprod: CumulativeOp = op(
  'numpy.Cumprod',
  ['x'],
  OPTIONS,
  (x: Operand, options: CumulativeOptions = {}) => accumulate('ops.cumprod', x, options, productsAlong),
);

/**
 * {@link cumsum}, in which NaN counts as 0.
 * @throws ValueError if the axis is out of range.
 * @example
 * await jit((x) => ops.nancumsum(x))([1, NaN, 3]);   // [1, 1, 4]
 * @see https://keras.io/api/ops/numpy/
 */
export const nancumsum: CumulativeOp = op(
  'numpy.Nancumsum',
  ['x'],
  OPTIONS,
  (x: Operand, options: CumulativeOptions = {}) => accumulate('ops.nancumsum', without(x, 0), options, sumAlong),
);

/**
 * {@link cumprod}, in which NaN counts as 1.
 * @throws ValueError if the axis is out of range.
 * @example
 * await jit((x) => ops.nancumprod(x))([2, NaN, 3]);   // [2, 2, 6]
 * @see https://keras.io/api/ops/numpy/
 */
export const nancumprod: CumulativeOp = op(
  'numpy.Nancumprod',
  ['x'],
  OPTIONS,
  (x: Operand, options: CumulativeOptions = {}) => accumulate('ops.nancumprod', without(x, 1), options, productsAlong),
);

/** Options of {@link diff}. */
export interface DiffOptions {
  /** The number of times that differences are taken. @default 1 */
  n?: number;
  /** The axis. @default -1 */
  axis?: number;
}

/**
 * The differences of neighbors along an axis, x[i + 1] − x[i]; of booleans, whether they differ.
 * @throws ValueError if the axis is out of range or n is negative.
 * @example
 * await jit((x) => ops.diff(x))([1, 2, 4, 7]);             // [1, 2, 3]
 * await jit((x) => ops.diff(x, { n: 2 }))([1, 2, 4, 7]);   // [1, 1]
 * @see https://keras.io/api/ops/numpy/#diff-function
 */
export const diff: Symbolic<(a: Operand, options?: DiffOptions) => Value> = op(
  'numpy.Diff',
  ['a'],
  { n: 1, axis: -1 },
  (a: Operand, { n = 1, axis = -1 }: DiffOptions = {}): Value => {
    const value = toValue(a);
    const times = checkInteger('ops.diff', 'n', n, 0);
    const at = canonicalAxis(axis, value.rank, 'ops.diff');
    return Array.from({ length: times }).reduce<Value>((x) => {
      const size = x.shape[at] ?? null;
      if (size === null) return x;
      const [next, previous] = [cut(x, at, Math.min(1, size), size), cut(x, at, 0, Math.max(0, size - 1))];
      return x.dtype === 'bool' ? build.notEqual(next, previous) : build.subtract(next, previous);
    }, value);
  },
);

/** Options of {@link trapezoid}. */
export interface TrapezoidOptions {
  /** The places of the elements: one for each along the axis, or in the shape of y. @default null, evenly spaced */
  x?: Operand | null;
  /** The distance of neighbors, without x. @default 1 */
  dx?: number;
  /** The axis. @default -1 */
  axis?: number;
}

/**
 * The integral of y along an axis by the trapezoidal rule, Σ Δx · (y[i] + y[i + 1]) / 2.
 * @throws ValueError if the axis is out of range, or x has not a place for each element.
 * @example
 * await jit((y) => ops.trapezoid(y))([1, 2, 3]);                      // 4
 * await jit((y) => ops.trapezoid(y, { x: [0, 1, 3] }))([1, 2, 3]);    // 6.5
 * @see https://keras.io/api/ops/numpy/
 */
export const trapezoid: Symbolic<(y: Operand, options?: TrapezoidOptions) => Value> = op(
  'numpy.Trapezoid',
  ['y'],
  { x: null, dx: 1, axis: -1 },
  (y: Operand, { x = null, dx = 1, axis = -1 }: TrapezoidOptions = {}): Value => {
    const who = 'ops.trapezoid';
    const [value, places] = x === null ? [toFloat(y), null] : (unifyTwo(y, x).map(toFloat) as [Value, Value]);
    const at = canonicalAxis(axis, value.rank, who);
    const size = value.shape[at] ?? null;
    const kept = value.shape.toSpliced(at, 1);
    if (size === null) return build.reshape(build.sum(value, { axes: [at] }), kept);
    const neighbors = (of: Value, along: number): readonly [Value, Value] => [
      cut(of, along, Math.min(1, size), size),
      cut(of, along, 0, Math.max(0, size - 1)),
    ];
    const means = build.multiply(build.add(...neighbors(value, at)), 0.5);
    if (places === null) return build.multiply(build.sum(means, { axes: [at] }), checkNumber(who, 'dx', dx));
    const isLine = places.rank === 1 && places.shape[0] === size;
    if (!isLine && !compatible(places.shape, value.shape)) {
      throw new ValueError(
        `[${who}] x must have a place for each element of the axis, or the shape of y. Received: shapes ${showShape(places.shape)} and ${showShape(value.shape)}.`,
      );
    }
    const along = isLine
      ? build.reshape(
          places,
          value.shape.map((_, i) => (i === at ? size : 1)),
        )
      : places;
    return build.sum(build.multiply(means, build.subtract(...neighbors(along, at))), { axes: [at] });
  },
);
