import * as build from '../../../compiler/builder/index.ts';
import { type Operand, toFloat, unifyTwo } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type BinaryOp, type UnaryOp, op } from '../base/op.ts';
import { log1p } from './exponential.ts';

const { abs, add, divide, equal, exp, less, multiply, negative, reciprocal, stopGradient, subtract, where } = build;

/**
 * 2ˣ, element by element.
 * @example
 * await jit((x) => ops.exp2(x))([3, -1]);   // [8, 0.5]
 * @see https://keras.io/api/ops/numpy/#exp2-function
 */
export const exp2: UnaryOp = op('numpy.Exp2', ['x'], (x: Operand): Value => build.power(2, toFloat(x)));

/**
 * log₂(2^x1 + 2^x2), without overflow.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.logaddexp2(a, b))([1, 1000], [1, 1000]);   // [2, 1001]
 * @see https://keras.io/api/ops/numpy/
 */
export const logaddexp2: BinaryOp = op('numpy.Logaddexp2', ['x1', 'x2'], (x1: Operand, x2: Operand): Value => {
  const [x, y] = unifyTwo(x1, x2).map(toFloat) as [Value, Value];
  // Equal infinities have difference 0 here, not NaN.
  const difference = where(equal(x, y), 0, subtract(x, y));
  const smaller = build.power(2, negative(abs(difference)));
  return add(build.maximum(x, y), multiply(log1p(smaller), Math.LOG2E));
});

/**
 * ∛x, element by element; the sign of x is kept.
 * @example
 * await jit((x) => ops.cbrt(x))([8, -27]);   // [2, -3]
 * @see https://keras.io/api/ops/numpy/#cbrt-function
 */
export const cbrt: UnaryOp = op('numpy.Cbrt', ['x'], (x: Operand): Value => {
  const value = toFloat(x);
  const isPlain = build.logicalAnd(less(0, abs(value)), less(abs(value), Infinity));
  const size = where(isPlain, abs(value), 1);
  const rough = build.power(size, 1 / 3);
  // A step of Newton's method; the gradient of the power remains.
  const error = stopGradient(
    divide(subtract(multiply(build.square(rough), rough), size), multiply(build.square(rough), 3)),
  );
  return where(isPlain, multiply(stopGradient(build.sign(value)), subtract(rough, error)), value);
});

/** The value of the polynomial with the given coefficients, of the highest power first. */
function polynomial(x: Value, coefficients: readonly number[]): Value {
  const [first = 0, ...rest] = coefficients;
  return rest.reduce<Value>((sum, coefficient) => add(multiply(sum, x), coefficient), build.fullLike(x, first));
}

/** Abramowitz and Stegun, 9.8.1: I₀(x) for |x| ≤ 3.75, in (x / 3.75)². */
const I0_NEAR = [0.0045813, 0.0360768, 0.2659732, 1.2067492, 3.0899424, 3.5156229, 1];
/** 9.8.2: √x e⁻ˣ I₀(x) for x ≥ 3.75, in 3.75 / x. */
const I0_FAR = [
  0.00392377, -0.01647633, 0.02635537, -0.02057706, 0.00916281, -0.00157565, 0.00225319, 0.01328592, 0.39894228,
];

/**
 * The modified Bessel function of the first kind and order 0, with a relative error below 3 · 10⁻⁷.
 * @example
 * await jit((x) => ops.i0(x))([0, 1]);   // ≈ [1, 1.266066]
 * @see https://keras.io/api/ops/numpy/
 */
export const i0: UnaryOp = op('numpy.I0', ['x'], (x: Operand): Value => {
  const size = abs(toFloat(x));
  const isNear = less(size, 3.75);
  const near = polynomial(build.square(multiply(where(isNear, size, 0), 1 / 3.75)), I0_NEAR);
  const large = where(isNear, 3.75, size);
  const far = multiply(divide(exp(large), build.sqrt(large)), polynomial(multiply(reciprocal(large), 3.75), I0_FAR));
  return where(isNear, near, far);
});

/**
 * The normalized sine, sin(πx) / (πx), which is 1 at 0.
 * @example
 * await jit((x) => ops.sinc(x))([0, 0.5]);   // ≈ [1, 0.63662]
 * @see https://keras.io/api/ops/numpy/
 */
export const sinc: UnaryOp = op('numpy.Sinc', ['x'], (x: Operand): Value => {
  const angle = multiply(toFloat(x), Math.PI);
  const isZero = equal(angle, 0);
  const safe = where(isZero, 1, angle);
  return where(isZero, subtract(1, build.square(angle)), divide(build.sin(safe), safe));
});
