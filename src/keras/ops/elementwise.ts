import type { DType } from '../../core/dtype.ts';
import { createNode } from '../../compiler/graph/node.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { type Operand, castTo, toFloat, toValue, unify, unifyTwo } from './operand.ts';

type FloatUnary = 'exp' | 'log' | 'sqrt' | 'reciprocal' | 'sin' | 'cos' | 'tanh' | 'erf' | 'sigmoid' | 'softplus';
type Binary = 'add' | 'subtract' | 'multiply' | 'power' | 'maximum' | 'minimum' | 'equal' | 'less' | 'lessEqual';

const float = (primitive: FloatUnary, x: Operand): Value => createNode(primitive, [toFloat(x)], {})[0];
const binary = (primitive: Binary, a: Operand, b: Operand): Value => createNode(primitive, unifyTwo(a, b), {})[0];
const truth = (x: Operand): Value => castTo(toValue(x), 'bool');

/**
 * −x, element by element.
 * @example
 * await jit((x) => ops.negative(x))([1, -2]);   // [-1, 2]
 * @see https://keras.io/api/ops/numpy/#negative-function
 */
export const negative = (x: Operand): Value => createNode('negate', [toValue(x)], {})[0];

/**
 * |x|, element by element.
 * @example
 * await jit((x) => ops.abs(x))([1, -2]);   // [1, 2]
 * @see https://keras.io/api/ops/numpy/#abs-function
 */
export const abs = (x: Operand): Value => createNode('abs', [toValue(x)], {})[0];

/**
 * The sign of each element: −1, 0 or 1, in the type of x.
 * @example
 * await jit((x) => ops.sign(x))([5, 0, -0.5]);   // [1, 0, -1]
 * @see https://keras.io/api/ops/numpy/#sign-function
 */
export const sign = (x: Operand): Value => createNode('sign', [toValue(x)], {})[0];

/**
 * ⌊x⌋, the largest integer that is not greater, in a floating type. Its gradient is zero.
 * @example
 * await jit((x) => ops.floor(x))([1.5, -1.5]);   // [1, -2]
 * @see https://keras.io/api/ops/numpy/#floor-function
 */
export const floor = (x: Operand): Value => createNode('floor', [toFloat(x)], {})[0];

/**
 * eˣ, element by element.
 * @example
 * await jit((x) => ops.exp(x))([0, 1]);   // [1, 2.71828]
 * @see https://keras.io/api/ops/numpy/#exp-function
 */
export const exp = (x: Operand): Value => float('exp', x);

/**
 * ln x, the natural logarithm: −∞ at 0, and NaN below.
 * @example
 * await jit((x) => ops.log(x))([1, 10, 0]);   // [0, 2.302585, -Infinity]
 * @see https://keras.io/api/ops/numpy/#log-function
 */
export const log = (x: Operand): Value => float('log', x);

/**
 * √x, element by element; NaN below 0.
 * @example
 * await jit((x) => ops.sqrt(x))([4, 2]);   // [2, 1.414214]
 * @see https://keras.io/api/ops/numpy/#sqrt-function
 */
export const sqrt = (x: Operand): Value => float('sqrt', x);

/**
 * 1 / x, element by element.
 * @example
 * await jit((x) => ops.reciprocal(x))([4, -0.5]);   // [0.25, -2]
 * @see https://keras.io/api/ops/numpy/#reciprocal-function
 */
export const reciprocal = (x: Operand): Value => float('reciprocal', x);

/**
 * 1 / √x, element by element.
 * @example
 * await jit((x) => ops.rsqrt(x))([4, 0.25]);   // [0.5, 2]
 * @see https://keras.io/api/ops/core/#rsqrt-function
 */
export const rsqrt = (x: Operand): Value => reciprocal(sqrt(x));

/**
 * x², element by element.
 * @example
 * await jit((x) => ops.square(x))([1, 2, 3]);   // [1, 4, 9]
 * @see https://keras.io/api/ops/numpy/#square-function
 */
export const square = (x: Operand): Value => {
  const value = toValue(x);
  return multiply(value, value);
};

/**
 * sin x, with x in radians.
 * @example
 * await jit((x) => ops.sin(x))([0, Math.PI / 2]);   // [0, 1]
 * @see https://keras.io/api/ops/numpy/#sin-function
 */
export const sin = (x: Operand): Value => float('sin', x);

/**
 * cos x, with x in radians.
 * @example
 * await jit((x) => ops.cos(x))([0, Math.PI]);   // [1, -1]
 * @see https://keras.io/api/ops/numpy/#cos-function
 */
