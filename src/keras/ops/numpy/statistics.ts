import { canonicalAxes } from '../../../core/axes.ts';
import { checkChoice, checkInteger } from '../../../core/checks.ts';
import { isFloat } from '../../../core/dtype.ts';
import { NotImplementedError, ValueError, show } from '../../../core/errors.ts';
import { compatible, showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, toValue, unifyTwo } from '../../../compiler/builder/operand.ts';
import { constant, constantOf } from '../../../compiler/graph/leaves.ts';
import { createNode } from '../../../compiler/graph/node.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, fixed, op } from '../base/op.ts';
import { iota, valueOf } from './axes.ts';
import { linspace } from './creation.ts';
import { checkLine, placesIn } from './ordering.ts';
import { type Axis, mean, sum } from './reductions.ts';

/** Options of {@link average}. */
export interface AverageOptions {
  /** The axes to reduce over. @default null, all axes */
  axis?: Axis;
  /** The weight of each element, or of each index of the one axis. @default null, equal weights */
  weights?: Operand | null;
}

/**
 * The weighted mean over axes, Σ w · x / Σ w, in a floating type.
 * @throws ValueError if an axis is out of range, or the weights do not fit.
 * @example
 * await jit((x) => ops.average(x, { weights: [3, 1] }))([2, 6]);   // 3
 * @see https://keras.io/api/ops/numpy/#average-function
 */
export const average: Symbolic<(x: Operand, options?: AverageOptions) => Value> = op(
  'numpy.Average',
  ['x', 'weights='],
  { axis: null },
  (x: Operand, { axis = null, weights = null }: AverageOptions = {}): Value => {
    const who = 'ops.average';
    if (weights === null) return mean(x, { axis });
    const [value, given] = unifyTwo(x, weights).map(toFloat) as [Value, Value];
    const axes = axis === null ? [] : canonicalAxes(axis, value.rank, who);
    const [along] = axes;
    const isLine = axes.length === 1 && given.rank === 1 && value.rank !== 1;
    const size = given.shape[0] ?? null;
    const weight = isLine
      ? build.reshape(
          given,
          value.shape.map((_, i) => (i === along ? size : 1)),
        )
      : given;
    const fits = isLine ? compatible([size], [value.shape[along ?? 0] ?? null]) : compatible(given.shape, value.shape);
    if (!fits) {
      throw new ValueError(
        `[${who}] weights must have the shape of x, or one entry for each index of the one axis. Received: shapes ${showShape(given.shape)} and ${showShape(value.shape)}, axis=${show(axis)}.`,
      );
    }
    const all = isLine ? build.broadcastTo(weight, value.shape) : weight;
    return build.divide(sum(build.multiply(value, all), { axis }), sum(all, { axis }));
  },
);

/**
 * The matrix of Pearson's correlation coefficients between the rows of x: the covariances of the rows, divided by their
 * standard deviations.
 *
 * Shapes: `[variables, samples]` → `[variables, variables]`; `[samples]` → a scalar.
 *
 * @throws ValueError if x has more than two axes.
 * @example
 * await jit((x) => ops.corrcoef(x))([[1, 2, 3], [6, 4, 2]]);   // [[1, -1], [-1, 1]]
 * @see https://keras.io/api/ops/numpy/#corrcoef-function
 */
export const corrcoef: Symbolic<(x: Operand) => Value> = op('numpy.Corrcoef', ['x'], (x: Operand): Value => {
  const value = toFloat(x);
  if (value.rank > 2) {
    throw new ValueError(`[ops.corrcoef] x must have at most two axes. Received: shape ${showShape(value.shape)}.`);
  }
  if (value.rank === 0) return build.divide(value, value);
  const rows = value.rank === 1 ? build.reshape(value, [1, ...value.shape]) : value;
  const centered = build.subtract(rows, build.mean(rows, { axes: [1], keepDims: true }));
  const products = build.matmul(centered, build.transpose(centered, [1, 0]));
  const norms = build.sqrt(build.sum(build.square(centered), { axes: [1], keepDims: true }));
  const correlations = build.divide(products, build.multiply(norms, build.transpose(norms, [1, 0])));
  const clipped = build.minimum(build.maximum(correlations, -1), 1);
  return value.rank === 1 ? build.reshape(clipped, []) : clipped;
});

