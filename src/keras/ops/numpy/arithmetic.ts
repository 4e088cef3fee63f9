import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, toValue, unifyTwo } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type BinaryOp, REQUIRED, type Symbolic, type UnaryOp, op } from '../base/op.ts';

/**
 * −x, element by element.
 * @example
 * await jit((x) => ops.negative(x))([1, -2]);   // [-1, 2]
 * @see https://keras.io/api/ops/numpy/#negative-function
 */
export const negative: UnaryOp = op('numpy.Negative', ['x'], build.negative);

/**
 * |x|, element by element.
 * @example
 * await jit((x) => ops.absolute(x))([1, -2]);   // [1, 2]
 * @see https://keras.io/api/ops/numpy/#absolute-function
 */
export const absolute: UnaryOp = op('numpy.Absolute', ['x'], build.abs);

/**
 * {@link absolute} under its short name, |x|.
 * @example
 * await jit((x) => ops.abs(x))([1, -2]);   // [1, 2]
 * @see https://keras.io/api/ops/numpy/#abs-function
 */
export const abs: UnaryOp = absolute;

/**
 * The sign of each element: −1, 0 or 1, in the type of x.
 * @example
 * await jit((x) => ops.sign(x))([5, 0, -0.5]);   // [1, 0, -1]
 * @see https://keras.io/api/ops/numpy/#sign-function
 */
export const sign: UnaryOp = op('numpy.Sign', ['x'], build.sign);

/**
 * √x, element by element; NaN below 0.
 * @example
 * await jit((x) => ops.sqrt(x))([4, 2]);   // [2, 1.414214]
 * @see https://keras.io/api/ops/numpy/#sqrt-function
 */
export const sqrt: UnaryOp = op('numpy.Sqrt', ['x'], build.sqrt);

/**
 * x², element by element; of booleans, as int32.
 * @example
 * await jit((x) => ops.square(x))([1, 2, 3]);   // [1, 4, 9]
 * @see https://keras.io/api/ops/numpy/#square-function
 */
export const square: UnaryOp = op('numpy.Square', ['x'], (x: Operand): Value => {
  const value = toValue(x);
  return build.square(value.dtype === 'bool' ? castTo(value, 'int32') : value);
});

/**
 * 1 / x, element by element.
 * @example
 * await jit((x) => ops.reciprocal(x))([4, -0.5]);   // [0.25, -2]
 * @see https://keras.io/api/ops/numpy/#reciprocal-function
 */
export const reciprocal: UnaryOp = op('numpy.Reciprocal', ['x'], build.reciprocal);

/**
 * x1 + x2. Operands broadcast by NumPy's rule, and are promoted to the more general of their types.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.add(a, b))([[1], [2]], [10, 20]);   // [[11, 21], [12, 22]]
 * @see https://keras.io/api/ops/numpy/#add-function
 */
export const add: BinaryOp = op('numpy.Add', ['x1', 'x2'], build.add);

/**
 * x1 − x2; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.subtract(a, b))([1, 2], [10, 10]);   // [-9, -8]
 * @see https://keras.io/api/ops/numpy/#subtract-function
 */
export const subtract: BinaryOp = op('numpy.Subtract', ['x1', 'x2'], build.subtract);

/**
 * x1 · x2, element by element; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.multiply(a, b))([1, 2], 3);   // [3, 6]
 * @see https://keras.io/api/ops/numpy/#multiply-function
 */
export const multiply: BinaryOp = op('numpy.Multiply', ['x1', 'x2'], build.multiply);

/**
 * x1 / x2, in a floating type; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.divide(a, b))([1, -2, 0], [4, 0, 0]);   // [0.25, -Infinity, NaN]
 * @see https://keras.io/api/ops/numpy/#divide-function
 */
export const divide: BinaryOp = op('numpy.Divide', ['x1', 'x2'], build.divide);

/**
 * {@link divide} under NumPy's other name, x1 / x2.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.trueDivide(a, b))([1, 2], 4);   // [0.25, 0.5]
 * @see https://keras.io/api/ops/numpy/#true_divide-function
 */
export const trueDivide: BinaryOp = op('numpy.TrueDivide', ['x1', 'x2'], build.divide);

/**
 * x1 / x2, and 0 where x2 is 0, with a gradient of 0 there; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.divideNoNan(a, b))([1, 1], [4, 0]);   // [0.25, 0]
 * @see https://keras.io/api/ops/numpy/#divide_no_nan-function
 */
export const divideNoNan: BinaryOp = op('numpy.DivideNoNan', ['x1', 'x2'], (x1: Operand, x2: Operand): Value => {
  const [x, y] = unifyTwo(x1, x2).map(toFloat) as [Value, Value];
  const isNonzero = build.notEqual(y, 0);
  return build.where(isNonzero, divide(x, build.where(isNonzero, y, 1)), 0);
});

/**
 * x1 to the power x2; operands broadcast. A negative base with a fractional exponent gives NaN.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.power(a, b))([2, 3], [3, 2]);   // [8, 9]
 * @see https://keras.io/api/ops/numpy/#power-function
 */
export const power: BinaryOp = op('numpy.Power', ['x1', 'x2'], build.power);

/**
 * The element-wise maximum of x1 and x2; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.maximum(a, b))([1, 5], [3, 3]);   // [3, 5]
 * @see https://keras.io/api/ops/numpy/#maximum-function
 */
export const maximum: BinaryOp = op('numpy.Maximum', ['x1', 'x2'], build.maximum);

/**
 * The element-wise minimum of x1 and x2; operands broadcast.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.minimum(a, b))([1, 5], [3, 3]);   // [1, 3]
 * @see https://keras.io/api/ops/numpy/#minimum-function
 */
export const minimum: BinaryOp = op('numpy.Minimum', ['x1', 'x2'], build.minimum);

/**
 * min(max(x, xMin), xMax): x restricted to [xMin, xMax]. The bounds broadcast; on symbolic tensors they are numbers.
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((x) => ops.clip(x, 0, 6))([-1, 3, 9]);   // [0, 3, 6]
 * @see https://keras.io/api/ops/numpy/#clip-function
 */
export const clip: Symbolic<(x: Operand, xMin: Operand, xMax: Operand) => Value> = op(
  'numpy.Clip',
  ['x'],
  { xMin: REQUIRED, xMax: REQUIRED },
  (x: Operand, xMin: Operand, xMax: Operand): Value => build.minimum(build.maximum(x, xMin), xMax),
);

/**
 * The matrix product over the last two axes; the axes before them broadcast.
 *
 *     y[…, i, j] = Σₖ x1[…, i, k] · x2[…, k, j]
 *
 * Shapes: (…, m, k) × (…, k, n) → (…, m, n). An operand of rank 1 is a row (on the left) or a column (on the right),
 * whose axis of size 1 is removed from the result.
 *
 * @throws ValueError if the inner sizes differ, or the axes before them do not broadcast.
 * @example
 * await jit((a, b) => ops.matmul(a, b))([[1, 2], [3, 4]], [10, 1]);   // [12, 34]
 * @see https://keras.io/api/ops/numpy/#matmul-function
 */
export const matmul: BinaryOp = op('numpy.Matmul', ['x1', 'x2'], (x1: Operand, x2: Operand): Value => {
  const [a, b] = unifyTwo(x1, x2);
  const isNarrow = a.dtype === 'uint8' || a.dtype === 'bool';
  // The engine multiplies no small integers: as in Keras, the result has their type, and wraps around or is true.
  return isNarrow ? castTo(build.matmul(castTo(a, 'int32'), castTo(b, 'int32')), a.dtype) : build.matmul(a, b);
});