export const cos = (x: Operand): Value => float('cos', x);

/**
 * The hyperbolic tangent, (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ).
 * @example
 * await jit((x) => ops.tanh(x))([0, 1]);   // [0, 0.761594]
 * @see https://keras.io/api/ops/numpy/#tanh-function
 */
export const tanh = (x: Operand): Value => float('tanh', x);

/**
 * The error function, 2/√π ∫₀ˣ e^(−t²) dt.
 * @example
 * await jit((x) => ops.erf(x))([0, 1]);   // [0, 0.842701]
 * @see https://keras.io/api/ops/core/#erf-function
 */
export const erf = (x: Operand): Value => float('erf', x);

/**
 * 1 / (1 + e⁻ˣ), the logistic function.
 * @example
 * await jit((x) => ops.sigmoid(x))([0, 2]);   // [0.5, 0.880797]
 * @see https://keras.io/api/ops/nn/#sigmoid-function
 */
export const sigmoid = (x: Operand): Value => float('sigmoid', x);

/**
 * log(1 + eˣ), which does not overflow for large x.
 * @example
 * await jit((x) => ops.softplus(x))([0, 200]);   // [0.693147, 200]
 * @see https://keras.io/api/ops/nn/#softplus-function
 */
export const softplus = (x: Operand): Value => float('softplus', x);

/**
 * max(x, 0), element by element.
 * @example
 * await jit((x) => ops.relu(x))([-1, 2]);   // [0, 2]
 * @see https://keras.io/api/ops/nn/#relu-function
 */
export const relu = (x: Operand): Value => createNode('relu', [toValue(x)], {})[0];

/**
 * 1 where x > 0, else 0, in the type of x: the derivative of {@link relu}. Its own gradient is zero.
 * @example
 * await jit((x) => ops.step(x))([-1, 0, 2]);   // [0, 0, 1]
 */
export const step = (x: Operand): Value => createNode('step', [toFloat(x)], {})[0];

/**
 * True where x is NaN. Truth values are 0 and 1.
 * @example
 * await jit((x) => ops.isnan(x))([1, NaN]);   // [0, 1]
 * @see https://keras.io/api/ops/numpy/#isnan-function
 */
export const isnan = (x: Operand): Value => createNode('isNaN', [toFloat(x)], {})[0];

/**
 * x, through which no gradient flows.
 * @example
 * const f = valueAndGrad((x) => ops.sum(ops.multiply(x, ops.stopGradient(x))));
 * (await f([2, 3])).inputGradients;   // [[2, 3]]
 * @see https://keras.io/api/ops/core/#stop_gradient-function
 */
export const stopGradient = (x: Operand): Value => createNode('stopGradient', [toValue(x)], {})[0];

/**
 * x with elements of another type. To bool, all but 0 is true; to an integer, the fraction is dropped.
 * @example
 * await jit((x) => ops.cast(x, 'int32'))([1.7, -1.7]);   // [1, -1]
 * @see https://keras.io/api/ops/core/#cast-function
 */
export const cast = (x: Operand, dtype: DType): Value => castTo(toValue(x), dtype);

/**
 * a + b. Operands broadcast by NumPy's rule, and take the more general of their types.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.add(a, b))([[1], [2]], [10, 20]);   // [[11, 21], [12, 22]]
 * @see https://keras.io/api/ops/numpy/#add-function
 */
export const add = (a: Operand, b: Operand): Value => binary('add', a, b);

/**
 * a − b; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.subtract(a, b))([1, 2], [10, 10]);   // [-9, -8]
 * @see https://keras.io/api/ops/numpy/#subtract-function
 */
export const subtract = (a: Operand, b: Operand): Value => binary('subtract', a, b);

/**
 * a · b, element by element; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.multiply(a, b))([1, 2], 3);   // [3, 6]
 * @see https://keras.io/api/ops/numpy/#multiply-function
 */
export const multiply = (a: Operand, b: Operand): Value => binary('multiply', a, b);

/**
 * a / b, in a floating type; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.divide(a, b))([1, -2, 0], [4, 0, 0]);   // [0.25, -Infinity, NaN]
 * @see https://keras.io/api/ops/numpy/#divide-function
 */
export const divide = (a: Operand, b: Operand): Value => {
  const [x, y] = unifyTwo(a, b);
  return createNode('divide', [toFloat(x), toFloat(y)], {})[0];
};

/**
 * aᵇ; operands broadcast. A negative a to a broken power is NaN.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.power(a, b))([2, 3], [3, 2]);   // [8, 9]
 * @see https://keras.io/api/ops/numpy/#power-function
 */