/** Options of {@link correlate}. */
export interface CorrelateOptions {
  /** The positions: where both overlap entirely, as many as the longer has, or all where they overlap. @default 'valid' */
  mode?: 'valid' | 'same' | 'full';
}

/**
 * The cross-correlation of two sequences: c[k] = Σₙ x1[n + k] · x2[n].
 *
 * Shapes: of m and n elements, max(m, n) − min(m, n) + 1 (valid), max(m, n) (same) or m + n − 1 (full).
 *
 * @throws ValueError if an operand has not one axis of known size, or no elements; TypeError for an unknown mode.
 * @example
 * await jit((x) => ops.correlate(x, [1, 2]))([1, 2, 3]);                      // [5, 8]
 * await jit((x) => ops.correlate(x, [1, 2], { mode: 'full' }))([1, 2, 3]);    // [2, 5, 8, 3]
 * @see https://keras.io/api/ops/numpy/#correlate-function
 */
export const correlate: Symbolic<(x1: Operand, x2: Operand, options?: CorrelateOptions) => Value> = op(
  'numpy.Correlate',
  ['x1', 'x2'],
  { mode: 'valid' },
  function correlate(x1: Operand, x2: Operand, { mode = 'valid' }: CorrelateOptions = {}): Value {
    const who = 'ops.correlate';
    checkChoice(who, 'mode', mode, ['valid', 'same', 'full']);
    const [a, b] = unifyTwo(x1, x2);
    const [m = null, n = null] = [checkLine(who, 'x1', a).shape[0], checkLine(who, 'x2', b).shape[0]];
    if (m === null || n === null) return valueOf([null], a.dtype);
    if (m === 0 || n === 0) {
      throw new ValueError(
        `[${who}] the sequences must have elements. Received: shapes ${showShape(a.shape)}, ${showShape(b.shape)}.`,
      );
    }
    const [longer, shorter] = [Math.max(m, n), Math.min(m, n)];
    const first = mode === 'full' ? 0 : mode === 'same' ? Math.floor((shorter - 1) / 2) : shorter - 1;
    const count = mode === 'full' ? m + n - 1 : mode === 'same' ? longer : longer - shorter + 1;
    // Position p of the full correlation pairs x1[p + i − (n − 1)] with x2[i].
    const wide = a.dtype === 'uint8' || a.dtype === 'bool' ? castTo(a, 'int32') : a;
    const [padded] = createNode('pad', [wide], { before: [n - 1], after: [n - 1], between: [0] });
    const start = m >= n || mode === 'full' ? first : m + n - 1 - first - count;
    const windows = Int32Array.from({ length: count * n }, (_, i) => start + Math.floor(i / n) + (i % n));
    const slices = build.reshape(build.gather(padded, constant(windows), 0), [count, n]);
    return castTo(build.sum(build.multiply(slices, castTo(b, wide.dtype)), { axes: [1] }), a.dtype);
  },
);

/** Options of {@link bincount}. */
export interface BincountOptions {
  /** The amount that each element counts. @default null, 1 */
  weights?: Operand | null;
  /** The minimum number of counts. @default 0 */
  minlength?: number;
}

/**
 * The number of times that each integer occurs, or the sum of the weights of the elements that equal it.
 *
 * Shapes: `[n]` → `[counts]`, `[batch, n]` → `[batch, counts]`. Shapes of results do not depend on elements: if x is not a
 * constant, there are `minlength` counts, and larger elements are not counted.
 *
 * @throws ValueError if x has more than two axes or is of a floating type, the shape of the weights is another, or x is not
 * constant and there is no `minlength`.
 * @example
 * await jit((x) => ops.bincount(ops.cast(x, 'int32'), { minlength: 4 }))([0, 1, 1, 3]);   // [1, 2, 0, 1]
 * @see https://keras.io/api/ops/numpy/#bincount-function
 */
