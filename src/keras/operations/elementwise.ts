import { checkDType } from '../../core/dtype.ts';
import { checkNumber } from '../../core/checks.ts';
import type { Value } from '../../compiler/graph/value.ts';
import * as ops from '../ops/index.ts';
import { configured, elementwise } from './families.ts';
import type { Options } from '../ops/base/specification.ts';
import type { Symbolic } from './symbolic.ts';

/**
 * −x, element by element.
 * @see https://keras.io/api/ops/numpy/#negative-function
 */
export const negative: Symbolic<typeof ops.negative> = elementwise(ops.negative, 'numpy', 'Negative', ['x']);

/**
 * |x|, element by element.
 * @see https://keras.io/api/ops/numpy/#abs-function
 */
export const abs: Symbolic<typeof ops.abs> = elementwise(ops.abs, 'numpy', 'Absolute', ['x']);

/**
 * The sign of each element: −1, 0 or 1, in the type of x.
 * @see https://keras.io/api/ops/numpy/#sign-function
 */
export const sign: Symbolic<typeof ops.sign> = elementwise(ops.sign, 'numpy', 'Sign', ['x']);

/**
 * ⌊x⌋, the largest integer that is not greater, in a floating type. Its gradient is zero.
 * @see https://keras.io/api/ops/numpy/#floor-function
 */
export const floor: Symbolic<typeof ops.floor> = elementwise(ops.floor, 'numpy', 'Floor', ['x']);

/**
 * eˣ, element by element.
 * @see https://keras.io/api/ops/numpy/#exp-function
 */
export const exp: Symbolic<typeof ops.exp> = elementwise(ops.exp, 'numpy', 'Exp', ['x']);

/**
 * ln x, the natural logarithm: −∞ at 0, and NaN below.
 * @see https://keras.io/api/ops/numpy/#log-function
 */
export const log: Symbolic<typeof ops.log> = elementwise(ops.log, 'numpy', 'Log', ['x']);

/**
 * √x, element by element; NaN below 0.
 * @see https://keras.io/api/ops/numpy/#sqrt-function
 */
export const sqrt: Symbolic<typeof ops.sqrt> = elementwise(ops.sqrt, 'numpy', 'Sqrt', ['x']);

/**
 * 1 / x, element by element.
 * @see https://keras.io/api/ops/numpy/#reciprocal-function
 */
export const reciprocal: Symbolic<typeof ops.reciprocal> = elementwise(ops.reciprocal, 'numpy', 'Reciprocal', ['x']);

/**
 * x², element by element.
 * @see https://keras.io/api/ops/numpy/#square-function
 */
export const square: Symbolic<typeof ops.square> = elementwise(ops.square, 'numpy', 'Square', ['x']);

/**
 * sin x, with x in radians.
 * @see https://keras.io/api/ops/numpy/#sin-function
 */
export const sin: Symbolic<typeof ops.sin> = elementwise(ops.sin, 'numpy', 'Sin', ['x']);

/**
 * cos x, with x in radians.
 * @see https://keras.io/api/ops/numpy/#cos-function
 */
export const cos: Symbolic<typeof ops.cos> = elementwise(ops.cos, 'numpy', 'Cos', ['x']);

/**
 * The hyperbolic tangent, (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ).
 * @see https://keras.io/api/ops/numpy/#tanh-function
 */
export const tanh: Symbolic<typeof ops.tanh> = elementwise(ops.tanh, 'numpy', 'Tanh', ['x']);

/**
 * True where x is NaN. Truth values are 0 and 1.
 * @see https://keras.io/api/ops/numpy/#isnan-function
 */
export const isnan: Symbolic<typeof ops.isnan> = elementwise(ops.isnan, 'numpy', 'Isnan', ['x']);

/**
 * Whether x does not hold; all but 0 holds.
 * @see https://keras.io/api/ops/numpy/#logical_not-function
 */
export const logicalNot: Symbolic<typeof ops.logicalNot> = elementwise(ops.logicalNot, 'numpy', 'LogicalNot', ['x']);

/**
 * a + b. Operands broadcast by NumPy's rule, and take the more general of their types.
 * @see https://keras.io/api/ops/numpy/#add-function
 */
