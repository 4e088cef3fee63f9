import type { Value } from '../../compiler/graph/value.ts';
import {
  abs,
  add,
  divide,
  equal,
  exp,
  less,
  log,
  maximum,
  multiply,
  negative,
  stopGradient,
  subtract,
  tanh,
  where,
} from './elementwise.ts';
import { reshape } from './movement.ts';
import { type Operand, toFloat, unifyTwo } from './operand.ts';
import { type ReductionOptions, max, sum } from './reductions.ts';

/**
 * log(1 + x), exact for small x too: with u = 1 + x as it is rounded, log u · x / (u − 1).
 * @example
 * await jit((x) => ops.log1p(x))([0, 1, -1]);   // [0, 0.693147, -Infinity]
 * @see https://keras.io/api/ops/numpy/#log1p-function
 */
export function log1p(x: Operand): Value {
  const value = toFloat(x);
  const rounded = stopGradient(add(value, 1));
  const error = stopGradient(subtract(value, subtract(rounded, 1)));
  // log(u + e) = log u + e / u, where e is what rounding took; the gradient is that of log(1 + x).
  const exact = where(equal(rounded, Infinity), 0, divide(error, rounded));
  const correction = where(less(abs(error), Infinity), exact, 0);
  return add(log(add(value, 1)), where(equal(rounded, 0), 0, correction));
}

/**
 * eˣ − 1, exact for small x too: 2 t / (1 − t) with t = tanh(x / 2).
 * @example
 * await jit((x) => ops.expm1(x))([0, 1]);   // [0, 1.718282]
 * @see https://keras.io/api/ops/numpy/#expm1-function
 */
export function expm1(x: Operand): Value {
  const value = toFloat(x);
  const isSmall = less(abs(value), 1);
  const half = tanh(multiply(where(isSmall, value, 0), 0.5));
  return where(isSmall, divide(multiply(half, 2), subtract(1, half)), subtract(exp(value), 1));
}

/**
 * The logarithm to base 2.
 * @example
 * await jit((x) => ops.log2(x))([1, 8]);   // ≈ [0, 3]
 * @see https://keras.io/api/ops/numpy/#log2-function
 */
export const log2 = (x: Operand): Value => multiply(log(x), Math.LOG2E);

/**
 * The logarithm to base 10.
 * @example
 * await jit((x) => ops.log10(x))([1, 1000]);   // ≈ [0, 3]
 * @see https://keras.io/api/ops/numpy/#log10-function
 */
export const log10 = (x: Operand): Value => multiply(log(x), Math.LOG10E);

/**
 * log(eᵃ + eᵇ), which does not overflow; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.logaddexp(a, b))([0, 1000], [0, 1000]);   // [0.693147, 1000.693]
 * @see https://keras.io/api/ops/numpy/#logaddexp-function
 */
export function logaddexp(a: Operand, b: Operand): Value {
  const [x, y] = unifyTwo(a, b).map(toFloat) as [Value, Value];
  // Of two equal infinities the difference is none.
  const greatest = maximum(x, y);
  const apart = where(equal(x, y), 0, subtract(x, y));
  return add(greatest, log1p(exp(negative(abs(apart)))));
}

/**
 * log Σ eˣ over axes, which does not overflow.
 * @throws ValueError if an axis is out of range or named twice.
 * @example
 * await jit((x) => ops.logsumexp(x, { axis: -1 }))([[0, 0], [1000, 1000]]);   // [0.693147, 1000.693]
 * @see https://keras.io/api/ops/core/#logsumexp-function
 */
export function logsumexp(x: Operand, options: ReductionOptions = {}): Value {
  const value = toFloat(x);
  const greatest = stopGradient(max(value, { ...options, keepdims: true }));
  const shift = where(less(abs(greatest), Infinity), greatest, 0);
  const total = log(sum(exp(subtract(value, shift)), options));
  return add(total, reshape(shift, total.shape));
}
