import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toValue, unifyTwo } from '../../../compiler/builder/operand.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { isFloat } from '../../../core/dtype.ts';
import { ValueError } from '../../../core/errors.ts';
import { type BinaryOp, type UnaryOp, op } from '../base/op.ts';

function checkInteger(who: string, x: Value): Value {
  if (!isFloat(x.dtype)) return x;
  throw new ValueError(`[${who}] the operands must be integers or booleans. Received: dtype=${x.dtype}.`);
}

/** A function of two integers, computed in int32: the result has the more general type of the two. */
const onBits =
  (who: string, run: (a: Value, b: Value) => Value) =>
  (x: Operand, y: Operand): Value => {
    const [a, b] = unifyTwo(x, y);
    checkInteger(who, a);
    return castTo(run(castTo(a, 'int32'), castTo(b, 'int32')), a.dtype);
  };

/** 2⁰, 2¹, …, 2³¹ as int32. */
const POWERS = Int32Array.from({ length: 32 }, (_, i) => 2 ** i);

const power = (exponent: Value): Value => build.gather(constant(POWERS), exponent, 0);

/** Multiplies by a power of two, which wraps around; 0 where all bits leave. */
function shiftLeft(a: Value, places: Value): Value {
  const isInside = build.logicalAnd(build.lessEqual(0, places), build.less(places, 32));
  return build.where(isInside, build.multiply(a, power(build.where(isInside, places, 0))), 0);
}

/** ⌊a / 2ⁿ⌋ for n ≤ 16: the low bits are cleared first, so that the quotient is exact. */
function shiftFew(a: Value, places: Value): Value {
  const divisor = power(places);
  return build.divideIntegers(build.subtract(a, build.bitwiseAnd(a, build.subtract(divisor, 1))), divisor);
}

function shiftRight(a: Value, places: Value): Value {
  const isInside = build.logicalAnd(build.lessEqual(0, places), build.less(places, 32));
  const all = build.where(isInside, places, 31);
  const first = build.minimum(all, 16);
  return shiftFew(shiftFew(a, first), build.subtract(all, first));
}

/**
 * The bits that are set in both x and y, which are integers or booleans; operands broadcast.
 * @throws ValueError if an operand is of a floating type, or the shapes do not broadcast.
 * @example
 * await jit((x, y) => ops.bitwiseAnd(ops.cast(x, 'int32'), ops.cast(y, 'int32')))([12, 7], [10, 3]);   // [8, 3]
 * @see https://keras.io/api/ops/numpy/#bitwise_and-function
 */
export const bitwiseAnd: BinaryOp = op('numpy.BitwiseAnd', ['x', 'y'], onBits('ops.bitwiseAnd', build.bitwiseAnd));

/**
 * The bits that are set in x or in y, which are integers or booleans; operands broadcast.
 * @throws ValueError if an operand is of a floating type, or the shapes do not broadcast.
 * @example
 * await jit((x, y) => ops.bitwiseOr(ops.cast(x, 'int32'), ops.cast(y, 'int32')))([12, 4], [10, 3]);   // [14, 7]
 * @see https://keras.io/api/ops/numpy/#bitwise_or-function
 */
export const bitwiseOr: BinaryOp = op('numpy.BitwiseOr', ['x', 'y'], onBits('ops.bitwiseOr', build.bitwiseOr));

/**
 * The bits that are set in exactly one of x and y, which are integers or booleans; operands broadcast.
 * @throws ValueError if an operand is of a floating type, or the shapes do not broadcast.
 * @example
 * await jit((x, y) => ops.bitwiseXor(ops.cast(x, 'int32'), ops.cast(y, 'int32')))([12, 7], [10, 3]);   // [6, 4]
 * @see https://keras.io/api/ops/numpy/#bitwise_xor-function
 */
export const bitwiseXor: BinaryOp = op('numpy.BitwiseXor', ['x', 'y'], onBits('ops.bitwiseXor', build.bitwiseXor));