export const add: Symbolic<typeof ops.add> = elementwise(ops.add, 'numpy', 'Add', ['x1', 'x2']);

/**
 * a − b; operands broadcast.
 * @see https://keras.io/api/ops/numpy/#subtract-function
 */
export const subtract: Symbolic<typeof ops.subtract> = elementwise(ops.subtract, 'numpy', 'Subtract', ['x1', 'x2']);

/**
 * a · b, element by element; operands broadcast.
 * @see https://keras.io/api/ops/numpy/#multiply-function
 */
export const multiply: Symbolic<typeof ops.multiply> = elementwise(ops.multiply, 'numpy', 'Multiply', ['x1', 'x2']);

/**
 * a / b, in a floating type; operands broadcast.
 * @see https://keras.io/api/ops/numpy/#divide-function
 */
export const divide: Symbolic<typeof ops.divide> = elementwise(ops.divide, 'numpy', 'Divide', ['x1', 'x2']);

/**
 * aᵇ; operands broadcast. A negative a to a broken power is NaN.
 * @see https://keras.io/api/ops/numpy/#power-function
 */
export const power: Symbolic<typeof ops.power> = elementwise(ops.power, 'numpy', 'Power', ['x1', 'x2']);

/**
 * The greater of a and b; operands broadcast.
 * @see https://keras.io/api/ops/numpy/#maximum-function
 */
export const maximum: Symbolic<typeof ops.maximum> = elementwise(ops.maximum, 'numpy', 'Maximum', ['x1', 'x2']);

/**
 * The lesser of a and b; operands broadcast.
 * @see https://keras.io/api/ops/numpy/#minimum-function
 */
export const minimum: Symbolic<typeof ops.minimum> = elementwise(ops.minimum, 'numpy', 'Minimum', ['x1', 'x2']);

/**
 * a = b, as truth values; operands broadcast. Truth values are 0 and 1.
 * @see https://keras.io/api/ops/numpy/#equal-function
 */
export const equal: Symbolic<typeof ops.equal> = elementwise(ops.equal, 'numpy', 'Equal', ['x1', 'x2']);

/**
 * a ≠ b, as truth values; operands broadcast.
 * @see https://keras.io/api/ops/numpy/#not_equal-function
 */
export const notEqual: Symbolic<typeof ops.notEqual> = elementwise(ops.notEqual, 'numpy', 'NotEqual', ['x1', 'x2']);

/**
 * a < b, as truth values; operands broadcast.
 * @see https://keras.io/api/ops/numpy/#less-function
 */
export const less: Symbolic<typeof ops.less> = elementwise(ops.less, 'numpy', 'Less', ['x1', 'x2']);

/**
 * a ≤ b, as truth values; operands broadcast.
 * @see https://keras.io/api/ops/numpy/#less_equal-function
 */
export const lessEqual: Symbolic<typeof ops.lessEqual> = elementwise(ops.lessEqual, 'numpy', 'LessEqual', ['x1', 'x2']);

/**
 * a > b, as truth values; operands broadcast.
 * @see https://keras.io/api/ops/numpy/#greater-function
 */
export const greater: Symbolic<typeof ops.greater> = elementwise(ops.greater, 'numpy', 'Greater', ['x1', 'x2']);

/**
 * a ≥ b, as truth values; operands broadcast.
 * @see https://keras.io/api/ops/numpy/#greater_equal-function
 */
export const greaterEqual: Symbolic<typeof ops.greaterEqual> = elementwise(ops.greaterEqual, 'numpy', 'GreaterEqual', [
  'x1',
  'x2',
]);

/**
 * Whether both a and b hold; all but 0 holds. Operands broadcast.
 * @see https://keras.io/api/ops/numpy/#logical_and-function
 */
export const logicalAnd: Symbolic<typeof ops.logicalAnd> = elementwise(ops.logicalAnd, 'numpy', 'LogicalAnd', [
  'x1',
  'x2',
]);

/**
 * Whether a or b holds, or both; all but 0 holds. Operands broadcast.
 * @see https://keras.io/api/ops/numpy/#logical_or-function
 */
export const logicalOr: Symbolic<typeof ops.logicalOr> = elementwise(ops.logicalOr, 'numpy', 'LogicalOr', ['x1', 'x2']);