export const power = (a: Operand, b: Operand): Value => binary('power', a, b);

/**
 * The greater of a and b; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.maximum(a, b))([1, 5], [3, 3]);   // [3, 5]
 * @see https://keras.io/api/ops/numpy/#maximum-function
 */
export const maximum = (a: Operand, b: Operand): Value => binary('maximum', a, b);

/**
 * The lesser of a and b; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.minimum(a, b))([1, 5], [3, 3]);   // [1, 3]
 * @see https://keras.io/api/ops/numpy/#minimum-function
 */
export const minimum = (a: Operand, b: Operand): Value => binary('minimum', a, b);

/**
 * min(max(x, least), greatest): x, kept within bounds, which broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((x) => ops.clip(x, 0, 6))([-1, 3, 9]);   // [0, 3, 6]
 * @see https://keras.io/api/ops/numpy/#clip-function
 */
export const clip = (x: Operand, least: Operand, greatest: Operand): Value => minimum(maximum(x, least), greatest);

/**
 * a = b, as truth values; operands broadcast. Truth values are 0 and 1.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.equal(a, b))([1, 2], [1, 3]);   // [1, 0]
 * @see https://keras.io/api/ops/numpy/#equal-function
 */
export const equal = (a: Operand, b: Operand): Value => binary('equal', a, b);

/**
 * a ≠ b, as truth values; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.notEqual(a, b))([1, 2], [1, 3]);   // [0, 1]
 * @see https://keras.io/api/ops/numpy/#not_equal-function
 */
export const notEqual = (a: Operand, b: Operand): Value => logicalNot(equal(a, b));

/**
 * a < b, as truth values; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.less(a, b))([1, 2, 3], 2);   // [1, 0, 0]
 * @see https://keras.io/api/ops/numpy/#less-function
 */
export const less = (a: Operand, b: Operand): Value => binary('less', a, b);

/**
 * a ≤ b, as truth values; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.lessEqual(a, b))([1, 2, 3], 2);   // [1, 1, 0]
 * @see https://keras.io/api/ops/numpy/#less_equal-function
 */
export const lessEqual = (a: Operand, b: Operand): Value => binary('lessEqual', a, b);

/**
 * a > b, as truth values; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.greater(a, b))([1, 2, 3], 2);   // [0, 0, 1]
 * @see https://keras.io/api/ops/numpy/#greater-function
 */
export const greater = (a: Operand, b: Operand): Value => less(b, a);

/**
 * a ≥ b, as truth values; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.greaterEqual(a, b))([1, 2, 3], 2);   // [0, 1, 1]
 * @see https://keras.io/api/ops/numpy/#greater_equal-function
 */
export const greaterEqual = (a: Operand, b: Operand): Value => lessEqual(b, a);

/**
 * Whether both a and b hold; all but 0 holds. Operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.logicalAnd(a, b))([1, 1, 0], [1, 0, 0]);   // [1, 0, 0]
 * @see https://keras.io/api/ops/numpy/#logical_and-function
 */
export const logicalAnd = (a: Operand, b: Operand): Value => createNode('logicalAnd', [truth(a), truth(b)], {})[0];

/**
 * Whether a or b holds, or both; all but 0 holds. Operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.logicalOr(a, b))([1, 1, 0], [1, 0, 0]);   // [1, 1, 0]
 * @see https://keras.io/api/ops/numpy/#logical_or-function
 */
export const logicalOr = (a: Operand, b: Operand): Value => createNode('logicalOr', [truth(a), truth(b)], {})[0];

/**
 * Whether x does not hold; all but 0 holds.
 * @example
 * await jit((x) => ops.logicalNot(x))([2, 0]);   // [0, 1]
 * @see https://keras.io/api/ops/numpy/#logical_not-function
 */
export const logicalNot = (x: Operand): Value => createNode('logicalNot', [truth(x)], {})[0];

/**
 * a where the condition holds, b elsewhere; all three broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((x) => ops.where(ops.greater(x, 0), x, -1))([3, -5]);   // [3, -1]
 * @see https://keras.io/api/ops/numpy/#where-function
 */
export const where = (condition: Operand, a: Operand, b: Operand): Value => {
  const [x, y] = unifyTwo(a, b);
  return createNode('select', [truth(condition), x, y], {})[0];
};

/**
 * The sum of several operands, first to last; they broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b, c) => ops.addAll(a, b, c))([1, 2], [10, 20], 100);   // [111, 122]
 */
export const addAll = (first: Operand, ...rest: readonly Operand[]): Value =>
  unify([first, ...rest]).reduce((sum, value) => add(sum, value));
