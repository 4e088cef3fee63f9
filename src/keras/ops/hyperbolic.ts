import type { Value } from '../../compiler/graph/value.ts';
import {
  abs,
  add,
  cos,
  divide,
  exp,
  less,
  log,
  multiply,
  negative,
  sign,
  sin,
  sqrt,
  subtract,
  where,
} from './elementwise.ts';
import { expm1, log1p } from './logarithms.ts';
import { type Operand, toFloat } from './operand.ts';

/**
 * tan x, with x in radians.
 * @example
 * await jit((x) => ops.tan(x))([0, Math.PI / 4]);   // ≈ [0, 1]
 * @see https://keras.io/api/ops/numpy/#tan-function
 */
export const tan = (x: Operand): Value => divide(sin(x), cos(x));

/**
 * The hyperbolic sine, (eˣ − e⁻ˣ) / 2, exact for small x too.
 * @example
 * await jit((x) => ops.sinh(x))([0, 1]);   // [0, 1.175201]
 * @see https://keras.io/api/ops/numpy/#sinh-function
 */
export function sinh(x: Operand): Value {
  const value = toFloat(x);
  const isSmall = less(abs(value), 1);
  const e = expm1(where(isSmall, value, 0));
  const far = multiply(subtract(exp(value), exp(negative(value))), 0.5);
  return where(isSmall, multiply(add(e, divide(e, add(e, 1))), 0.5), far);
}

/**
 * The hyperbolic cosine, (eˣ + e⁻ˣ) / 2.
 * @example
 * await jit((x) => ops.cosh(x))([0, 1]);   // [1, 1.543081]
 * @see https://keras.io/api/ops/numpy/#cosh-function
 */
export function cosh(x: Operand): Value {
  const value = toFloat(x);
  return multiply(add(exp(value), exp(negative(value))), 0.5);
}

/**
 * The inverse of {@link sinh}: ±log(|x| + √(x² + 1)), exact for small x too.
 * @example
 * await jit((x) => ops.arcsinh(x))([0, 1.175201]);   // ≈ [0, 1]
 * @see https://keras.io/api/ops/numpy/#arcsinh-function
 */
export function arcsinh(x: Operand): Value {
  const value = toFloat(x);
  const size = abs(value);
  const isLarge = less(1e9, size);
  const kept = where(isLarge, 1, size);
  const square = multiply(kept, kept);
  const beyond = log1p(add(kept, divide(square, add(1, sqrt(add(square, 1))))));
  const whole = where(isLarge, add(log(size), Math.LN2), beyond);
  // x itself in the place of sign · |x|: at 0 the gradient is 1.
  return where(less(size, 1e-8), value, multiply(sign(value), whole));
}

/**
 * The inverse of {@link cosh}: log(x + √(x² − 1)); NaN below 1.
 * @example
 * await jit((x) => ops.arccosh(x))([1, 1.543081]);   // ≈ [0, 1]
 * @see https://keras.io/api/ops/numpy/#arccosh-function
 */
export function arccosh(x: Operand): Value {
  const beyond = subtract(toFloat(x), 1);
  return log1p(add(beyond, sqrt(multiply(beyond, add(beyond, 2)))));
}

/**
 * The inverse of the hyperbolic tangent: log((1 + x) / (1 − x)) / 2; infinite at ±1, and NaN beyond.
 * @example
 * await jit((x) => ops.arctanh(x))([0, 0.761594]);   // ≈ [0, 1]
 * @see https://keras.io/api/ops/numpy/#arctanh-function
 */
export function arctanh(x: Operand): Value {
  const value = toFloat(x);
  return multiply(subtract(log1p(value), log1p(negative(value))), 0.5);
}
