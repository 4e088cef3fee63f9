import { canonicalAxis } from '../../../core/axes.ts';
import { checkInteger, checkNumber, checkOptions } from '../../../core/checks.ts';
import { type DType, allocate, checkDType } from '../../../core/dtype.ts';
import { ValueError, show } from '../../../core/errors.ts';
import type { KnownShape } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, toValue, unifyTwo } from '../../../compiler/builder/operand.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';

/** Options of the functions that create tensors. */
export interface CreationOptions {
  /** The type of the elements. @default 'float32' */
  dtype?: DType;
}

/** Reads the `dtype` of a function's options. */
function dtypeOf(who: string, options: CreationOptions, names: readonly string[] = ['dtype']): DType {
  checkOptions(who, options, names);
  return checkDType(options.dtype ?? 'float32', who);
}

/** A constant of the numbers that a rule returns for each index. */
function numbers(length: number, shape: KnownShape, rule: (i: number) => number, dtype: DType): Value {
  const elements = allocate('float64', length).map((_, i) => rule(i));
  return castTo(constant(new Tensor(elements, shape)), dtype);
}

/**
 * A tensor of a shape, filled with one number, or with an array that broadcasts to it. A number is the size of one axis.
 *
 * @throws TypeError if the shape is neither a size nor a list of sizes; ValueError if the array does not broadcast to it.
 *
 * @example
 * await jit((x) => ops.add(x, ops.full([2], 7)))([1, 2]);   // [8, 9]
 * @see https://keras.io/api/ops/numpy/#full-function
 */
export function full(shape: KnownShape | number, fillValue: Operand, options: CreationOptions = {}): Value {
  const dtype = dtypeOf('ops.full', options);
  return build.broadcastTo(castTo(toValue(fillValue), dtype), sizesOf('ops.full', shape));
}

/** The sizes of a shape; a number is the size of one axis. */
function sizesOf(who: string, shape: KnownShape | number): KnownShape {
  const sizes: unknown = typeof shape === 'number' ? [shape] : shape;
  if (Array.isArray(sizes) && sizes.every((size) => Number.isInteger(size) && size >= 0)) return sizes as KnownShape;
  throw new TypeError(`[${who}] shape must be an integer ≥ 0, or a list of them. Received: shape=${show(shape)}.`);
}

/**
 * A constant of zeros.
 * @example
 * await jit((x) => ops.add(x, ops.zeros([2])))([1, 2]);   // [1, 2]
 * @see https://keras.io/api/ops/numpy/#zeros-function
 */
export const zeros = (shape: KnownShape | number, options: CreationOptions = {}): Value =>
  build.broadcastTo(constant(0, dtypeOf('ops.zeros', options)), sizesOf('ops.zeros', shape));

/**
 * A constant of ones.
 * @example
 * await jit((x) => ops.add(x, ops.ones([2])))([1, 2]);   // [2, 3]
 * @see https://keras.io/api/ops/numpy/#ones-function
 */
export const ones = (shape: KnownShape | number, options: CreationOptions = {}): Value =>
  build.broadcastTo(constant(1, dtypeOf('ops.ones', options)), sizesOf('ops.ones', shape));

/** Options of {@link fullLike}, {@link zerosLike} and {@link onesLike}. */
export interface LikeOptions {
  /** The type of the elements. @default null, that of x */
  dtype?: DType | null;
}

type LikeOp = Symbolic<(x: Operand, options?: LikeOptions) => Value>;

function likeOf(who: string, x: Operand, fillValue: Operand, { dtype = null }: LikeOptions): Value {
  const { shape, dtype: own } = toValue(x);
  return build.broadcastTo(castTo(toValue(fillValue), dtype === null ? own : checkDType(dtype, who)), shape);
}

