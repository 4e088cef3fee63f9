import { isFloat } from '../../../core/dtype.ts';
import {
  add,
  castTo,
  cos,
  divide,
  exp,
  greaterEqual,
  less,
  lessEqual,
  log,
  multiply,
  negative,
  power,
  sigmoid,
  sign,
  sin,
  square,
  step,
  stopGradient,
  subtract,
  where,
} from '../../builder/index.ts';
import { constantOf } from '../../graph/leaves.ts';
import type { Value } from '../../ir/value.ts';
import { type GradientRules, binary, unary, zeroGradient } from './rule.ts';

/** Whether a value is a finite constant number: then a step is a faster mask than a comparison and a selection. */
function isNumber(value: Value): boolean {
  const number = isFloat(value.dtype) ? constantOf(value) : null;
  return number?.size === 1 && Number.isFinite(number.data[0]);
}

/** 1 where x ≤ 0, else 0. */
const notStep = (x: Value): Value => subtract(1, step(x));

/** Derivatives are written in terms of the result y where this avoids keeping an operand. */
export const elementwiseRules: GradientRules<'elementwise'> = {
  negate: unary((dy) => negative(dy)),
  abs: unary((dy, x) => multiply(dy, sign(x))),
  sign: zeroGradient,
  floor: zeroGradient,
  exp: unary((dy, _, y) => multiply(dy, y)),
  log: unary((dy, x) => divide(dy, x)),
  sqrt: unary((dy, _, y) => divide(multiply(dy, 0.5), y)),
  reciprocal: unary((dy, _, y) => negative(multiply(dy, square(y)))),
  sin: unary((dy, x) => multiply(dy, cos(x))),
  cos: unary((dy, x) => negative(multiply(dy, sin(x)))),
  arctan: unary((dy, x) => divide(dy, add(1, square(x)))),
  tanh: unary((dy, _, y) => multiply(dy, subtract(1, square(y)))),
  erf: unary((dy, x) => multiply(dy, multiply(exp(negative(square(x))), 2 / Math.sqrt(Math.PI)))),
  sigmoid: unary((dy, _, y) => multiply(dy, multiply(y, subtract(1, y)))),
  softplus: unary((dy, x) => multiply(dy, sigmoid(x))),
  relu: unary((dy, _, y) => multiply(dy, step(y))),
  step: zeroGradient,
  logicalNot: zeroGradient,
  isNaN: zeroGradient,
  stopGradient: zeroGradient,
  cast: unary((dy, x) => castTo(dy, x.dtype)),

  add: binary(
    (dy) => dy,
    (dy) => dy,
  ),
  subtract: binary(
    (dy) => dy,
    (dy) => negative(dy),
  ),
  multiply: binary(
    (dy, _, b) => multiply(dy, b),
    (dy, a) => multiply(dy, a),
  ),
  divide: ({ inputs: [, b], outputs: [y], cotangents: [dy] }) => {
    const first = divide(dy, b);
    return [first, negative(multiply(first, y))];
  },
  power: binary(
    (dy, a, b) => multiply(dy, multiply(b, power(a, subtract(b, 1)))),
    // log 1 = 0 replaces the undefined logarithm of a ≤ 0, as in TensorFlow.
    (dy, a, _, y) => multiply(dy, multiply(y, log(where(less(0, a), a, 1)))),
  ),
  remainder: binary(
    (dy) => dy,
    // The quotient is a whole number, up to rounding.
    (dy, a, b, y) => negative(multiply(dy, stopGradient(divide(subtract(a, y), b)))),
  ),
  // For equal operands the whole gradient goes to the first, as in TensorFlow.
  maximum: binary(
    (dy, a, b) => (isNumber(b) ? multiply(dy, notStep(subtract(b, a))) : where(greaterEqual(a, b), dy, 0)),
    (dy, a, b) => (isNumber(a) ? multiply(dy, step(subtract(b, a))) : where(greaterEqual(a, b), 0, dy)),
  ),
  minimum: binary(
    (dy, a, b) => (isNumber(b) ? multiply(dy, notStep(subtract(a, b))) : where(lessEqual(a, b), dy, 0)),
    (dy, a, b) => (isNumber(a) ? multiply(dy, step(subtract(a, b))) : where(lessEqual(a, b), 0, dy)),
  ),
  equal: zeroGradient,
  less: zeroGradient,
  lessEqual: zeroGradient,
  logicalAnd: zeroGradient,
  logicalOr: zeroGradient,
  bitwiseAnd: zeroGradient,
  bitwiseOr: zeroGradient,
  bitwiseXor: zeroGradient,
  select: ({ inputs: [condition], cotangents: [dy], needs }) => [
    null,
    needs[1] ? where(condition, dy, 0) : null,
    needs[2] ? where(condition, 0, dy) : null,
  ],
};
