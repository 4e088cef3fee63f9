import type { Value } from '../../compiler/graph/value.ts';
import { abs, divide, equal, isnan, less, logicalNot, notEqual, where } from './elementwise.ts';
import { type Operand, castTo, toFloat, toValue, unifyTwo } from './operand.ts';

/** The largest finite number of a floating type. */
const LARGEST: Readonly<Record<string, number>> = { float32: 3.4028234663852886e38, float64: Number.MAX_VALUE };

/**
 * True where x is neither infinite nor NaN. Truth values are 0 and 1.
 * @example
 * await jit((x) => ops.isfinite(x))([1, Infinity, NaN]);   // [1, 0, 0]
 * @see https://keras.io/api/ops/numpy/#isfinite-function
 */
export const isfinite = (x: Operand): Value => less(abs(toFloat(x)), Infinity);

/**
 * True where x is infinite. Truth values are 0 and 1.
 * @example
 * await jit((x) => ops.isinf(x))([1, -Infinity, NaN]);   // [0, 1, 0]
 * @see https://keras.io/api/ops/numpy/#isinf-function
 */
export const isinf = (x: Operand): Value => equal(abs(toFloat(x)), Infinity);

/**
 * Whether one of a and b holds, and not both; all but 0 holds. Operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.logicalXor(a, b))([1, 1, 0], [1, 0, 0]);   // [0, 1, 0]
 * @see https://keras.io/api/ops/numpy/#logical_xor-function
 */
export function logicalXor(a: Operand, b: Operand): Value {
  const [x, y] = [a, b].map((operand) => castTo(castTo(toValue(operand), 'bool'), 'int32')) as [Value, Value];
  return notEqual(x, y);
}

/**
 * x with a number in the place of NaN, and in that of infinities, the largest of the type unless others are given.
 * @example
 * await jit((x) => ops.nanToNum(x, 0, 9, -9))([1, NaN, Infinity, -Infinity]);   // [1, 0, 9, -9]
 * @see https://keras.io/api/ops/numpy/#nan_to_num-function
 */
export function nanToNum(x: Operand, nan = 0, posinf: number | null = null, neginf: number | null = null): Value {
  const value = toFloat(x);
  const largest = LARGEST[value.dtype] ?? Infinity;
  const above = where(equal(value, Infinity), posinf ?? largest, value);
  const finite = where(equal(value, -Infinity), neginf ?? -largest, above);
  return where(isnan(value), nan, finite);
}

/**
 * a / b, and 0 where b is 0, with a gradient of 0 there; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.divideNoNan(a, b))([1, 1], [4, 0]);   // [0.25, 0]
 * @see https://keras.io/api/ops/numpy/#divide_no_nan-function
 */
export function divideNoNan(a: Operand, b: Operand): Value {
  const [x, y] = unifyTwo(a, b).map(toFloat) as [Value, Value];
  const counts = logicalNot(equal(y, 0));
  return where(counts, divide(x, where(counts, y, 1)), 0);
}