function invert(who: string, x: Operand): Value {
  const value = checkInteger(who, toValue(x));
  return value.dtype === 'bool'
    ? build.logicalNot(value)
    : castTo(build.subtract(-1, castTo(value, 'int32')), value.dtype);
}

/**
 * All bits of x inverted: −1 − x for int32, 255 − x for uint8, and the negation of booleans.
 * @throws ValueError if x is of a floating type.
 * @example
 * await jit((x) => ops.bitwiseNot(ops.cast(x, 'int32')))([0, 5, -1]);   // [-1, -6, 0]
 * @see https://keras.io/api/ops/numpy/#bitwise_not-function
 */
export const bitwiseNot: UnaryOp = op('numpy.BitwiseNot', ['x'], (x: Operand): Value => invert('ops.bitwiseNot', x));

/**
 * {@link bitwiseNot} under NumPy's other name.
 * @throws ValueError if x is of a floating type.
 * @example
 * await jit((x) => ops.bitwiseInvert(ops.cast(x, 'int32')))([0, 5, -1]);   // [-1, -6, 0]
 * @see https://keras.io/api/ops/numpy/#bitwise_invert-function
 */
export const bitwiseInvert: UnaryOp = op('numpy.BitwiseInvert', ['x'], (x: Operand): Value =>
  invert('ops.bitwiseInvert', x),
);

/**
 * The bits of x moved by y places to the left, x · 2ʸ; bits that leave the type are lost. Operands broadcast.
 * @throws ValueError if an operand is of a floating type, or the shapes do not broadcast.
 * @example
 * await jit((x, y) => ops.bitwiseLeftShift(ops.cast(x, 'int32'), ops.cast(y, 'int32')))([1, 3], [4, 1]);   // [16, 6]
 * @see https://keras.io/api/ops/numpy/#bitwise_left_shift-function
 */
export const bitwiseLeftShift: BinaryOp = op(
  'numpy.BitwiseLeftShift',
  ['x', 'y'],
  onBits('ops.bitwiseLeftShift', shiftLeft),
);

/**
 * {@link bitwiseLeftShift} under NumPy's other name.
 * @throws ValueError if an operand is of a floating type, or the shapes do not broadcast.
 * @example
 * await jit((x, y) => ops.leftShift(ops.cast(x, 'int32'), ops.cast(y, 'int32')))([1, 3], [4, 1]);   // [16, 6]
 * @see https://keras.io/api/ops/numpy/#left_shift-function
 */
export const leftShift: BinaryOp = op('numpy.LeftShift', ['x', 'y'], onBits('ops.leftShift', shiftLeft));

/**
 * The bits of x moved by y places to the right, ⌊x / 2ʸ⌋: negative numbers remain negative. Operands broadcast.
 * @throws ValueError if an operand is of a floating type, or the shapes do not broadcast.
 * @example
 * await jit((x, y) => ops.bitwiseRightShift(ops.cast(x, 'int32'), ops.cast(y, 'int32')))([16, -5], [3, 1]);   // [2, -3]
 * @see https://keras.io/api/ops/numpy/#bitwise_right_shift-function
 */
export const bitwiseRightShift: BinaryOp = op(
  'numpy.BitwiseRightShift',
  ['x', 'y'],
  onBits('ops.bitwiseRightShift', shiftRight),
);

/**
 * {@link bitwiseRightShift} under NumPy's other name.
 * @throws ValueError if an operand is of a floating type, or the shapes do not broadcast.
 * @example
 * await jit((x, y) => ops.rightShift(ops.cast(x, 'int32'), ops.cast(y, 'int32')))([16, -5], [3, 1]);   // [2, -3]
 * @see https://keras.io/api/ops/numpy/#right_shift-function
 */
export const rightShift: BinaryOp = op('numpy.RightShift', ['x', 'y'], onBits('ops.rightShift', shiftRight));
