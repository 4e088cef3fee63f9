import { canonicalAxes } from '../../../core/axes.ts';
import { checkChoice } from '../../../core/checks.ts';
import { ValueError } from '../../../core/errors.ts';
import { type Shape, showShape, sizeOf } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, toValue } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import { valueOf } from './axes.ts';
import { round } from './rounding.ts';
import type { Axis, ReductionOp, ReductionOptions } from './reductions.ts';

/** The choice between, or the mean of, the two elements next to a quantile. */
export type QuantileMethod = 'linear' | 'lower' | 'higher' | 'midpoint' | 'nearest';

const METHODS: readonly QuantileMethod[] = ['linear', 'lower', 'higher', 'midpoint', 'nearest'];

/** Options of {@link quantile} and {@link percentile}. */
export interface QuantileOptions extends ReductionOptions {
  /** The value between two elements. @default 'linear' */
  method?: QuantileMethod;
}

type QuantileOp = Symbolic<(x: Operand, q: Operand, options?: QuantileOptions) => Value>;

const OPTIONS = { axis: null, method: 'linear', keepdims: false };

const { add, isNaN, less, multiply, subtract, where } = build;

/** x with the axes to reduce over joined as the last one, and the sizes of the others. */
function joinAxes(
  who: string,
  value: Value,
  axis: Axis,
): readonly [joined: Value, kept: Shape, axes: readonly number[]] {
  const all = value.shape.map((_, i) => i);
  const axes = axis === null ? all : canonicalAxes(axis, value.rank, who);
  const others = all.filter((i) => !axes.includes(i));
  const kept = others.map((i) => value.shape[i] ?? null);
  const sizes = axes.map((i) => value.shape[i] ?? null);
  const count = sizes.some((size) => size === null) ? null : sizeOf(sizes as readonly number[]);
  return [build.reshape(build.transpose(value, [...others, ...axes]), [...kept, count]), kept, axes];
}

function quantiles(
  who: string,
  x: Operand,
  q: Operand,
  { axis = null, method = 'linear', keepdims = false }: QuantileOptions,
  ignoresNaN = false,
): Value {
  const choice = checkChoice(who, 'method', method, METHODS);
  const value = toFloat(x);
  const shares = castTo(toValue(q), value.dtype);
  if (shares.rank > 1) {
    throw new ValueError(
      `[${who}] q must be a number or have one axis. Received: q of shape ${showShape(shares.shape)}.`,
    );
  }
  const [joined, kept, axes] = joinAxes(who, value, axis);
  const restored = keepdims ? value.shape.map((size, i) => (axes.includes(i) ? 1 : size)) : kept;
  const shape = [...shares.shape, ...restored];
  const [last, count] = [joined.rank - 1, joined.shape.at(-1) ?? null];
  if (count === null || shares.shape[0] === null) return valueOf(shape, value.dtype);
  if (count === 0) throw new ValueError(`[${who}] there must be elements. Received: shape ${showShape(value.shape)}.`);
  const bad = isNaN(joined);
  const [sorted] = build.topK(where(bad, Infinity, joined), { axis: last, k: count, largest: false });
  const numbers = build.sum(castTo(build.logicalNot(bad), value.dtype), { axes: [last], keepDims: true });
  const whole = ignoresNaN ? subtract(numbers, 1) : subtract(build.fullLike(numbers, count), 1);
  // [...kept, number of quantiles]
  const place = multiply(whole, build.reshape(shares, [shares.shape[0] ?? 1]));
  const elementAt = (index: Value): Value =>
    build.gatherElements(sorted, build.minimum(build.maximum(index, 0), count - 1), last);
  const found = between(place, choice, elementAt);
  const isMissing = ignoresNaN ? build.equal(numbers, 0) : less(numbers, count);
  const result = where(isMissing, NaN, found);
  const front = build.transpose(result, [last, ...kept.map((_, i) => i)]);
  return build.reshape(front, shape);
}

/** The value at a place between two elements. */
function between(place: Value, method: QuantileMethod, elementAt: (index: Value) => Value): Value {
  const low = build.floor(place);
  if (method === 'nearest') return elementAt(round(place));
  if (method === 'lower') return elementAt(low);
  const high = build.negative(build.floor(build.negative(place)));
  if (method === 'higher') return elementAt(high);
  const [a, b] = [elementAt(low), elementAt(high)];
  const fraction =
    method === 'midpoint' ? where(build.equal(low, high), build.fullLike(place, 0), 0.5) : subtract(place, low);
  // No share of an infinite element is NaN.
  const part = (share: Value, element: Value): Value => where(build.equal(share, 0), 0, multiply(share, element));
  return add(part(subtract(1, fraction), a), part(fraction, b));
}