export const bincount: Symbolic<(x: Operand, options?: BincountOptions) => Value> = op(
  'numpy.Bincount',
  ['x'],
  { weights: null, minlength: 0, sparse: fixed(false) },
  (x: Operand, { weights = null, minlength = 0 }: BincountOptions = {}): Value => {
    const who = 'ops.bincount';
    const value = toValue(x);
    const least = checkInteger(who, 'minlength', minlength, 0);
    const rank = value.rank;
    if (isFloat(value.dtype) || rank < 1 || rank > 2) {
      throw new ValueError(
        `[${who}] x must be of integers and have one or two axes. Received: ${value.dtype}${showShape(value.shape)}.`,
      );
    }
    const elements = constantOf(value)?.data ?? null;
    if (elements === null && least === 0) {
      throw new ValueError(
        `[${who}] minlength must be given where x is not a constant: shapes of results do not depend on elements. Received: minlength=0.`,
      );
    }
    const length = Array.from(elements ?? []).reduce((count, element) => Math.max(count, element + 1), least);
    const weight = weights === null ? null : toValue(weights);
    if (weight !== null && !compatible(weight.shape, value.shape)) {
      throw new ValueError(
        `[${who}] weights must have the shape of x. Received: ${showShape(weight.shape)} and ${showShape(value.shape)}.`,
      );
    }
    const dtype = weight === null || !isFloat(weight.dtype) ? 'int32' : weight.dtype;
    const [hot] = createNode('oneHot', [castTo(value, 'int32')], { depth: length, dtype });
    const counted =
      weight === null ? hot : build.multiply(hot, build.reshape(castTo(weight, dtype), [...weight.shape, 1]));
    return build.sum(counted, { axes: [rank - 1] });
  },
);

/** Options of {@link histogram}. */
export interface HistogramOptions {
  /** The number of bins. @default 10 */
  bins?: number;
  /** The lower end of the first bin and the upper end of the last. @default null, the minimum and the maximum of x */
  range?: readonly [number, number] | null;
}

/**
 * The int32 number of elements in each of several equal bins, and the edges of the bins. The last bin includes its upper edge;
 * elements outside of the range are not counted.
 *
 * Shapes: `[n]` → `[bins]` and `[bins + 1]`.
 *
 * @throws ValueError if x has not one axis, or the range is not increasing; TypeError if `bins` is not an integer ≥ 1.
 * @example
 * await jit((x) => ops.histogram(x, { bins: 2 })[0])([0, 1, 1, 4]);   // [3, 1]
 * @see https://keras.io/api/ops/numpy/
 */
export const histogram: Symbolic<(x: Operand, options?: HistogramOptions) => readonly Value[]> = op(
  'numpy.Histogram',
  ['x'],
  { bins: 10, range: null },
  (x: Operand, { bins = 10, range = null }: HistogramOptions = {}): readonly Value[] => {
    const who = 'ops.histogram';
    const count = checkInteger(who, 'bins', bins, 1);
    const value = checkLine(who, 'x', toFloat(x));
    if (range !== null && !(range[0] <= range[1])) {
      throw new ValueError(`[${who}] range must be two increasing numbers. Received: range=${show(range)}.`);
    }
    const [low, high] = range === null ? extentOf(value) : range;
    // A range of one number is widened by ½ on both sides, as in NumPy.
    const isPoint = build.equal(low, high);
    const ends = [build.subtract(low, build.where(isPoint, 0.5, 0)), build.add(high, build.where(isPoint, 0.5, 0))];
    const edges = castTo(linspace(ends[0] ?? low, ends[1] ?? high, { num: count + 1 }), value.dtype);
    const upper = build.slice(edges, [count], [count + 1]);
    const place = build.subtract(placesIn(edges, value, 'right'), 1);
    const bin = build.where(build.equal(value, upper), count - 1, place);
    const matches = build.equal(build.reshape(bin, [...bin.shape, 1]), iota(count));
    return [build.sum(castTo(matches, 'int32'), { axes: [0] }), edges];
  },
);

/** The minimum and the maximum; of no elements 0 and 1. */
function extentOf(value: Value): readonly [Operand, Operand] {
  if (value.shape[0] === 0) return [0, 1];
  return [build.min(value, { axes: [0] }), build.max(value, { axes: [0] })];
}

/**
 * Not supported: there are as many indices as there are nonzero elements, and shapes of results do not depend on elements.
 * {@link where} with three arguments and {@link countNonzero} often do.
 * @throws NotImplementedError always.
 * @see https://keras.io/api/ops/numpy/#nonzero-function
 */
export const nonzero: Symbolic<(x: Operand) => readonly Value[]> = op('numpy.Nonzero', ['x'], (): readonly Value[] => {
  throw new NotImplementedError(
    '[ops.nonzero] the number of indices would depend on the elements, but shapes of results do not. Use where with three arguments, or countNonzero.',
  );
});
