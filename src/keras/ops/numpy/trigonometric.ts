import * as build from '../../../compiler/builder/index.ts';
import { type Operand, toFloat } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type UnaryOp, op } from '../base/op.ts';
import { exp, expm1, log, log1p } from './exponential.ts';

const { abs, add, divide, less, multiply, negative, sign, sqrt, subtract, where } = build;

/**
 * sin x, with x in radians.
 * @example
 * await jit((x) => ops.sin(x))([0, Math.PI / 2]);   // [0, 1]
 * @see https://keras.io/api/ops/numpy/#sin-function
 */
export const sin: UnaryOp = op('numpy.Sin', ['x'], build.sin);

/**
 * cos x, with x in radians.
 * @example
 * await jit((x) => ops.cos(x))([0, Math.PI]);   // [1, -1]
 * @see https://keras.io/api/ops/numpy/#cos-function
 */
export const cos: UnaryOp = op('numpy.Cos', ['x'], build.cos);

/**
 * tan x, with x in radians.
 * @example
 * await jit((x) => ops.tan(x))([0, Math.PI / 4]);   // ≈ [0, 1]
 * @see https://keras.io/api/ops/numpy/#tan-function
 */
export const tan: UnaryOp = op('numpy.Tan', ['x'], (x: Operand): Value => divide(build.sin(x), build.cos(x)));

/**
 * The hyperbolic sine, (eˣ − e⁻ˣ) / 2, exact for small x too.
 * @example
 * await jit((x) => ops.sinh(x))([0, 1]);   // [0, 1.175201]
 * @see https://keras.io/api/ops/numpy/#sinh-function
 */
export const sinh: UnaryOp = op('numpy.Sinh', ['x'], (x: Operand): Value => {
  const value = toFloat(x);
  const isSmall = less(abs(value), 1);
  const e = expm1(where(isSmall, value, 0));
  const far = multiply(subtract(exp(value), exp(negative(value))), 0.5);
  return where(isSmall, multiply(add(e, divide(e, add(e, 1))), 0.5), far);
});

/**
 * The hyperbolic cosine, (eˣ + e⁻ˣ) / 2.
 * @example
 * await jit((x) => ops.cosh(x))([0, 1]);   // [1, 1.543081]
 * @see https://keras.io/api/ops/numpy/#cosh-function
 */
export const cosh: UnaryOp = op('numpy.Cosh', ['x'], (x: Operand): Value => {
  const value = toFloat(x);
  return multiply(add(exp(value), exp(negative(value))), 0.5);
});

/**
 * The hyperbolic tangent, (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ).
 * @example
 * await jit((x) => ops.tanh(x))([0, 1]);   // [0, 0.761594]
 * @see https://keras.io/api/ops/numpy/#tanh-function
 */
export const tanh: UnaryOp = op('numpy.Tanh', ['x'], build.tanh);

/**
 * The inverse of {@link sinh}: ±ln(|x| + √(x² + 1)), exact for small x too.
 * @example
 * await jit((x) => ops.arcsinh(x))([0, 1.175201]);   // ≈ [0, 1]
 * @see https://keras.io/api/ops/numpy/#arcsinh-function
 */
export const arcsinh: UnaryOp = op('numpy.Arcsinh', ['x'], (x: Operand): Value => {
  const value = toFloat(x);
  const size = abs(value);
  const isLarge = less(1e9, size);
  const kept = where(isLarge, 1, size);
  const square = multiply(kept, kept);
  const beyond = log1p(add(kept, divide(square, add(1, sqrt(add(square, 1))))));
  const whole = where(isLarge, add(log(size), Math.LN2), beyond);
  // Near 0 x itself, not sign · |x|: the gradient at 0 is 1.
  return where(less(size, 1e-8), value, multiply(sign(value), whole));
});

/**
 * The inverse of {@link cosh}: ln(x + √(x² − 1)); NaN below 1.
 * @example
 * await jit((x) => ops.arccosh(x))([1, 1.543081]);   // ≈ [0, 1]
 * @see https://keras.io/api/ops/numpy/#arccosh-function
 */
export const arccosh: UnaryOp = op('numpy.Arccosh', ['x'], (x: Operand): Value => {
  const beyond = subtract(toFloat(x), 1);
  return log1p(add(beyond, sqrt(multiply(beyond, add(beyond, 2)))));
});

/**
 * The inverse of {@link tanh}: ln((1 + x) / (1 − x)) / 2; infinite at ±1, and NaN beyond.
 * @example
 * await jit((x) => ops.arctanh(x))([0, 0.761594]);   // ≈ [0, 1]
 * @see https://keras.io/api/ops/numpy/#arctanh-function
 */
export const arctanh: UnaryOp = op('numpy.Arctanh', ['x'], (x: Operand): Value => {
  const value = toFloat(x);
  return multiply(subtract(log1p(value), log1p(negative(value))), 0.5);
});
