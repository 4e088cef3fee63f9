import { isFloat } from '../../../core/dtype.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, toValue } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type BinaryOp, type Symbolic, type UnaryOp, op } from '../base/op.ts';

/**
 * x1 = x2, element by element, as booleans; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.equal(a, b))([1, 2], [1, 3]);   // [1, 0]
 * @see https://keras.io/api/ops/numpy/#equal-function
 */
export const equal: BinaryOp = op('numpy.Equal', ['x1', 'x2'], build.equal);

/**
 * x1 ≠ x2, element by element, as booleans; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.notEqual(a, b))([1, 2], [1, 3]);   // [0, 1]
 * @see https://keras.io/api/ops/numpy/#not_equal-function
 */
export const notEqual: BinaryOp = op('numpy.NotEqual', ['x1', 'x2'], build.notEqual);

/**
 * x1 < x2, element by element, as booleans; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.less(a, b))([1, 2, 3], 2);   // [1, 0, 0]
 * @see https://keras.io/api/ops/numpy/#less-function
 */
export const less: BinaryOp = op('numpy.Less', ['x1', 'x2'], build.less);

/**
 * x1 ≤ x2, element by element, as booleans; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.lessEqual(a, b))([1, 2, 3], 2);   // [1, 1, 0]
 * @see https://keras.io/api/ops/numpy/#less_equal-function
 */
export const lessEqual: BinaryOp = op('numpy.LessEqual', ['x1', 'x2'], build.lessEqual);

/**
 * x1 > x2, element by element, as booleans; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.greater(a, b))([1, 2, 3], 2);   // [0, 0, 1]
 * @see https://keras.io/api/ops/numpy/#greater-function
 */
export const greater: BinaryOp = op('numpy.Greater', ['x1', 'x2'], build.greater);

/**
 * x1 ≥ x2, element by element, as booleans; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.greaterEqual(a, b))([1, 2, 3], 2);   // [0, 1, 1]
 * @see https://keras.io/api/ops/numpy/#greater_equal-function
 */
export const greaterEqual: BinaryOp = op('numpy.GreaterEqual', ['x1', 'x2'], build.greaterEqual);

/**
 * The logical conjunction of x1 and x2, where nonzero is true; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.logicalAnd(a, b))([1, 1, 0], [1, 0, 0]);   // [1, 0, 0]
 * @see https://keras.io/api/ops/numpy/#logical_and-function
 */
export const logicalAnd: BinaryOp = op('numpy.LogicalAnd', ['x1', 'x2'], build.logicalAnd);

/**
 * The logical disjunction of x1 and x2, where nonzero is true; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.logicalOr(a, b))([1, 1, 0], [1, 0, 0]);   // [1, 1, 0]
 * @see https://keras.io/api/ops/numpy/#logical_or-function
 */
export const logicalOr: BinaryOp = op('numpy.LogicalOr', ['x1', 'x2'], build.logicalOr);

/**
 * True where exactly one of x1 and x2 is nonzero; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.logicalXor(a, b))([1, 1, 0], [1, 0, 0]);   // [0, 1, 0]
 * @see https://keras.io/api/ops/numpy/#logical_xor-function
 */
export const logicalXor: BinaryOp = op('numpy.LogicalXor', ['x1', 'x2'], (x1: Operand, x2: Operand): Value => {
  const [x, y] = [x1, x2].map((operand) => castTo(castTo(toValue(operand), 'bool'), 'int32')) as [Value, Value];
  return build.notEqual(x, y);
});

/**
 * The logical negation of x: true where x is 0.
 * @example
 * await jit((x) => ops.logicalNot(x))([2, 0]);   // [0, 1]
 * @see https://keras.io/api/ops/numpy/#logical_not-function
 */
export const logicalNot: UnaryOp = op('numpy.LogicalNot', ['x'], build.logicalNot);

/**
 * x1 where the condition is nonzero, x2 elsewhere; all three broadcast. NumPy's form without x1 and x2 is not supported: the
 * number of indices that it returns depends on the elements.
 * @throws ValueError if the shapes do not broadcast; TypeError without x1 and x2.
 * @example
 * await jit((x) => ops.where(ops.greater(x, 0), x, -1))([3, -5]);   // [3, -1]
 * @see https://keras.io/api/ops/numpy/#where-function
 */
export const where: Symbolic<(condition: Operand, x1: Operand, x2: Operand) => Value> = op(
  'numpy.Where',
  ['condition', 'x1', 'x2'],
  build.where,
);

/**
 * True where x is NaN.
 * @example
 * await jit((x) => ops.isnan(x))([1, NaN]);   // [0, 1]
 * @see https://keras.io/api/ops/numpy/#isnan-function
 */
export const isnan: UnaryOp = op('numpy.Isnan', ['x'], build.isNaN);

/**
 * True where x is neither infinite nor NaN.
 * @example
 * await jit((x) => ops.isfinite(x))([1, Infinity, NaN]);   // [1, 0, 0]
 * @see https://keras.io/api/ops/numpy/#isfinite-function
 */
export const isfinite: UnaryOp = op('numpy.Isfinite', ['x'], (x: Operand): Value => {
  return build.less(build.abs(toFloat(x)), Infinity);
});

/**
 * True where x is infinite.
 * @example
 * await jit((x) => ops.isinf(x))([1, -Infinity, NaN]);   // [0, 1, 0]
 * @see https://keras.io/api/ops/numpy/#isinf-function
 */
export const isinf: UnaryOp = op('numpy.Isinf', ['x'], (x: Operand): Value => {
  return build.equal(build.abs(toFloat(x)), Infinity);
});

/** Options of {@link nanToNum}. */
export interface NanToNumOptions {
  /** The replacement for NaN. @default 0 */
  nan?: number;
  /** The replacement for ∞. @default null, the largest number of the type */
  posinf?: number | null;
  /** The replacement for −∞. @default null, the smallest number of the type */
  neginf?: number | null;
}

/** The largest finite number of a floating type. */
const LARGEST: Readonly<Record<string, number>> = { float32: 3.4028234663852886e38, float64: Number.MAX_VALUE };

/**
 * x with NaN and infinities replaced by numbers. Integers and booleans are unchanged.
 * @example
 * const f = jit((x) => ops.nanToNum(x, { posinf: 9, neginf: -9 }));
 * await f([1, NaN, Infinity, -Infinity]);   // [1, 0, 9, -9]
 * @see https://keras.io/api/ops/numpy/#nan_to_num-function
 */
export const nanToNum: Symbolic<(x: Operand, options?: NanToNumOptions) => Value> = op(
  'numpy.NanToNum',
  ['x'],
  { nan: 0, posinf: null, neginf: null },
  (x: Operand, { nan = 0, posinf = null, neginf = null }: NanToNumOptions = {}): Value => {
    const value = toValue(x);
    if (!isFloat(value.dtype)) return value;
    const largest = LARGEST[value.dtype] ?? Infinity;
    const above = build.where(build.equal(value, Infinity), posinf ?? largest, value);
    const finite = build.where(build.equal(value, -Infinity), neginf ?? -largest, above);
    return build.where(build.isNaN(value), nan, finite);
  },
);
