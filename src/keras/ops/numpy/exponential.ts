import * as build from '../../../compiler/builder/index.ts';
import { type Operand, toFloat, unifyTwo } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type BinaryOp, type UnaryOp, op } from '../base/op.ts';

const { abs, add, divide, equal, less, multiply, negative, stopGradient, subtract, where } = build;

/**
 * eˣ, element by element.
 * @example
 * await jit((x) => ops.exp(x))([0, 1]);   // [1, 2.71828]
 * @see https://keras.io/api/ops/numpy/#exp-function
 */
export const exp: UnaryOp = op('numpy.Exp', ['x'], build.exp);

/**
 * eˣ − 1, exact for small x too: 2 t / (1 − t) with t = tanh(x / 2).
 * @example
 * await jit((x) => ops.expm1(x))([0, 1]);   // [0, 1.718282]
 * @see https://keras.io/api/ops/numpy/#expm1-function
 */
export const expm1: UnaryOp = op('numpy.Expm1', ['x'], (x: Operand): Value => {
  const value = toFloat(x);
  const isSmall = less(abs(value), 1);
  const half = build.tanh(multiply(where(isSmall, value, 0), 0.5));
  return where(isSmall, divide(multiply(half, 2), subtract(1, half)), subtract(build.exp(value), 1));
});

/**
 * ln x, the natural logarithm: −∞ at 0, and NaN below.
 * @example
 * await jit((x) => ops.log(x))([1, 10, 0]);   // [0, 2.302585, -Infinity]
 * @see https://keras.io/api/ops/numpy/#log-function
 */
export const log: UnaryOp = op('numpy.Log', ['x'], build.log);

/**
 * ln(1 + x), exact for small x too.
 * @example
 * await jit((x) => ops.log1p(x))([0, 1, -1]);   // [0, 0.693147, -Infinity]
 * @see https://keras.io/api/ops/numpy/#log1p-function
 */
export const log1p: UnaryOp = op('numpy.Log1p', ['x'], (x: Operand): Value => {
  const value = toFloat(x);
  const rounded = stopGradient(add(value, 1));
  const error = stopGradient(subtract(value, subtract(rounded, 1)));
  // ln(u + e) ≈ ln u + e / u, where u is 1 + x as rounded and e the rounding error; the gradient is that of ln(1 + x).
  const exact = where(equal(rounded, Infinity), 0, divide(error, rounded));
  const correction = where(less(abs(error), Infinity), exact, 0);
  return add(build.log(add(value, 1)), where(equal(rounded, 0), 0, correction));
});

/**
 * The logarithm to base 2.
 * @example
 * await jit((x) => ops.log2(x))([1, 8]);   // ≈ [0, 3]
 * @see https://keras.io/api/ops/numpy/#log2-function
 */
export const log2: UnaryOp = op('numpy.Log2', ['x'], (x: Operand): Value => multiply(build.log(x), Math.LOG2E));

/**
 * The logarithm to base 10.
 * @example
 * await jit((x) => ops.log10(x))([1, 1000]);   // ≈ [0, 3]
 * @see https://keras.io/api/ops/numpy/#log10-function
 */
export const log10: UnaryOp = op('numpy.Log10', ['x'], (x: Operand): Value => multiply(build.log(x), Math.LOG10E));

/**
 * ln(e^x1 + e^x2), without overflow; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.logaddexp(a, b))([0, 1000], [0, 1000]);   // [0.693147, 1000.693]
 * @see https://keras.io/api/ops/numpy/#logaddexp-function
 */
export const logaddexp: BinaryOp = op('numpy.Logaddexp', ['x1', 'x2'], (x1: Operand, x2: Operand): Value => {
  const [x, y] = unifyTwo(x1, x2).map(toFloat) as [Value, Value];
  // Equal infinities have difference 0 here, not NaN.
  const difference = where(equal(x, y), 0, subtract(x, y));
  return add(build.maximum(x, y), log1p(build.exp(negative(abs(difference)))));
});
