import { checkInteger } from '../../core/checks.ts';
import type { Value } from '../../compiler/graph/value.ts';
import {
  abs,
  add,
  divide,
  equal,
  floor,
  multiply,
  negative,
  sign,
  stopGradient,
  subtract,
  where,
} from './elementwise.ts';
import { type Operand, castTo, toFloat, toValue } from './operand.ts';

/**
 * ⌈x⌉, the smallest integer that is not less, in a floating type. Its gradient is zero.
 * @example
 * await jit((x) => ops.ceil(x))([1.5, -1.5]);   // [2, -1]
 * @see https://keras.io/api/ops/numpy/#ceil-function
 */
export const ceil = (x: Operand): Value => negative(floor(negative(toFloat(x))));

/**
 * x without its fraction, in a floating type. Its gradient is zero.
 * @example
 * await jit((x) => ops.trunc(x))([1.5, -1.5]);   // [1, -1]
 * @see https://keras.io/api/ops/numpy/#trunc-function
 */
export function trunc(x: Operand): Value {
  const value = toFloat(x);
  return multiply(stopGradient(sign(value)), floor(abs(value)));
}

/**
 * The nearest number with so many decimals; halves go to the even neighbour. Its gradient is zero.
 * @throws TypeError if `decimals` is not an integer ≥ 0.
 * @example
 * await jit((x) => ops.round(x))([0.5, 1.5, -2.5]);   // [0, 2, -2]
 * await jit((x) => ops.round(x, 1))([0.26]);   // [0.3]
 * @see https://keras.io/api/ops/numpy/#round-function
 */
export function round(x: Operand, decimals = 0): Value {
  const places = checkInteger('ops.round', 'decimals', decimals, 0);
  const given = toValue(x);
  const value = stopGradient(toFloat(given));
  const scale = 10 ** places;
  const scaled = places === 0 ? value : multiply(value, scale);
  const below = floor(scaled);
  const fraction = subtract(scaled, below);
  const isOdd = equal(subtract(below, multiply(floor(multiply(below, 0.5)), 2)), 1);
  const up = castTo(where(equal(fraction, 0.5), isOdd, castTo(floor(add(fraction, 0.5)), 'bool')), value.dtype);
  const whole = add(below, up);
  const rounded = places === 0 ? whole : divide(whole, scale);
  // Numbers so large that they are whole already, and infinities.
  return castTo(where(equal(scaled, below), value, rounded), given.dtype === 'bool' ? value.dtype : given.dtype);
}
