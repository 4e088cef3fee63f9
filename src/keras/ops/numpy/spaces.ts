import { checkNumber } from '../../../core/checks.ts';
import { type DType, checkDType } from '../../../core/dtype.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { type KnownShape, isKnown, sizeOf } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, toValue } from '../../../compiler/builder/operand.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import { type CreationOptions, type LikeOptions, eye, linspace, zeros, zerosLike } from './creation.ts';

/** Options of {@link logspace} and {@link geomspace}. */
export interface SpaceOptions {
  /** The number of numbers. @default 50 */
  num?: number;
  /** Whether the last number is included. @default true */
  endpoint?: boolean;
  /** The type of the elements. @default null, float32 */
  dtype?: DType | null;
  /** The new axis, if start and stop are arrays. @default 0 */
  axis?: number;
}

/** Options of {@link logspace}. */
export interface LogspaceOptions extends SpaceOptions {
  /** The base of the powers. @default 10 */
  base?: number;
}

/**
 * Numbers that are evenly spaced on a logarithmic scale: base to the power of evenly spaced numbers from start to stop.
 *
 * Shapes: `[num, …]`, with the shape of start and stop after the new axis.
 *
 * @throws ValueError if start and stop do not broadcast or the axis is out of range.
 * @example
 * await jit((x) => ops.multiply(x, ops.logspace(0, 2, { num: 3 })))([1, 1, 1]);   // [1, 10, 100]
 * @see https://keras.io/api/ops/numpy/#logspace-function
 */
export const logspace: Symbolic<(start: Operand, stop: Operand, options?: LogspaceOptions) => Value> = op(
  'numpy.Logspace',
  ['start', 'stop'],
  { num: 50, endpoint: true, base: 10, dtype: null, axis: 0 },
  (start: Operand, stop: Operand, { base = 10, dtype = null, ...options }: LogspaceOptions = {}): Value => {
    const who = 'ops.logspace';
    const exponents = linspace(toFloat(start), toFloat(stop), options);
    const powers = build.power(checkNumber(who, 'base', base), exponents);
    return dtype === null ? powers : castTo(powers, checkDType(dtype, who));
  },
);

/**
 * Numbers whose ratios to their neighbors are equal, from start to stop, which have the same sign and are not 0.
 *
 * Shapes: `[num, …]`, with the shape of start and stop after the new axis.
 *
 * @throws ValueError if an end is 0, start and stop do not broadcast, or the axis is out of range.
 * @example
 * await jit((x) => ops.multiply(x, ops.geomspace(1, 8, { num: 4 })))([1, 1, 1, 1]);   // [1, 2, 4, 8]
 * @see https://keras.io/api/ops/numpy/
 */
export const geomspace: Symbolic<(start: Operand, stop: Operand, options?: SpaceOptions) => Value> = op(
  'numpy.Geomspace',
  ['start', 'stop'],
  { num: 50, endpoint: true, dtype: null, axis: 0 },
  (start: Operand, stop: Operand, { dtype = null, ...options }: SpaceOptions = {}): Value => {
    const who = 'ops.geomspace';
    if (start === 0 || stop === 0) {
      throw new ValueError(
        `[${who}] start and stop must not be 0. Received: start=${show(start)}, stop=${show(stop)}.`,
      );
    }
    const [from, to] = [toFloat(start), toFloat(stop)];
    const logarithms = linspace(build.log(build.abs(from)), build.log(build.abs(to)), options);
    const signs = linspace(build.sign(from), build.sign(to), options);
    const numbers = build.multiply(signs, build.exp(logarithms));
    return dtype === null ? numbers : castTo(numbers, checkDType(dtype, who));
  },
);

/**
 * A square matrix of n rows with ones on its diagonal and zeros elsewhere.
 * @throws TypeError if n is not an integer ≥ 0.
 * @example
 * await jit((x) => ops.matmul(x, ops.identity(2)))([[1, 2]]);   // [[1, 2]]
 * @see https://keras.io/api/ops/numpy/#identity-function
 */
export const identity = (n: number, options: CreationOptions = {}): Value => eye(n, options);

