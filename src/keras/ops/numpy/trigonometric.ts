import * as build from '../../../compiler/builder/index.ts';
import { type Operand, toFloat, unifyTwo } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type BinaryOp, type UnaryOp, op } from '../base/op.ts';
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

/**
 * The angle in [−π/2, π/2] whose tangent is x.
 * @example
 * await jit((x) => ops.arctan(x))([0, 1]);   // [0, 0.785398]
 * @see https://keras.io/api/ops/numpy/#arctan-function
 */
export const arctan: UnaryOp = op('numpy.Arctan', ['x'], build.arctan);

/** √(1 − x²), exact near ±1. */
const cosineOf = (x: Value): Value => build.sqrt(build.multiply(build.subtract(1, x), build.add(1, x)));

/**
 * The angle in [−π/2, π/2] whose sine is x, NaN beyond [−1, 1]: arctan(x / √(1 − x²)).
 * @example
 * await jit((x) => ops.arcsin(x))([0, 1]);   // [0, 1.570796]
 * @see https://keras.io/api/ops/numpy/#arcsin-function
 */
export const arcsin: UnaryOp = op('numpy.Arcsin', ['x'], (x: Operand): Value => {
  const value = toFloat(x);
  return build.withGradient('arcsin', build.arctan(build.divide(value, cosineOf(value))), [value], (dy) => [
    build.divide(dy, cosineOf(value)),
  ]);
});

/**
 * The angle in [0, π] whose cosine is x, NaN beyond [−1, 1]: 2 arctan √((1 − x) / (1 + x)).
 * @example
 * await jit((x) => ops.arccos(x))([1, 0]);   // [0, 1.570796]
 * @see https://keras.io/api/ops/numpy/#arccos-function
 */
export const arccos: UnaryOp = op('numpy.Arccos', ['x'], (x: Operand): Value => {
  const value = toFloat(x);
  const half = build.arctan(build.sqrt(build.divide(build.subtract(1, value), build.add(1, value))));
  return build.withGradient('arccos', build.multiply(half, 2), [value], (dy) => [
    build.negative(build.divide(dy, cosineOf(value))),
  ]);
});

/**
 * The angle in [−π, π] of the point (x2, x1) to the positive x-axis; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((y, x) => ops.arctan2(y, x))([0, 1, -1], [-1, 1, 0]);   // [3.141593, 0.785398, -1.570796]
 * @see https://keras.io/api/ops/numpy/#arctan2-function
 */
export const arctan2: BinaryOp = op('numpy.Arctan2', ['x1', 'x2'], (x1: Operand, x2: Operand): Value => {
  const [y, x] = unifyTwo(x1, x2).map(toFloat) as [Value, Value];
  const [width, height] = [build.abs(x), build.abs(y)];
  // The smaller over the larger, so that no quotient overflows; equal infinities have the ratio 1.
  const isSteep = build.less(width, height);
  const [low, high] = [build.minimum(width, height), build.maximum(width, height)];
  const ratio = build.where(build.equal(low, high), 1, build.divide(low, build.where(build.equal(high, 0), 1, high)));
  const first = build.arctan(build.where(build.equal(high, 0), 0, ratio));
  const upper = build.where(isSteep, build.subtract(Math.PI / 2, first), first);
  // The reciprocal tells −0 from 0.
  const isNegative = (value: Value): Value =>
    build.logicalOr(build.less(value, 0), build.equal(build.reciprocal(value), -Infinity));
  const turned = build.where(isNegative(x), build.subtract(Math.PI, upper), upper);
  const found = build.where(isNegative(y), build.negative(turned), turned);
  const isBad = build.logicalOr(build.isNaN(x), build.isNaN(y));
  const squares = build.add(build.square(x), build.square(y));
  return build.withGradient('arctan2', build.where(isBad, NaN, found), [y, x], (dy, needs) => [
    needs[0] === true ? build.multiply(dy, build.divide(x, squares)) : null,
    needs[1] === true ? build.negative(build.multiply(dy, build.divide(y, squares))) : null,
  ]);
});

/**
 * Degrees as radians, x · π / 180.
 * @example
 * await jit((x) => ops.deg2rad(x))([180]);   // [3.141593]
 * @see https://keras.io/api/ops/numpy/#deg2rad-function
 */
export const deg2rad: UnaryOp = op('numpy.Deg2rad', ['x'], (x: Operand): Value =>
  build.multiply(toFloat(x), Math.PI / 180),
);

/**
 * Radians as degrees, x · 180 / π.
 * @example
 * await jit((x) => ops.rad2deg(x))([Math.PI]);   // [180]
 * @see https://keras.io/api/ops/numpy/
 */
export const rad2deg: UnaryOp = op('numpy.Rad2deg', ['x'], (x: Operand): Value =>
  build.multiply(toFloat(x), 180 / Math.PI),
);
