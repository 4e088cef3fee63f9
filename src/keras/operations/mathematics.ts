import * as ops from '../ops/index.ts';
import { configured, elementwise, reduction } from './families.ts';
import type { Symbolic } from './symbolic.ts';

/**
 * log(1 + x), exact for small x too.
 * @see https://keras.io/api/ops/numpy/#log1p-function
 */
export const log1p: Symbolic<typeof ops.log1p> = elementwise(ops.log1p, 'numpy', 'Log1p', ['x']);

/**
 * eˣ − 1, exact for small x too.
 * @see https://keras.io/api/ops/numpy/#expm1-function
 */
export const expm1: Symbolic<typeof ops.expm1> = elementwise(ops.expm1, 'numpy', 'Expm1', ['x']);

/**
 * The logarithm to base 2.
 * @see https://keras.io/api/ops/numpy/#log2-function
 */
export const log2: Symbolic<typeof ops.log2> = elementwise(ops.log2, 'numpy', 'Log2', ['x']);

/**
 * The logarithm to base 10.
 * @see https://keras.io/api/ops/numpy/#log10-function
 */
export const log10: Symbolic<typeof ops.log10> = elementwise(ops.log10, 'numpy', 'Log10', ['x']);

/**
 * ⌈x⌉, the smallest integer that is not less, in a floating type. Its gradient is zero.
 * @see https://keras.io/api/ops/numpy/#ceil-function
 */
export const ceil: Symbolic<typeof ops.ceil> = elementwise(ops.ceil, 'numpy', 'Ceil', ['x']);

/**
 * x without its fraction, in a floating type. Its gradient is zero.
 * @see https://keras.io/api/ops/numpy/#trunc-function
 */
export const trunc: Symbolic<typeof ops.trunc> = elementwise(ops.trunc, 'numpy', 'Trunc', ['x']);

/**
 * tan x, with x in radians.
 * @see https://keras.io/api/ops/numpy/#tan-function
 */
export const tan: Symbolic<typeof ops.tan> = elementwise(ops.tan, 'numpy', 'Tan', ['x']);

/**
 * The hyperbolic sine.
 * @see https://keras.io/api/ops/numpy/#sinh-function
 */
export const sinh: Symbolic<typeof ops.sinh> = elementwise(ops.sinh, 'numpy', 'Sinh', ['x']);

/**
 * The hyperbolic cosine.
 * @see https://keras.io/api/ops/numpy/#cosh-function
 */
export const cosh: Symbolic<typeof ops.cosh> = elementwise(ops.cosh, 'numpy', 'Cosh', ['x']);

/**
 * The inverse of the hyperbolic sine.
 * @see https://keras.io/api/ops/numpy/#arcsinh-function
 */
export const arcsinh: Symbolic<typeof ops.arcsinh> = elementwise(ops.arcsinh, 'numpy', 'Arcsinh', ['x']);

/**
 * The inverse of the hyperbolic cosine; NaN below 1.
 * @see https://keras.io/api/ops/numpy/#arccosh-function
 */
export const arccosh: Symbolic<typeof ops.arccosh> = elementwise(ops.arccosh, 'numpy', 'Arccosh', ['x']);

/**
 * The inverse of the hyperbolic tangent; infinite at ±1, and NaN beyond.
 * @see https://keras.io/api/ops/numpy/#arctanh-function
 */
export const arctanh: Symbolic<typeof ops.arctanh> = elementwise(ops.arctanh, 'numpy', 'Arctanh', ['x']);

/**
 * True where x is neither infinite nor NaN. Truth values are 0 and 1.
 * @see https://keras.io/api/ops/numpy/#isfinite-function
 */
export const isfinite: Symbolic<typeof ops.isfinite> = elementwise(ops.isfinite, 'numpy', 'Isfinite', ['x']);

/**
 * True where x is infinite. Truth values are 0 and 1.
 * @see https://keras.io/api/ops/numpy/#isinf-function
 */
export const isinf: Symbolic<typeof ops.isinf> = elementwise(ops.isinf, 'numpy', 'Isinf', ['x']);

/**
 * |x|, element by element: what `abs` gives too.
 * @see https://keras.io/api/ops/numpy/#absolute-function
 */
export const absolute: Symbolic<typeof ops.abs> = elementwise(ops.abs, 'numpy', 'Absolute', ['x']);

/**
 * log(eᵃ + eᵇ), which does not overflow; operands broadcast.
 * @see https://keras.io/api/ops/numpy/#logaddexp-function
 */
