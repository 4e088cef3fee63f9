import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, toValue } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { isFloat } from '../../../core/dtype.ts';
import { checkInteger } from '../../../core/checks.ts';
import { type Symbolic, type UnaryOp, op } from '../base/op.ts';

const { add, equal, multiply, stopGradient, subtract, where } = build;

/**
 * ⌊x⌋, the largest integer ≤ x, in a floating type. Its gradient is zero.
 * @example
 * await jit((x) => ops.floor(x))([1.5, -1.5]);   // [1, -2]
 * @see https://keras.io/api/ops/numpy/#floor-function
 */
export const floor: UnaryOp = op('numpy.Floor', ['x'], build.floor);

/**
 * ⌈x⌉, the smallest integer ≥ x, in a floating type. Its gradient is zero.
 * @example
 * await jit((x) => ops.ceil(x))([1.5, -1.5]);   // [2, -1]
 * @see https://keras.io/api/ops/numpy/#ceil-function
 */
export const ceil: UnaryOp = op('numpy.Ceil', ['x'], (x: Operand): Value => {
  return build.negative(build.floor(build.negative(toFloat(x))));
});

/**
 * x rounded towards zero to an integer, in the type of x. Its gradient is zero.
 * @example
 * await jit((x) => ops.trunc(x))([1.5, -1.5]);   // [1, -1]
 * @see https://keras.io/api/ops/numpy/#trunc-function
 */
export const trunc: UnaryOp = op('numpy.Trunc', ['x'], (x: Operand): Value => {
  const value = toValue(x);
  if (!isFloat(value.dtype)) return value;
  return multiply(stopGradient(build.sign(value)), build.floor(build.abs(value)));
});

/** Options of {@link round}. */
export interface RoundOptions {
  /** The number of decimals; a negative one rounds to tens, hundreds and so on. @default 0 */
  decimals?: number;
}

/**
 * x rounded to a number of decimals, halves to the even neighbor. Its gradient is zero.
 * @throws TypeError if `decimals` is not an integer.
 * @example
 * await jit((x) => ops.round(x))([0.5, 1.5, -2.5]);   // [0, 2, -2]
 * await jit((x) => ops.round(x, { decimals: 1 }))([0.26]);   // [0.3]
 * @see https://keras.io/api/ops/numpy/#round-function
 */
export const round: Symbolic<(x: Operand, options?: RoundOptions) => Value> = op(
  'numpy.Round',
  ['x'],
  { decimals: 0 },
  (x: Operand, { decimals = 0 }: RoundOptions = {}): Value => {
    const places = checkInteger('ops.round', 'decimals', decimals, -Infinity);
    const given = toValue(x);
    // Integers are exact in float64 only.
    const value = stopGradient(isFloat(given.dtype) ? given : castTo(given, places < 0 ? 'float64' : 'float32'));
    const scale = 10 ** Math.abs(places);
    // 10 is exact, 0.1 is not.
    const [toScale, fromScale] = places < 0 ? [build.divide, multiply] : [multiply, build.divide];
    const scaled = places === 0 ? value : toScale(value, scale);
    const below = build.floor(scaled);
    const fraction = subtract(scaled, below);
    const isOdd = equal(subtract(below, multiply(build.floor(multiply(below, 0.5)), 2)), 1);
    const isUp = where(equal(fraction, 0.5), isOdd, castTo(build.floor(add(fraction, 0.5)), 'bool'));
    const whole = add(below, castTo(isUp, value.dtype));
    const rounded = places === 0 ? whole : fromScale(whole, scale);
    // Integers, among them all large numbers, and infinities stay as they are.
    return castTo(where(equal(scaled, below), value, rounded), given.dtype === 'bool' ? value.dtype : given.dtype);
  },
);