const percents = (q: Operand): Value => multiply(toFloat(q), 0.01);

/**
 * The q-th quantiles over axes, for q in [0, 1]: the element at the place q · (n − 1) among the n sorted ones, by default a
 * linear interpolation between two. NaN if an element is NaN.
 *
 * Shapes: for a list q, its axis comes before those that are left.
 *
 * @throws ValueError if an axis is out of range or repeated, q has more than one axis, or the method is unknown.
 * @example
 * await jit((x) => ops.quantile(x, 0.5))([4, 1, 3, 2]);                               // 2.5
 * await jit((x) => ops.quantile(x, [0, 1], { axis: 1 }))([[3, 1], [5, 9]]);           // [[1, 5], [3, 9]]
 * await jit((x) => ops.quantile(x, 0.5, { method: 'lower' }))([4, 1, 3, 2]);          // 2
 * @see https://keras.io/api/ops/numpy/#quantile-function
 */
export const quantile: QuantileOp = op(
  'numpy.Quantile',
  ['x', 'q'],
  OPTIONS,
  (x: Operand, q: Operand, options: QuantileOptions = {}) => quantiles('ops.quantile', x, q, options),
);

/**
 * The q-th percentiles over axes, for q in [0, 100]: {@link quantile} of q / 100.
 * @throws ValueError if an axis is out of range or repeated, q has more than one axis, or the method is unknown.
 * @example
 * await jit((x) => ops.percentile(x, 25))([0, 4, 8, 2, 6]);   // 2
 * @see https://keras.io/api/ops/numpy/
 */
export const percentile: QuantileOp = op(
  'numpy.Percentile',
  ['x', 'q'],
  OPTIONS,
  (x: Operand, q: Operand, options: QuantileOptions = {}) => quantiles('ops.percentile', x, percents(q), options),
);

/**
 * The median over axes: the middle element, or the mean of the two in the middle. NaN if an element is NaN.
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.median(x, { axis: 1 }))([[3, 1, 2], [5, 9, 0]]);   // [2, 5]
 * @see https://keras.io/api/ops/numpy/#median-function
 */
export const median: ReductionOp = op(
  'numpy.Median',
  ['x'],
  { axis: null, keepdims: false },
  (x: Operand, options: ReductionOptions = {}) => quantiles('ops.median', x, 0.5, options),
);

/**
 * {@link quantile} of the elements that are not NaN; NaN if there are none.
 * @throws ValueError if an axis is out of range or repeated, q has more than one axis, or the method is unknown.
 * @example
 * await jit((x) => ops.nanquantile(x, 0.5))([4, NaN, 1, 3]);   // 3
 * @see https://keras.io/api/ops/numpy/
 */
export const nanquantile: QuantileOp = op(
  'numpy.Nanquantile',
  ['x', 'q'],
  OPTIONS,
  (x: Operand, q: Operand, options: QuantileOptions = {}) => quantiles('ops.nanquantile', x, q, options, true),
);

/**
 * {@link percentile} of the elements that are not NaN; NaN if there are none.
 * @throws ValueError if an axis is out of range or repeated, q has more than one axis, or the method is unknown.
 * @example
 * await jit((x) => ops.nanpercentile(x, 50))([4, NaN, 1, 3]);   // 3
 * @see https://keras.io/api/ops/numpy/
 */
export const nanpercentile: QuantileOp = op(
  'numpy.Nanpercentile',
  ['x', 'q'],
  OPTIONS,
  (x: Operand, q: Operand, options: QuantileOptions = {}) =>
    quantiles('ops.nanpercentile', x, percents(q), options, true),
);

/**
 * {@link median} of the elements that are not NaN; NaN if there are none.
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.nanmedian(x))([4, NaN, 1, 3]);   // 3
 * @see https://keras.io/api/ops/numpy/
 */
export const nanmedian: ReductionOp = op(
  'numpy.Nanmedian',
  ['x'],
  { axis: null, keepdims: false },
  (x: Operand, options: ReductionOptions = {}) => quantiles('ops.nanmedian', x, 0.5, options, true),
);