export const logaddexp: Symbolic<typeof ops.logaddexp> = elementwise(ops.logaddexp, 'numpy', 'Logaddexp', ['x1', 'x2']);

/**
 * Whether one of a and b holds, and not both; all but 0 holds. Operands broadcast.
 * @see https://keras.io/api/ops/numpy/#logical_xor-function
 */
export const logicalXor: Symbolic<typeof ops.logicalXor> = elementwise(ops.logicalXor, 'numpy', 'LogicalXor', [
  'x1',
  'x2',
]);

/**
 * a / b, and 0 where b is 0; operands broadcast.
 * @see https://keras.io/api/ops/numpy/#divide_no_nan-function
 */
export const divideNoNan: Symbolic<typeof ops.divideNoNan> = elementwise(ops.divideNoNan, 'numpy', 'DivideNoNan', [
  'x1',
  'x2',
]);

/**
 * a / b, in a floating type: what `divide` gives too; operands broadcast.
 * @see https://keras.io/api/ops/numpy/#true_divide-function
 */
export const trueDivide: Symbolic<typeof ops.divide> = elementwise(ops.divide, 'numpy', 'TrueDivide', ['x1', 'x2']);

/**
 * The nearest number with so many decimals; halves go to the even neighbour. Its gradient is zero.
 * @see https://keras.io/api/ops/numpy/#round-function
 */
export const round: Symbolic<typeof ops.round> = configured(
  ops.round,
  { room: 'numpy', className: 'Round', parameters: ['x'], options: { decimals: 0 } },
  (x, decimals = 0) => ({ args: [x], config: { decimals } }),
  ([x], options) => ops.round(x, options.get('decimals')),
);

/**
 * x with a number in the place of NaN, and in that of infinities, the largest of the type unless others are given.
 * @see https://keras.io/api/ops/numpy/#nan_to_num-function
 */
export const nanToNum: Symbolic<typeof ops.nanToNum> = configured(
  ops.nanToNum,
  { room: 'numpy', className: 'NanToNum', parameters: ['x'], options: { nan: 0, posinf: null, neginf: null } },
  (x, nan = 0, posinf = null, neginf = null) => ({ args: [x], config: { nan, posinf, neginf } }),
  ([x], options) => ops.nanToNum(x, options.get('nan'), options.get('posinf'), options.get('neginf')),
);

/**
 * log Σ eˣ over axes, which does not overflow.
 * @see https://keras.io/api/ops/core/#logsumexp-function
 */
export const logsumexp: Symbolic<typeof ops.logsumexp> = reduction(ops.logsumexp, 'Logsumexp', {}, 'math');

/**
 * The population’s standard deviation over axes: √variance.
 * @see https://keras.io/api/ops/numpy/#std-function
 */
export const std: Symbolic<typeof ops.std> = reduction(ops.std, 'Std');

/**
 * The greatest element over axes less the least.
 * @see https://keras.io/api/ops/numpy/#ptp-function
 */
export const ptp: Symbolic<typeof ops.ptp> = reduction(ops.ptp, 'Ptp');

/**
 * The greatest element over axes: what `max` gives too.
 * @see https://keras.io/api/ops/numpy/#amax-function
 */
export const amax: Symbolic<typeof ops.max> = reduction(ops.max, 'Amax');

/**
 * The least element over axes: what `min` gives too.
 * @see https://keras.io/api/ops/numpy/#amin-function
 */
export const amin: Symbolic<typeof ops.min> = reduction(ops.min, 'Amin');

/**
 * How many elements are not 0, over axes; an int32.
 * @see https://keras.io/api/ops/numpy/#count_nonzero-function
 */
export const countNonzero: Symbolic<typeof ops.countNonzero> = configured(
  ops.countNonzero,
  { room: 'numpy', className: 'CountNonzero', parameters: ['x'], options: { axis: null } },
  (x, axis = null) => ({ args: [x], config: { axis } }),
  ([x], options) => ops.countNonzero(x, options.get('axis')),
);

/**
 * The place of the first least element along an axis, as int32; without one among all elements.
 * @see https://keras.io/api/ops/numpy/#argmin-function
 */
export const argmin: Symbolic<typeof ops.argmin> = configured(
  ops.argmin,
  { room: 'numpy', className: 'Argmin', parameters: ['x'], options: { axis: null, keepdims: false } },
  (x, axis = null, { keepdims = false } = {}) => ({ args: [x], config: { axis, keepdims } }),
  ([x], options) => ops.argmin(x, options.get('axis'), { keepdims: options.get('keepdims') }),
);
