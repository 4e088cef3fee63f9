import { isFloat } from '../../../core/dtype.ts';
import { ValueError } from '../../../core/errors.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, unifyTwo } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type BinaryOp, op } from '../base/op.ts';
import { divideWhole } from './whole-division.ts';

const { equal, less, logicalAnd, notEqual, stopGradient, subtract, where } = build;

/** Two operands of one type for a division: booleans become int32. */
function operandsOf(x1: Operand, x2: Operand): readonly [Value, Value] {
  const [x, y] = unifyTwo(x1, x2);
  return x.dtype === 'bool' ? [castTo(x, 'int32'), castTo(y, 'int32')] : [x, y];
}

/** Whether a remainder has to be moved by one divisor, so that it gets the sign of the divisor. */
const isOther = (remainder: Value, divisor: Value): Value =>
  logicalAnd(notEqual(remainder, 0), notEqual(less(remainder, 0), less(divisor, 0)));

/** A function of whole numbers, computed in int32. */
function inInt32(x: Value, y: Value, run: (x: Value, y: Value) => Value): Value {
  return castTo(run(castTo(x, 'int32'), castTo(y, 'int32')), x.dtype);
}

/**
 * The remainder of a division, with the sign of the dividend: x1 − x2 · trunc(x1 / x2). Integers modulo 0 are 0.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.fmod(a, b))([7, -7, 5.5], [3, 3, 2]);   // [1, -1, 1.5]
 * @see https://keras.io/api/ops/numpy/
 */
export const fmod: BinaryOp = op('numpy.Fmod', ['x1', 'x2'], (x1: Operand, x2: Operand): Value => {
  const [x, y] = operandsOf(x1, x2);
  return isFloat(x.dtype) ? build.remainder(x, y) : inInt32(x, y, (a, b) => divideWhole(a, b)[1]);
});

/**
 * The remainder of a division, with the sign of the divisor: x1 − x2 · ⌊x1 / x2⌋. Integers modulo 0 are 0.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.mod(a, b))([7, -7, 5.5], [3, 3, -2]);   // [1, 2, -0.5]
 * @see https://keras.io/api/ops/numpy/#mod-function
 */
export const mod: BinaryOp = op('numpy.Mod', ['x1', 'x2'], (x1: Operand, x2: Operand): Value => {
  const [x, y] = operandsOf(x1, x2);
  const withSign = (remainder: Value, divisor: Value): Value =>
    where(isOther(remainder, divisor), build.add(remainder, divisor), remainder);
  return isFloat(x.dtype)
    ? withSign(build.remainder(x, y), y)
    : inInt32(x, y, (a, b) => withSign(divideWhole(a, b)[1], b));
});

/**
 * The quotient rounded down: ⌊x1 / x2⌋. An integer divided by 0 is 0.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.floorDivide(a, b))([7, -7, 5.5], [2, 2, -2]);   // [3, -4, -3]
 * @see https://keras.io/api/ops/numpy/#floor_divide-function
 */
export const floorDivide: BinaryOp = op('numpy.FloorDivide', ['x1', 'x2'], (x1: Operand, x2: Operand): Value => {
  const [x, y] = operandsOf(x1, x2);
  if (!isFloat(x.dtype)) {
    return inInt32(x, y, (a, b) => {
      const [quotient, remainder] = divideWhole(a, b);
      return where(isOther(remainder, b), subtract(quotient, 1), quotient);
    });
  }
  // The exact remainder first: x / y may be rounded up to the next whole number.
  const remainder = build.remainder(x, y);
  const quotient = stopGradient(build.divide(subtract(x, remainder), y));
  const whole = build.floor(build.add(quotient, 0.5));
  const isDivisible = logicalAnd(notEqual(y, 0), less(build.abs(x), Infinity));
  const found = where(isOther(remainder, y), subtract(whole, 1), whole);
  return stopGradient(where(isDivisible, found, build.floor(build.divide(x, y))));
});

/** Euclid's algorithm; the last of 47 steps is that of Fibonacci numbers, the slowest among int32. */
function greatestDivisor(x: Value, y: Value): Value {
  let [a, b] = [build.abs(x), build.abs(y)];
  for (let step = 0; step < 47; step++) [a, b] = [where(equal(b, 0), a, b), divideWhole(a, b)[1]];
  return build.abs(a);
}

/**
 * The greatest common divisor of integers; of 0 and x it is |x|.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.gcd(ops.cast(a, 'int32'), ops.cast(b, 'int32')))([12, 0, -9], [18, 5, 6]);   // [6, 5, 3]
 * @see https://keras.io/api/ops/numpy/
 */
export const gcd: BinaryOp = op('numpy.Gcd', ['x1', 'x2'], (x1: Operand, x2: Operand): Value => {
  const [x, y] = wholeOperands('ops.gcd', x1, x2);
  return inInt32(x, y, greatestDivisor);
});

/**
 * The least common multiple of integers; with 0 it is 0.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.lcm(ops.cast(a, 'int32'), ops.cast(b, 'int32')))([4, 0, -9], [6, 5, 6]);   // [12, 0, 18]
 * @see https://keras.io/api/ops/numpy/
 */
export const lcm: BinaryOp = op('numpy.Lcm', ['x1', 'x2'], (x1: Operand, x2: Operand): Value => {
  const [x, y] = wholeOperands('ops.lcm', x1, x2);
  return inInt32(x, y, (a, b) => {
    const [quotient] = divideWhole(build.abs(a), greatestDivisor(a, b));
    return build.abs(build.multiply(quotient, b));
  });
});

function wholeOperands(who: string, x1: Operand, x2: Operand): readonly [Value, Value] {
  const [x, y] = operandsOf(x1, x2);
  if (!isFloat(x.dtype)) return [x, y];
  throw new ValueError(`[${who}] the operands must be integers. Received: dtype=${x.dtype}.`);
}