/**
 * A tensor whose elements are not specified; they are zeros here.
 * @throws TypeError if the shape is neither a size nor a list of sizes.
 * @example
 * (await jit((x) => ops.add(x, ops.empty([2])))([1, 2])).shape;   // [2]
 * @see https://keras.io/api/ops/numpy/#empty-function
 */
export const empty = (shape: KnownShape | number, options: CreationOptions = {}): Value => zeros(shape, options);

/**
 * A tensor of the shape and the type of x whose elements are not specified; they are zeros here.
 * @example
 * (await jit((x) => ops.emptyLike(x))([1, 2])).shape;   // [2]
 * @see https://keras.io/api/ops/numpy/
 */
export const emptyLike: Symbolic<(x: Operand, options?: LikeOptions) => Value> = op(
  'numpy.EmptyLike',
  ['x'],
  { dtype: null },
  (x: Operand, options: LikeOptions = {}) => zerosLike(x, options),
);

/** Options of {@link array}. */
export interface ArrayOptions {
  /** The type of the elements. @default null, that of x */
  dtype?: DType | null;
}

/**
 * x as a value of a type.
 * @example
 * await jit((x) => ops.array(x, { dtype: 'int32' }))([1.7, 2]);   // [1, 2]
 * @see https://keras.io/api/ops/numpy/#array-function
 */
export const array: Symbolic<(x: Operand, options?: ArrayOptions) => Value> = op(
  'numpy.Array',
  ['x'],
  { dtype: null },
  (x: Operand, { dtype = null }: ArrayOptions = {}): Value =>
    dtype === null ? toValue(x) : castTo(toValue(x), checkDType(dtype, 'ops.array')),
);

/**
 * x. Values do not change, so that there is nothing to copy.
 * @example
 * await jit((x) => ops.copy(x))([1, 2]);   // [1, 2]
 * @see https://keras.io/api/ops/numpy/#copy-function
 */
export const copy: Symbolic<(x: Operand) => Value> = op('numpy.Copy', ['x'], (x: Operand): Value => toValue(x));

/**
 * The elements of x, read as another type without a conversion of their bits. The engine has no such operator: the type must be
 * that of x, or one of uint8 and bool for the other.
 * @throws ValueError for any other type.
 * @example
 * await jit((x) => ops.view(x, { dtype: 'float32' }))([1, 2]);   // [1, 2]
 * @see https://keras.io/api/ops/numpy/
 */
export const view: Symbolic<(x: Operand, options?: ArrayOptions) => Value> = op(
  'numpy.View',
  ['x'],
  { dtype: null },
  (x: Operand, { dtype = null }: ArrayOptions = {}): Value => {
    const value = toValue(x);
    const type = checkDType(dtype ?? value.dtype, 'ops.view');
    const isByte = [value.dtype, type].every((each) => each === 'uint8' || each === 'bool');
    if (type === value.dtype || isByte) return castTo(value, type);
    throw new ValueError(
      `[ops.view] dtype must be ${value.dtype}: the engine does not read the bits of elements as another type. Received: dtype=${type}. Use cast to convert numbers.`,
    );
  },
);

/**
 * The number of axes of x, as a constant.
 * @example
 * await jit((x) => ops.ndim(x))([[1, 2]]);   // 2
 * @see https://keras.io/api/ops/numpy/#ndim-function
 */
export const ndim: Symbolic<(x: Operand) => Value> = op('numpy.Ndim', ['x'], (x: Operand): Value =>
  constant(toValue(x).rank, 'int32'),
);

/**
 * The number of elements of x, as a constant.
 * @example
 * await jit((x) => ops.size(x))([[1, 2, 3]]);   // 3
 * @see https://keras.io/api/ops/numpy/#size-function
 */
export const size: Symbolic<(x: Operand) => Value> = op('numpy.Size', ['x'], (x: Operand): Value => {
  const { shape } = toValue(x);
  // While a model is described, sizes may be unknown, and only the type of the result matters.
  return constant(isKnown(shape) ? sizeOf(shape) : 0, 'int32');
});