/**
 * A tensor of the shape and the type of x, filled with one number, or with an array that broadcasts to the shape.
 *
 * @example
 * await jit((x) => ops.fullLike(x, 7))([[1], [2]]);   // [[7], [7]]
 * @see https://keras.io/api/ops/numpy/#full_like-function
 */
export const fullLike: Symbolic<(x: Operand, fillValue: Operand, options?: LikeOptions) => Value> = op(
  'numpy.FullLike',
  ['x', 'fillValue'],
  { dtype: null },
  (x: Operand, fillValue: Operand, options: LikeOptions = {}) => likeOf('ops.fullLike', x, fillValue, options),
);

/**
 * Zeros in the shape and the type of x.
 * @example
 * await jit((x) => ops.zerosLike(x))([1, 2]);   // [0, 0]
 * @see https://keras.io/api/ops/numpy/#zeros_like-function
 */
export const zerosLike: LikeOp = op(
  'numpy.ZerosLike',
  ['x'],
  { dtype: null },
  (x: Operand, options: LikeOptions = {}) => likeOf('ops.zerosLike', x, 0, options),
);

/**
 * Ones in the shape and the type of x.
 * @example
 * await jit((x) => ops.onesLike(x))([1, 2]);   // [1, 1]
 * @see https://keras.io/api/ops/numpy/#ones_like-function
 */
export const onesLike: LikeOp = op('numpy.OnesLike', ['x'], { dtype: null }, (x: Operand, options: LikeOptions = {}) =>
  likeOf('ops.onesLike', x, 1, options),
);

/** Options of {@link eye}. */
export interface EyeOptions extends CreationOptions {
  /** The number of columns. @default null, N */
  M?: number | null;
  /** The diagonal of the ones: 0 is the main one, positive ones are above it. @default 0 */
  k?: number;
}

/**
 * A matrix of N rows with ones on the k-th diagonal and zeros elsewhere.
 * @throws TypeError if a size is not an integer ≥ 0.
 * @example
 * await jit((x) => ops.matmul(x, ops.eye(2)))([[1, 2]]);   // [[1, 2]]
 * @see https://keras.io/api/ops/numpy/#eye-function
 */
export function eye(N: number, options: EyeOptions = {}): Value {
  const who = 'ops.eye';
  const dtype = dtypeOf(who, options, ['M', 'k', 'dtype']);
  const rows = checkInteger(who, 'N', N, 0);
  const columns = checkInteger(who, 'M', options.M ?? N, 0);
  const diagonal = checkInteger(who, 'k', options.k ?? 0, -Infinity);
  const on = (i: number): number => Number((i % columns) - Math.floor(i / columns) === diagonal);
  return numbers(rows * columns, [rows, columns], on, dtype);
}

/** Options of {@link arange}. */
export interface ArangeOptions {
  /** The end, exclusive. @default null, `start`; the numbers then start at 0 */
  stop?: number | null;
  /** The difference between neighbors. @default 1 */
  step?: number;
  /** The type of the elements. @default null, int32 if all numbers are integers, else float32 */
  dtype?: DType | null;
}

/**
 * The numbers start, start + step, … before stop; without stop, the numbers from 0 before `start`.
 * @throws ValueError if the step is 0.
 * @example
 * await jit((x) => ops.add(x, ops.arange(3)))([10, 10, 10]);   // [10, 11, 12]
 * await jit((x) => ops.add(x, ops.arange(1, { stop: 6, step: 2 })))([0, 0, 0]);   // [1, 3, 5]
 * @see https://keras.io/api/ops/numpy/#arange-function
 */
export function arange(start: number, options: ArangeOptions = {}): Value {
  const who = 'ops.arange';
  checkOptions(who, options, ['stop', 'step', 'dtype']);
  const { stop = null, step = 1, dtype = null } = options;
  const [from, to] = stop === null ? [0, start] : [start, stop];
  const given = [checkNumber(who, 'start', from), checkNumber(who, 'stop', to), checkNumber(who, 'step', step)];
  if (step === 0) throw new ValueError(`[${who}] step must not be 0. Received: step=0.`);
  const type = checkDType(dtype ?? (given.every(Number.isInteger) ? 'int32' : 'float32'), who);
  const length = Math.max(0, Math.ceil((to - from) / step));
  return numbers(length, [length], (i) => from + i * step, type);
}

