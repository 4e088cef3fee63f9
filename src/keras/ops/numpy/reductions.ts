import { canonicalAxes, canonicalAxis } from '../../../core/axes.ts';
import { checkNumber } from '../../../core/checks.ts';
import { type DType, checkDType, isFloat } from '../../../core/dtype.ts';
import { ValueError } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, toValue } from '../../../compiler/builder/operand.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import { createNode } from '../../../compiler/graph/node.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import { ravel } from './manipulation.ts';

/** One axis, several, or all (null). */
export type Axis = number | readonly number[] | null;

/** Options of the functions that reduce over axes. */
export interface ReductionOptions {
  /** The axes to reduce over; negative ones count from the end. @default null, all axes */
  axis?: Axis;
  /** Keep the reduced axes with size 1. @default false */
  keepdims?: boolean;
}

/** A function that reduces over axes. */
export type ReductionOp = Symbolic<(x: Operand, options?: ReductionOptions) => Value>;

const REDUCTION = { axis: null, keepdims: false };

/** The primitive's attributes for the options of a reduction. */
function over(who: string, { rank }: Value, { axis = null, keepdims = false }: ReductionOptions) {
  const axes = axis === null ? Array.from({ length: rank }, (_, i) => i) : canonicalAxes(axis, rank, who);
  return { axes: [...axes].sort((a, b) => a - b), keepDims: keepdims };
}

/** Options of {@link max} and {@link min}. */
export interface ExtremeOptions extends ReductionOptions {
  /** A number that is compared with the elements too: the result of none. @default null, none */
  initial?: number | null;
}

type ExtremeOp = Symbolic<(x: Operand, options?: ExtremeOptions) => Value>;

const maxOver = (x: Operand, { initial = null, ...options }: ExtremeOptions = {}): Value =>
  orInitial(build.max, build.maximum, 'ops.max', x, options, initial);
const minOver = (x: Operand, { initial = null, ...options }: ExtremeOptions = {}): Value =>
  orInitial(build.min, build.minimum, 'ops.min', x, options, initial);

function orInitial(
  reduce: typeof build.max,
  combine: typeof build.maximum,
  who: string,
  x: Operand,
  options: ReductionOptions,
  initial: number | null,
): Value {
  const value = toValue(x);
  const attributes = over(who, value, options);
  if (initial === null) return reduce(value, attributes);
  const start = constant(checkNumber(who, 'initial', initial), value.dtype);
  const isEmpty = attributes.axes.some((axis) => value.shape[axis] === 0);
  if (!isEmpty) return combine(reduce(value, attributes), start);
  const kept = value.shape.map((size, axis) => (attributes.axes.includes(axis) ? 1 : size));
  const shape = attributes.keepDims ? kept : kept.filter((_, axis) => !attributes.axes.includes(axis));
  return build.broadcastTo(start, shape);
}

/**
 * Σ x over axes. Booleans are counted, as int32.
 *
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.sum(x))([[1, 2], [3, 4]]);   // 10
 * await jit((x) => ops.sum(x, { axis: 0 }))([[1, 2], [3, 4]]);   // [4, 6]
 * @see https://keras.io/api/ops/numpy/#sum-function
 */
export const sum: ReductionOp = op('numpy.Sum', ['x'], REDUCTION, (x: Operand, options: ReductionOptions = {}) =>
  build.sum(x, over('ops.sum', toValue(x), options)),
);

/**
 * Σ x / N over axes, in a floating type.
 *
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.mean(x, { axis: -1, keepdims: true }))([[1, 2], [3, 5]]);   // [[1.5], [4]]
 * @see https://keras.io/api/ops/numpy/#mean-function
 */
export const mean: ReductionOp = op('numpy.Mean', ['x'], REDUCTION, (x: Operand, options: ReductionOptions = {}) =>
  build.mean(x, over('ops.mean', toValue(x), options)),
);

/**
 * The maximum over axes. Equal maxima share the gradient.
 *
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.max(x, { axis: 0 }))([[1, 4], [3, 2]]);   // [3, 4]
 * @see https://keras.io/api/ops/numpy/#max-function
 */
export const max: ExtremeOp = op(
  'numpy.Max',
  ['x'],
  { ...REDUCTION, initial: null },
  (x: Operand, options?: ExtremeOptions) => maxOver(x, options),
);

/**
 * The minimum over axes. Equal minima share the gradient.
 *
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.min(x, { axis: 0 }))([[1, 4], [3, 2]]);   // [1, 2]
 * @see https://keras.io/api/ops/numpy/#min-function
 */
