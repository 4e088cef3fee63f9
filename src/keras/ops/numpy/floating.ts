import { isFloat } from '../../../core/dtype.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, toValue, unifyTwo } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type BinaryOp, type UnaryOp, op } from '../base/op.ts';

const { abs, add, equal, isNaN, less, multiply, stopGradient, subtract, where } = build;

const floats = (x1: Operand, x2: Operand): readonly [Value, Value] =>
  unifyTwo(x1, x2).map(toFloat) as unknown as readonly [Value, Value];

/**
 * |x| in a floating type.
 * @example
 * await jit((x) => ops.fabs(x))([-1, 2]);   // [1, 2]
 * @see https://keras.io/api/ops/numpy/
 */
export const fabs: UnaryOp = op('numpy.Fabs', ['x'], (x: Operand): Value => abs(toFloat(x)));

/**
 * True where the sign bit of x is set: for negative numbers and for −0.
 * @example
 * await jit((x) => ops.signbit(x))([-2, -0, 0, 3]);   // [1, 1, 0, 0]
 * @see https://keras.io/api/ops/numpy/#signbit-function
 */
export const signbit: UnaryOp = op('numpy.Signbit', ['x'], (x: Operand): Value => {
  const value = toValue(x);
  if (!isFloat(value.dtype)) return less(castTo(value, 'int32'), 0);
  // Only the reciprocal tells −0 from 0.
  return build.logicalOr(less(value, 0), equal(build.reciprocal(value), -Infinity));
});

/**
 * The step function: 0 where x1 < 0, 1 where x1 > 0, and x2 where x1 = 0.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((x) => ops.heaviside(x, 0.5))([-2, 0, 3]);   // [0, 0.5, 1]
 * @see https://keras.io/api/ops/numpy/
 */
export const heaviside: BinaryOp = op('numpy.Heaviside', ['x1', 'x2'], (x1: Operand, x2: Operand): Value => {
  const [x, y] = floats(x1, x2);
  const side = where(less(x, 0), build.fullLike(x, 0), 1);
  return where(isNaN(x), stopGradient(x), where(equal(x, 0), y, side));
});

/**
 * √(x1² + x2²), the length of the hypotenuse, without overflow.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.hypot(a, b))([3, 0], [4, -2]);   // [5, 2]
 * @see https://keras.io/api/ops/numpy/
 */
export const hypot: BinaryOp = op('numpy.Hypot', ['x1', 'x2'], (x1: Operand, x2: Operand): Value => {
  const [x, y] = floats(x1, x2);
  const largest = stopGradient(build.maximum(abs(x), abs(y)));
  const isScaled = build.logicalAnd(less(0, largest), less(largest, Infinity));
  const scale = where(isScaled, largest, 1);
  const squares = add(build.square(build.divide(x, scale)), build.square(build.divide(y, scale)));
  // At 0 the gradient is 0, not that of a square root.
  const length = multiply(scale, build.sqrt(where(equal(squares, 0), 1, squares)));
  const isInfinite = build.logicalOr(equal(abs(x), Infinity), equal(abs(y), Infinity));
  return where(isInfinite, Infinity, where(equal(squares, 0), squares, length));
});

/**
 * The maximum of x1 and x2; where one is NaN, the other.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.fmax(a, b))([1, NaN, 3], [2, 2, NaN]);   // [2, 2, 3]
 * @see https://keras.io/api/ops/numpy/
 */
export const fmax: BinaryOp = op('numpy.Fmax', ['x1', 'x2'], (x1: Operand, x2: Operand): Value =>
  extreme(build.maximum, x1, x2),
);

/**
 * The minimum of x1 and x2; where one is NaN, the other.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.fmin(a, b))([1, NaN, 3], [2, 2, NaN]);   // [1, 2, 3]
 * @see https://keras.io/api/ops/numpy/
 */
export const fmin: BinaryOp = op('numpy.Fmin', ['x1', 'x2'], (x1: Operand, x2: Operand): Value =>
  extreme(build.minimum, x1, x2),
);

function extreme(choose: typeof build.maximum, x1: Operand, x2: Operand): Value {
  const [x, y] = unifyTwo(x1, x2);
  if (!isFloat(x.dtype)) return choose(x, y);
  return where(isNaN(x), y, where(isNaN(y), x, choose(x, y)));
}

/**
 * x1 · 2^x2, for integers x2.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((x) => ops.ldexp(x, [3, -1]))([0.75, 5]);   // [6, 2.5]
 * @see https://keras.io/api/ops/numpy/
 */
export const ldexp: BinaryOp = op('numpy.Ldexp', ['x1', 'x2'], (x1: Operand, x2: Operand): Value => {
  const value = toFloat(x1);
  const exponent = castTo(toValue(x2), value.dtype);
  // In two halves: 2^x2 may overflow where the product does not.
  const half = build.floor(multiply(exponent, 0.5));
  return multiply(multiply(value, build.power(2, half)), build.power(2, subtract(exponent, half)));
});

/** The unit in the last place of 1, halved, and the smallest positive number of a type. */
const ROUNDING: Readonly<Record<string, readonly [unit: number, smallest: number]>> = {
  float32: [2 ** -24, 2 ** -149],
  float64: [2 ** -53, 5e-324],
};

/**
 * The next number of the type after x1 in the direction of x2.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((x) => ops.multiply(ops.subtract(ops.nextafter(x, 2), x), 2 ** 23))([1]);   // [1]
 * @see https://keras.io/api/ops/numpy/
 */
export const nextafter: BinaryOp = op('numpy.Nextafter', ['x1', 'x2'], (x1: Operand, x2: Operand): Value => {
  const [x, y] = floats(x1, x2).map((value) => stopGradient(value)) as [Value, Value];
  const [unit, smallest] = ROUNDING[x.dtype] ?? [0, 0];
  const largest = (2 - 2 * unit) * 2 ** (x.dtype === 'float64' ? 1023 : 127);
  const direction = where(less(x, y), build.fullLike(x, 1), -1);
  // x ± u (1 + 2u) |x| rounds to the neighbor (Rump, Zimmermann, Boldo and Melquiond, 2009). Small numbers are scaled first;
  // among the smallest, neighbors are equally far.
  const near = (value: Value): Value => add(value, multiply(direction, multiply(abs(value), unit * (1 + 2 * unit))));
  const scale = 2 ** (x.dtype === 'float64' ? 100 : 60);
  const tiny = smallest / unit;
  const isTiny = less(abs(x), tiny);
  const isSmall = less(abs(x), tiny * scale);
  const scaled = multiply(near(multiply(x, scale)), 1 / scale);
  const next = where(isTiny, add(x, multiply(direction, smallest)), where(isSmall, scaled, near(x)));
  const isInfinite = equal(abs(x), Infinity);
  const back = multiply(build.sign(x), largest);
  const moved = where(isInfinite, back, next);
  return where(equal(x, y), y, where(build.logicalOr(isNaN(x), isNaN(y)), NaN, moved));
});