/** Options of {@link linspace}. */
export interface LinspaceOptions {
  /** The type of the elements. @default null, float32, or that of start and stop */
  dtype?: DType | null;
  /** The number of elements. @default 50 */
  num?: number;
  /** Whether `stop` is the last element. @default true */
  endpoint?: boolean;
  /** Whether the step is returned too. @default false */
  retstep?: boolean;
  /** The new axis, if start and stop are arrays. @default 0 */
  axis?: number;
}

/**
 * Evenly spaced numbers from start to stop, which may be arrays that broadcast. With `retstep` the result is
 * `[numbers, step]`, where the step of a single number is NaN.
 *
 * Shapes: `[num, …]`, with the shape of start and stop after the new axis.
 *
 * @throws TypeError if `num` is not an integer ≥ 0; ValueError if start and stop do not broadcast or the axis is out of range.
 * @example
 * await jit((x) => ops.add(x, ops.linspace(0, 1, { num: 3 })))([0, 0, 0]);   // [0, 0.5, 1]
 * await jit((x) => ops.linspace(x, [1, 4], { num: 3 }))([0, 0]);             // [[0, 0], [0.5, 2], [1, 4]]
 * @see https://keras.io/api/ops/numpy/#linspace-function
 */
export const linspace: Symbolic<LinspaceFunction> = op(
  'numpy.Linspace',
  ['start', 'stop'],
  { num: 50, endpoint: true, retstep: false, dtype: null, axis: 0 },
  function linspace(start: Operand, stop: Operand, options: LinspaceOptions = {}) {
    return makeLinspace(start, stop, options);
  } as LinspaceFunction,
);

/** The signatures of {@link linspace}. */
export interface LinspaceFunction {
  (start: Operand, stop: Operand, options: LinspaceOptions & { readonly retstep: true }): readonly [Value, Value];
  (start: Operand, stop: Operand, options?: LinspaceOptions): Value;
}

function makeLinspace(start: Operand, stop: Operand, options: LinspaceOptions): Value | readonly [Value, Value] {
  const who = 'ops.linspace';
  const dtype = options.dtype === undefined || options.dtype === null ? null : checkDType(options.dtype, who);
  const length = checkInteger(who, 'num', options.num ?? 50, 0);
  const parts = (options.endpoint ?? true) ? length - 1 : length;
  const retstep = options.retstep ?? false;
  if (typeof start === 'number' && typeof stop === 'number' && !retstep) {
    const [from, to] = [checkNumber(who, 'start', start), checkNumber(who, 'stop', stop)];
    const at = (i: number): number => (parts === 0 ? from : from + ((to - from) * i) / parts);
    return numbers(length, [length], at, dtype ?? 'float32');
  }
  const [from, to] = unifyTwo(start, stop).map(toFloat) as [Value, Value];
  const difference = build.subtract(to, from);
  const { rank, shape } = difference;
  const axis = canonicalAxis(options.axis ?? 0, rank + 1, who);
  const along = Array.from({ length: rank + 1 }, (_, i) => (i === axis ? length : 1));
  const shares = numbers(length, along, (i) => (parts === 0 ? 0 : i / parts), from.dtype);
  const inserted = (value: Value): Value => build.reshape(build.broadcastTo(value, shape), shape.toSpliced(axis, 0, 1));
  const made = castTo(build.add(inserted(from), build.multiply(inserted(difference), shares)), dtype ?? from.dtype);
  if (!retstep) return made;
  return [made, build.multiply(difference, parts > 0 ? 1 / parts : NaN)];
}
