import { createNode } from '../graph/node.ts';
import type { Value } from '../ir/value.ts';
import { type Operand, castTo, toFloat, toValue, unify, unifyTwo } from './operand.ts';

type Unary = (x: Operand) => Value;
type Binary = (a: Operand, b: Operand) => Value;

/** A primitive that keeps the type of its operand. */
const unary =
  (primitive: 'negate' | 'abs' | 'sign' | 'relu' | 'stopGradient'): Unary =>
  (x) =>
    createNode(primitive, [toValue(x)], {})[0];

type FloatPrimitive =
  'floor' | 'exp' | 'log' | 'sqrt' | 'reciprocal' | 'sin' | 'cos' | 'arctan' | 'tanh' | 'erf' | 'sigmoid';

/** A primitive of a floating operand; integers and booleans become float32. */
const float =
  (primitive: FloatPrimitive | 'softplus' | 'step' | 'isNaN'): Unary =>
  (x) =>
    createNode(primitive, [toFloat(x)], {})[0];

type PromotingPrimitive = 'add' | 'subtract' | 'multiply' | 'power' | 'remainder' | 'maximum' | 'minimum';

/** A primitive of two operands of one type, which broadcast. */
const binary =
  (primitive: PromotingPrimitive | 'equal' | 'less' | 'lessEqual'): Binary =>
  (a, b) =>
    createNode(primitive, unifyTwo(a, b), {})[0];

const toBool = (x: Operand): Value => castTo(toValue(x), 'bool');

export const negative: Unary = unary('negate');
export const abs: Unary = unary('abs');
export const sign: Unary = unary('sign');
export const relu: Unary = unary('relu');
/** The value as a constant: its gradient is zero. */
export const stopGradient: Unary = unary('stopGradient');

export const floor: Unary = float('floor');
export const exp: Unary = float('exp');
export const log: Unary = float('log');
export const sqrt: Unary = float('sqrt');
export const reciprocal: Unary = float('reciprocal');
export const sin: Unary = float('sin');
export const cos: Unary = float('cos');
export const arctan: Unary = float('arctan');
export const tanh: Unary = float('tanh');
export const erf: Unary = float('erf');
export const sigmoid: Unary = float('sigmoid');
/** log(1 + eˣ) */
export const softplus: Unary = float('softplus');
/** 1 where x > 0, else 0, in the type of x: the derivative of relu. */
export const step: Unary = float('step');
export const isNaN: Unary = float('isNaN');

export const add: Binary = binary('add');
export const subtract: Binary = binary('subtract');
export const multiply: Binary = binary('multiply');
export const power: Binary = binary('power');
export const maximum: Binary = binary('maximum');
export const minimum: Binary = binary('minimum');
export const equal: Binary = binary('equal');
export const less: Binary = binary('less');
export const lessEqual: Binary = binary('lessEqual');
export const greater: Binary = (a, b) => less(b, a);
export const greaterEqual: Binary = (a, b) => lessEqual(b, a);

/** a − b · trunc(a / b), which has the sign of a. Integer divisors must not be 0. */
export const remainder: Binary = binary('remainder');

/** a / b, in a floating type. */
export const divide: Binary = (a, b) => {
  const [x, y] = unifyTwo(a, b);
  return createNode('divide', [toFloat(x), toFloat(y)], {})[0];
};

/** x². */
export const square: Unary = (x) => {
  const value = toValue(x);
  return multiply(value, value);
};

export const logicalAnd: Binary = (a, b) => createNode('logicalAnd', [toBool(a), toBool(b)], {})[0];
export const logicalOr: Binary = (a, b) => createNode('logicalOr', [toBool(a), toBool(b)], {})[0];
export const logicalNot: Unary = (x) => createNode('logicalNot', [toBool(x)], {})[0];
export const notEqual: Binary = (a, b) => logicalNot(equal(a, b));

const toInt32 = (x: Operand): Value => castTo(toValue(x), 'int32');

/** Operations on the bits of int32 numbers. */
export const bitwiseAnd: Binary = (a, b) => createNode('bitwiseAnd', [toInt32(a), toInt32(b)], {})[0];
export const bitwiseOr: Binary = (a, b) => createNode('bitwiseOr', [toInt32(a), toInt32(b)], {})[0];
export const bitwiseXor: Binary = (a, b) => createNode('bitwiseXor', [toInt32(a), toInt32(b)], {})[0];

/** The quotient of int32 numbers, truncated toward 0. The divisor must not be 0, nor −1 where the dividend is −2³¹. */
export const divideIntegers: Binary = (a, b) => createNode('divide', [toInt32(a), toInt32(b)], {})[0];

/** a where the condition is nonzero, b elsewhere. */
export const where = (condition: Operand, a: Operand, b: Operand): Value => {
  const [x, y] = unifyTwo(a, b);
  return createNode('select', [toBool(condition), x, y], {})[0];
};

/** The sum of several operands of one type, first to last. */
export const addAll = (operands: readonly [Operand, ...Operand[]]): Value => {
  const [first, ...rest] = unify(operands);
  return rest.reduce((sum, value) => add(sum, value), first ?? toValue(operands[0]));
};