/**
 * The matrix product over the last two axes; the axes before them broadcast.
 * @see https://keras.io/api/ops/numpy/#matmul-function
 */
export const matmul: Symbolic<typeof ops.matmul> = elementwise(ops.matmul, 'numpy', 'Matmul', ['x1', 'x2']);

/**
 * a where the condition holds, b elsewhere; all three broadcast.
 * @see https://keras.io/api/ops/numpy/#where-function
 */
export const where: Symbolic<typeof ops.where> = elementwise(ops.where, 'numpy', 'Where', ['condition', 'x1', 'x2']);

/**
 * 1 / √x, element by element.
 * @see https://keras.io/api/ops/core/#rsqrt-function
 */
export const rsqrt: Symbolic<typeof ops.rsqrt> = elementwise(ops.rsqrt, 'math', 'Rsqrt', ['x']);

/**
 * The error function, 2/√π ∫₀ˣ e^(−t²) dt.
 * @see https://keras.io/api/ops/core/#erf-function
 */
export const erf: Symbolic<typeof ops.erf> = elementwise(ops.erf, 'math', 'Erf', ['x']);

/**
 * x, through which no gradient flows.
 * @see https://keras.io/api/ops/core/#stop_gradient-function
 */
export const stopGradient: Symbolic<typeof ops.stopGradient> = elementwise(ops.stopGradient, 'core', 'StopGradient', [
  'variable',
]);

/**
 * min(max(x, least), greatest): x, kept within bounds, which broadcast.
 * @see https://keras.io/api/ops/numpy/#clip-function
 */
export const clip: Symbolic<typeof ops.clip> = configured(
  ops.clip,
  { room: 'numpy', className: 'Clip', parameters: ['x'], options: { x_min: undefined, x_max: undefined } },
  (x, least, greatest) => ({ args: [x], config: { x_min: number('clip', least), x_max: number('clip', greatest) } }),
  ([x], options) => ops.clip(x, options.get('x_min'), options.get('x_max')),
);

/**
 * x with elements of another type. To bool, all but 0 is true; to an integer, the fraction is dropped.
 * @see https://keras.io/api/ops/core/#cast-function
 */
export const cast: Symbolic<typeof ops.cast> = configured(
  ops.cast,
  { room: 'core', className: 'Cast', parameters: ['x'], options: { dtype: undefined } },
  (x, dtype) => ({ args: [x], config: { dtype } }),
  ([x], options) => ops.cast(x, checkDType(options.get('dtype'), 'ops.cast')),
);

/**
 * A value of x's shape and type, filled with one number.
 * @see https://keras.io/api/ops/numpy/#full_like-function
 */
export const fullLike: Symbolic<typeof ops.fullLike> = configured(
  ops.fullLike,
  { room: 'numpy', className: 'FullLike', parameters: ['x', 'fill_value'], options: { dtype: null } },
  (x, value) => ({ args: [x, value] }),
  ([x, value], options) => typed(ops.fullLike(x, value as number), options),
);

/**
 * Zeros of x's shape and type.
 * @see https://keras.io/api/ops/numpy/#zeros_like-function
 */
export const zerosLike: Symbolic<typeof ops.zerosLike> = configured(
  ops.zerosLike,
  { room: 'numpy', className: 'ZerosLike', parameters: ['x'], options: { dtype: null } },
  (x) => ({ args: [x] }),
  ([x], options) => typed(ops.zerosLike(x), options),
);

/**
 * Ones of x's shape and type.
 * @see https://keras.io/api/ops/numpy/#ones_like-function
 */
export const onesLike: Symbolic<typeof ops.onesLike> = configured(
  ops.onesLike,
  { room: 'numpy', className: 'OnesLike', parameters: ['x'], options: { dtype: null } },
  (x) => ({ args: [x] }),
  ([x], options) => typed(ops.onesLike(x), options),
);

/** The value in the type that an option names, if it names one. */
function typed(value: Value, options: Options): Value {
  const dtype = options.get<unknown>('dtype');
  return dtype === null ? value : ops.cast(value, checkDType(dtype, 'ops.cast'));
}

/** A bound that a config can hold. */
function number(name: string, value: unknown): number {
  return checkNumber(`ops.${name}`, 'a bound for symbolic tensors', value);
}
