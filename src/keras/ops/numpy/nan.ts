import { isFloat } from '../../../core/dtype.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, toValue } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { op } from '../base/op.ts';
import {
  type ArgmaxOptions,
  type ReductionOp,
  type ReductionOptions,
  all,
  argmax,
  argmin,
  max,
  min,
  prod,
  sum,
} from './reductions.ts';

const REDUCTION = { axis: null, keepdims: false };

/** x with NaN replaced; integers have none. */
function replaced(x: Operand, filling: number): Value {
  const value = toValue(x);
  return isFloat(value.dtype) ? build.where(build.isNaN(value), filling, value) : value;
}

/** A result, NaN where all elements over the axes are. */
function unlessAllNaN(x: Operand, options: ReductionOptions, result: Value, missing: number = NaN): Value {
  const value = toValue(x);
  return isFloat(value.dtype) ? build.where(all(build.isNaN(value), options), missing, result) : result;
}

/**
 * The sum over axes of the elements that are not NaN.
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.nansum(x))([1, NaN, 3]);   // 4
 * @see https://keras.io/api/ops/numpy/
 */
export const nansum: ReductionOp = op('numpy.Nansum', ['x'], REDUCTION, (x: Operand, options: ReductionOptions = {}) =>
  sum(replaced(x, 0), options),
);

/**
 * The product over axes of the elements that are not NaN.
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.nanprod(x))([2, NaN, 3]);   // 6
 * @see https://keras.io/api/ops/numpy/
 */
export const nanprod: ReductionOp = op(
  'numpy.Nanprod',
  ['x'],
  REDUCTION,
  (x: Operand, options: ReductionOptions = {}) => prod(replaced(x, 1), options),
);

/**
 * The maximum over axes of the elements that are not NaN; NaN if there are none.
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.nanmax(x))([1, NaN, 3]);   // 3
 * @see https://keras.io/api/ops/numpy/
 */
export const nanmax: ReductionOp = op('numpy.Nanmax', ['x'], REDUCTION, (x: Operand, options: ReductionOptions = {}) =>
  unlessAllNaN(x, options, max(replaced(x, -Infinity), options)),
);

/**
 * The minimum over axes of the elements that are not NaN; NaN if there are none.
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.nanmin(x))([1, NaN, 3]);   // 1
 * @see https://keras.io/api/ops/numpy/
 */
export const nanmin: ReductionOp = op('numpy.Nanmin', ['x'], REDUCTION, (x: Operand, options: ReductionOptions = {}) =>
  unlessAllNaN(x, options, min(replaced(x, Infinity), options)),
);

/** The number of elements over axes that are not NaN. */
const numbersIn = (value: Value, options: ReductionOptions): Value =>
  sum(castTo(build.logicalNot(build.isNaN(value)), value.dtype), options);

function meanOf(x: Operand, options: ReductionOptions): Value {
  const value = toFloat(x);
  return build.divide(sum(replaced(value, 0), options), numbersIn(value, options));
}

function varianceOf(x: Operand, options: ReductionOptions): Value {
  const value = toFloat(x);
  const centered = build.subtract(value, meanOf(value, { ...options, keepdims: true }));
  return meanOf(build.square(centered), options);
}

/**
 * The mean over axes of the elements that are not NaN; NaN if there are none.
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.nanmean(x))([1, NaN, 3]);   // 2
 * @see https://keras.io/api/ops/numpy/
 */
export const nanmean: ReductionOp = op(
  'numpy.Nanmean',
  ['x'],
  REDUCTION,
  (x: Operand, options: ReductionOptions = {}) => meanOf(x, options),
);

/**
 * The population variance over axes of the elements that are not NaN, in two passes; NaN if there are none.
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.nanvar(x))([1, NaN, 3]);   // 1
 * @see https://keras.io/api/ops/numpy/
 */
export const nanvar: ReductionOp = op('numpy.Nanvar', ['x'], REDUCTION, (x: Operand, options: ReductionOptions = {}) =>
  varianceOf(x, options),
);

/**
 * The population standard deviation over axes of the elements that are not NaN; NaN if there are none.
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.nanstd(x))([1, NaN, 3]);   // 1
 * @see https://keras.io/api/ops/numpy/
 */
export const nanstd: ReductionOp = op('numpy.Nanstd', ['x'], REDUCTION, (x: Operand, options: ReductionOptions = {}) =>
  build.sqrt(varianceOf(x, options)),
);

/**
 * The int32 index of the first maximum of the elements that are not NaN; −1 if there are none.
 * @throws ValueError if the axis is out of range.
 * @example
 * await jit((x) => ops.nanargmax(x))([1, NaN, 3]);   // 2
 * @see https://keras.io/api/ops/numpy/
 */
export const nanargmax: typeof argmax = op(
  'numpy.Nanargmax',
  ['x'],
  REDUCTION,
  (x: Operand, options: ArgmaxOptions = {}) => unlessAllNaN(x, options, argmax(replaced(x, -Infinity), options), -1),
);

/**
 * The int32 index of the first minimum of the elements that are not NaN; −1 if there are none.
 * @throws ValueError if the axis is out of range.
 * @example
 * await jit((x) => ops.nanargmin(x))([4, NaN, 3]);   // 2
 * @see https://keras.io/api/ops/numpy/
 */
export const nanargmin: typeof argmin = op(
  'numpy.Nanargmin',
  ['x'],
  REDUCTION,
  (x: Operand, options: ArgmaxOptions = {}) => unlessAllNaN(x, options, argmin(replaced(x, Infinity), options), -1),
);