export const min: ExtremeOp = op(
  'numpy.Min',
  ['x'],
  { ...REDUCTION, initial: null },
  (x: Operand, options?: ExtremeOptions) => minOver(x, options),
);

/**
 * {@link max} under NumPy's other name.
 *
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.amax(x, { axis: 0 }))([[1, 4], [3, 2]]);   // [3, 4]
 * @see https://keras.io/api/ops/numpy/#amax-function
 */
export const amax: ReductionOp = op('numpy.Amax', ['x'], REDUCTION, (x: Operand, options?: ReductionOptions) =>
  maxOver(x, options),
);

/**
 * {@link min} under NumPy's other name.
 *
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.amin(x, { axis: 0 }))([[1, 4], [3, 2]]);   // [1, 2]
 * @see https://keras.io/api/ops/numpy/#amin-function
 */
export const amin: ReductionOp = op('numpy.Amin', ['x'], REDUCTION, (x: Operand, options?: ReductionOptions) =>
  minOver(x, options),
);

const toCount = (x: Operand): Value => castTo(castTo(toValue(x), 'bool'), 'int32');

/**
 * True if all elements over axes are nonzero.
 *
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.all(x, { axis: 1 }))([[1, 0], [1, 1]]);   // [0, 1]
 * @see https://keras.io/api/ops/numpy/#all-function
 */
export const all: ReductionOp = op('numpy.All', ['x'], REDUCTION, (x: Operand, options: ReductionOptions = {}) =>
  castTo(build.min(toCount(x), over('ops.all', toValue(x), options)), 'bool'),
);

/**
 * True if any element over axes is nonzero.
 *
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.any(x, { axis: 1 }))([[1, 0], [0, 0]]);   // [1, 0]
 * @see https://keras.io/api/ops/numpy/#any-function
 */
export const any: ReductionOp = op('numpy.Any', ['x'], REDUCTION, (x: Operand, options: ReductionOptions = {}) =>
  castTo(build.max(toCount(x), over('ops.any', toValue(x), options)), 'bool'),
);

/** Options of {@link prod}. */
export interface ProdOptions extends ReductionOptions {
  /** The type in which the product is computed. @default null, that of x; int32 for booleans and bytes */
  dtype?: DType | null;
}

/**
 * The product over axes, by repeated halving of the axis: its gradient is exact where elements are zero.
 *
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.prod(x, { axis: 1 }))([[1, 2, 3], [4, 5, 0]]);   // [6, 0]
 * @see https://keras.io/api/ops/numpy/#prod-function
 */
export const prod: Symbolic<(x: Operand, options?: ProdOptions) => Value> = op(
  'numpy.Prod',
  ['x'],
  { ...REDUCTION, dtype: null },
  (x: Operand, { dtype = null, ...options }: ProdOptions = {}): Value => {
    const given = build.toSummable(x);
    const value = dtype === null ? given : castTo(given, checkDType(dtype, 'ops.prod'));
    const { axes, keepDims } = over('ops.prod', value, options);
    const kept = axes.reduce(productAlong, value);
    return keepDims ? kept : build.reshape(kept, removeAxes(kept, axes));
  },
);

const removeAxes = ({ shape }: Value, axes: readonly number[]) => shape.filter((_, i) => !axes.includes(i));

/** The product along an axis, which remains with size 1. */
function productAlong(x: Value, axis: number): Value {
  const size = x.shape[axis] ?? null;
  // While a model is described, sizes may be unknown, and only the shape of the result matters.
  if (size === null) return build.max(x, { axes: [axis], keepDims: true });
  if (size === 0) throw new ValueError(`[ops.prod] an axis must have elements. Received: shape ${showShape(x.shape)}.`);
  if (size === 1) return x;
  const part = (from: number, to: number): Value =>
    build.slice(
      x,
      x.shape.map((_, i) => (i === axis ? from : 0)),
      x.shape.map((_, i) => (i === axis ? to : Infinity)),
    );
  const half = Math.floor(size / 2);
  const product = build.multiply(part(0, half), part(half, 2 * half));
  return productAlong(size % 2 === 0 ? product : build.concatenate([product, part(size - 1, size)], axis), axis);
}

/**
 * The population variance over axes, computed in two passes:
 *
 *     σ² = Σ(x − μ)² / N        μ = Σx / N
 *
 * Keras's name is `var`, a reserved word in JavaScript.
 *
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.variance(x))([1, 2, 3, 4]);   // 1.25
 * @see https://keras.io/api/ops/numpy/#var-function
 */
