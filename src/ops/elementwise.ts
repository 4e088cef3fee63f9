import type { DType } from '../core/dtype.ts';
import { createNode } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import { type Operand, castTo, toFloat, toValue, unify, unifyTwo } from './operand.ts';

type FloatUnary = 'exp' | 'log' | 'sqrt' | 'reciprocal' | 'sin' | 'cos' | 'tanh' | 'erf' | 'sigmoid' | 'softplus';
type Binary = 'add' | 'subtract' | 'multiply' | 'power' | 'maximum' | 'minimum' | 'equal' | 'less' | 'lessEqual';

const float = (primitive: FloatUnary, x: Operand): Value => createNode(primitive, [toFloat(x)], {})[0];
const binary = (primitive: Binary, a: Operand, b: Operand): Value => createNode(primitive, unifyTwo(a, b), {})[0];
const truth = (x: Operand): Value => castTo(toValue(x), 'bool');

/** −x */
export const negative = (x: Operand): Value => createNode('negate', [toValue(x)], {})[0];
/** |x| */
export const abs = (x: Operand): Value => createNode('abs', [toValue(x)], {})[0];
/** −1, 0 or 1. */
export const sign = (x: Operand): Value => createNode('sign', [toValue(x)], {})[0];
/** The largest integer that is not greater. */
export const floor = (x: Operand): Value => createNode('floor', [toFloat(x)], {})[0];
/** eˣ */
export const exp = (x: Operand): Value => float('exp', x);
/** The natural logarithm. */
export const log = (x: Operand): Value => float('log', x);
/** √x */
export const sqrt = (x: Operand): Value => float('sqrt', x);
/** 1 / x */
export const reciprocal = (x: Operand): Value => float('reciprocal', x);
/** 1 / √x */
export const rsqrt = (x: Operand): Value => reciprocal(sqrt(x));
/** x² */
export const square = (x: Operand): Value => {
  const value = toValue(x);
  return multiply(value, value);
};
/** The sine of x, in radians. */
export const sin = (x: Operand): Value => float('sin', x);
/** The cosine of x, in radians. */
export const cos = (x: Operand): Value => float('cos', x);
/** The hyperbolic tangent. */
export const tanh = (x: Operand): Value => float('tanh', x);
/** The error function, 2/√π ∫₀ˣ e^(−t²) dt. */
export const erf = (x: Operand): Value => float('erf', x);
/** 1 / (1 + e⁻ˣ) */
export const sigmoid = (x: Operand): Value => float('sigmoid', x);
/** log(1 + eˣ) */
export const softplus = (x: Operand): Value => float('softplus', x);
/** max(x, 0) */
export const relu = (x: Operand): Value => createNode('relu', [toValue(x)], {})[0];
/** 1 where x > 0, else 0, in the type of x. */
export const step = (x: Operand): Value => createNode('step', [toFloat(x)], {})[0];
/** True where x is NaN. */
export const isnan = (x: Operand): Value => createNode('isNaN', [toFloat(x)], {})[0];
/** x, through which no gradient flows. */
export const stopGradient = (x: Operand): Value => createNode('stopGradient', [toValue(x)], {})[0];
/** x with elements of another type. */
export const cast = (x: Operand, dtype: DType): Value => castTo(toValue(x), dtype);

/** a + b */
export const add = (a: Operand, b: Operand): Value => binary('add', a, b);
/** a − b */
export const subtract = (a: Operand, b: Operand): Value => binary('subtract', a, b);
/** a · b */
export const multiply = (a: Operand, b: Operand): Value => binary('multiply', a, b);
/** a / b, in a floating type. */
export const divide = (a: Operand, b: Operand): Value => {
  const [x, y] = unifyTwo(a, b);
  return createNode('divide', [toFloat(x), toFloat(y)], {})[0];
};
/** aᵇ */
export const power = (a: Operand, b: Operand): Value => binary('power', a, b);
/** The greater of a and b. */
export const maximum = (a: Operand, b: Operand): Value => binary('maximum', a, b);
/** The lesser of a and b. */
export const minimum = (a: Operand, b: Operand): Value => binary('minimum', a, b);
/** x, kept within [least, greatest]. */
export const clip = (x: Operand, least: Operand, greatest: Operand): Value => minimum(maximum(x, least), greatest);

/** a = b, as truth values. */
export const equal = (a: Operand, b: Operand): Value => binary('equal', a, b);
/** a ≠ b */
export const notEqual = (a: Operand, b: Operand): Value => logicalNot(equal(a, b));
/** a < b */
export const less = (a: Operand, b: Operand): Value => binary('less', a, b);
/** a ≤ b */
export const lessEqual = (a: Operand, b: Operand): Value => binary('lessEqual', a, b);
/** a > b */
export const greater = (a: Operand, b: Operand): Value => less(b, a);
/** a ≥ b */
export const greaterEqual = (a: Operand, b: Operand): Value => lessEqual(b, a);
/** a and b, as truth values. */
export const logicalAnd = (a: Operand, b: Operand): Value => createNode('logicalAnd', [truth(a), truth(b)], {})[0];
/** a or b, as truth values. */
export const logicalOr = (a: Operand, b: Operand): Value => createNode('logicalOr', [truth(a), truth(b)], {})[0];
/** Not x, as truth values. */
export const logicalNot = (x: Operand): Value => createNode('logicalNot', [truth(x)], {})[0];
/** a where the condition holds, b elsewhere. */
export const where = (condition: Operand, a: Operand, b: Operand): Value => {
  const [x, y] = unifyTwo(a, b);
  return createNode('select', [truth(condition), x, y], {})[0];
};

/** The sum of several values of one shape, or that broadcast. */
export const addAll = (first: Operand, ...rest: readonly Operand[]): Value =>
  unify([first, ...rest]).reduce((sum, value) => add(sum, value));