export const variance: ReductionOp = op(
  'numpy.Var',
  ['x'],
  REDUCTION,
  function variance(x: Operand, options: ReductionOptions = {}): Value {
    const value = toFloat(x);
    const attributes = over('ops.variance', value, options);
    const centered = build.subtract(value, build.mean(value, { ...attributes, keepDims: true }));
    return build.mean(build.multiply(centered, centered), attributes);
  },
);

/**
 * The population standard deviation over axes: √{@link variance}.
 *
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.std(x))([1, 3]);   // 1
 * @see https://keras.io/api/ops/numpy/#std-function
 */
export const std: ReductionOp = op('numpy.Std', ['x'], REDUCTION, (x: Operand, options: ReductionOptions = {}) =>
  build.sqrt(variance(x, options)),
);

/**
 * The difference of the maximum and the minimum over axes.
 *
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.ptp(x, { axis: 1 }))([[1, 5], [3, 3]]);   // [4, 0]
 * @see https://keras.io/api/ops/numpy/
 */
export const ptp: ReductionOp = op('numpy.Ptp', ['x'], REDUCTION, (x: Operand, options: ReductionOptions = {}) =>
  build.subtract(maxOver(x, options), minOver(x, options)),
);

/** Options of {@link countNonzero}. */
export type CountNonzeroOptions = Pick<ReductionOptions, 'axis'>;

/**
 * The number of nonzero elements over axes, as int32.
 *
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.countNonzero(x, { axis: 1 }))([[1, 0, 2], [0, 0, 0]]);   // [2, 0]
 * @see https://keras.io/api/ops/numpy/#count_nonzero-function
 */
export const countNonzero: Symbolic<(x: Operand, options?: CountNonzeroOptions) => Value> = op(
  'numpy.CountNonzero',
  ['x'],
  { axis: null },
  (x: Operand, options: CountNonzeroOptions = {}): Value =>
    build.sum(build.notEqual(x, 0), over('ops.countNonzero', toValue(x), options)),
);

/** Options of {@link argmax} and {@link argmin}. */
export interface ArgmaxOptions {
  /** The axis. @default null, all elements as one axis */
  axis?: number | null;
  /** Keep the axis with size 1. @default false */
  keepdims?: boolean;
}

type ArgmaxOp = Symbolic<(x: Operand, options?: ArgmaxOptions) => Value>;

function argmaxOf(who: string, x: Operand, { axis = null, keepdims = false }: ArgmaxOptions): Value {
  const value = toValue(x);
  if (axis !== null) {
    return createNode('argMax', [value], { axis: canonicalAxis(axis, value.rank, who), keepDims: keepdims })[0];
  }
  const [place] = createNode('argMax', [ravel(value)], { axis: 0, keepDims: false });
  return keepdims ? build.reshape(place, new Array<number>(value.rank).fill(1)) : place;
}

/** Numbers in the opposite order: −x, and for integers −1 − x, since the negative of the smallest one is not among them. */
function reversed(x: Value): Value {
  return isFloat(x.dtype) ? build.negative(x) : build.subtract(-1, castTo(x, 'int32'));
}

/**
 * The int32 index of the first maximum along an axis; without an axis, among all elements in row-major order.
 *
 * Shapes: x without the axis, or a scalar; with `keepdims`, removed axes have size 1.
 *
 * @throws ValueError if the axis is out of range.
 * @example
 * await jit((x) => ops.argmax(x, { axis: -1 }))([[1, 5, 2], [9, 0, 9]]);   // [1, 0]
 * await jit((x) => ops.argmax(x))([[1, 5, 2], [9, 0, 9]]);       // 3
 * @see https://keras.io/api/ops/numpy/#argmax-function
 */
export const argmax: ArgmaxOp = op('numpy.Argmax', ['x'], REDUCTION, (x: Operand, options: ArgmaxOptions = {}) =>
  argmaxOf('ops.argmax', x, options),
);

/**
 * The int32 index of the first minimum along an axis; without an axis, among all elements in row-major order.
 *
 * Shapes: as for {@link argmax}.
 *
 * @throws ValueError if the axis is out of range.
 * @example
 * await jit((x) => ops.argmin(x, { axis: 1 }))([[3, 1, 2], [0, 5, 0]]);   // [1, 0]
 * @see https://keras.io/api/ops/numpy/#argmin-function
 */
export const argmin: ArgmaxOp = op('numpy.Argmin', ['x'], REDUCTION, (x: Operand, options: ArgmaxOptions = {}) =>
  argmaxOf('ops.argmin', reversed(toValue(x)), options),
);
