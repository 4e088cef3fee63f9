import { checkValues } from '../base/check-values.ts';
import { ValueError } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, toValue } from '../../../compiler/builder/operand.ts';
import { type Value, isValue } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import { cut } from './axes.ts';
import { arctan2 } from './trigonometric.ts';

/** Complex numbers: their real and their imaginary parts, of one shape. There is no complex type of elements. */
export type Complex = readonly [real: Value, imaginary: Value];

/** Whether an argument is a pair of values, not an array of numbers. */
const isComplex = (x: Operand | Complex): x is Complex => Array.isArray(x) && x.length === 2 && x.every(isValue);

type PartOp = Symbolic<(x: Operand | Complex) => Value>;

/**
 * The real parts of complex numbers; of real ones the numbers.
 * @example
 * await jit((x) => ops.real(x))([1, -2]);   // [1, -2]
 * await jit((x) => ops.real(ops.viewAsComplex(x)))([[1, 2], [3, 4]]);   // [1, 3]
 * @see https://keras.io/api/ops/numpy/#real-function
 */
export const real: PartOp = op('numpy.Real', ['x'], (x: Operand | Complex): Value =>
  isComplex(x) ? x[0] : toValue(x),
);

/**
 * The imaginary parts of complex numbers; of real ones 0.
 * @example
 * await jit((x) => ops.imag(x))([1, -2]);   // [0, 0]
 * await jit((x) => ops.imag(ops.viewAsComplex(x)))([[1, 2], [3, 4]]);   // [2, 4]
 * @see https://keras.io/api/ops/numpy/#imag-function
 */
export const imag: PartOp = op('numpy.Imag', ['x'], (x: Operand | Complex): Value =>
  isComplex(x) ? x[1] : build.fullLike(x, 0),
);

/**
 * The angles of complex numbers to the positive real axis, in radians: arctan2(imaginary, real). Of real numbers, π for
 * negative ones and 0 for others.
 * @example
 * await jit((x) => ops.angle(x))([1, -2]);   // [0, 3.141593]
 * @see https://keras.io/api/ops/numpy/#angle-function
 */
export const angle: PartOp = op('numpy.Angle', ['x'], (x: Operand | Complex): Value => {
  if (isComplex(x)) return arctan2(x[1], x[0]);
  const value = toFloat(x);
  // −0 has the angle of negative numbers; only its reciprocal tells it from 0.
  const isNegative = build.logicalOr(build.less(value, 0), build.equal(build.reciprocal(value), -Infinity));
  const found = build.where(isNegative, build.fullLike(value, Math.PI), 0);
  return build.where(build.isNaN(value), build.stopGradient(value), found);
});

/** The signatures of {@link conjugate}. */
export interface ConjugateFunction {
  (x: Complex): Complex;
  (x: Operand): Value;
}

const conjugated = (x: Operand | Complex): Value | Complex =>
  isComplex(x) ? [x[0], build.negative(x[1])] : toValue(x);

/**
 * Complex numbers with their imaginary parts negated; of real ones the numbers.
 * @example
 * await jit((x) => ops.conjugate(x))([1, -2]);   // [1, -2]
 * @see https://keras.io/api/ops/numpy/#conjugate-function
 */
export const conjugate: Symbolic<ConjugateFunction> = op('numpy.Conjugate', ['x'], function conjugate(
  x: Operand | Complex,
) {
  return conjugated(x);
} as ConjugateFunction);

/**
 * {@link conjugate} under NumPy's other name.
 * @example
 * await jit((x) => ops.conj(x))([1, -2]);   // [1, -2]
 * @see https://keras.io/api/ops/numpy/#conj-function
 */
export const conj: Symbolic<ConjugateFunction> = conjugate;

/**
 * True where the imaginary part is 0: for all real numbers.
 * @example
 * await jit((x) => ops.isreal(x))([1, NaN]);   // [1, 1]
 * @see https://keras.io/api/ops/numpy/
 */
export const isreal: PartOp = op('numpy.Isreal', ['x'], (x: Operand | Complex): Value => {
  if (isComplex(x)) return build.equal(x[1], 0);
  const value = toValue(x);
  return build.broadcastTo(castTo(toValue(1), 'bool'), value.shape);
});

/**
 * Pairs of real and imaginary parts on the last axis as complex numbers.
 *
 * Shapes: `[…, 2]` → two values of `[…]`.
 *
 * @throws ValueError if the last axis has not size 2.
 * @example
 * await jit((x) => ops.imag(ops.viewAsComplex(x)))([[1, 2], [3, 4]]);   // [2, 4]
 * @see https://keras.io/api/ops/core/
 */
export function viewAsComplex(x: Operand): Complex {
  const value = toValue(x);
  if (value.shape.at(-1) !== 2) {
    throw new ValueError(
      `[ops.viewAsComplex] the last axis must have size 2. Received: shape ${showShape(value.shape)}.`,
    );
  }
  const part = (i: number): Value => build.reshape(cut(value, value.rank - 1, i, i + 1), value.shape.slice(0, -1));
  return [part(0), part(1)];
}

/**
 * Complex numbers as pairs of real and imaginary parts on a new last axis.
 *
 * Shapes: two values of `[…]` → `[…, 2]`.
 *
 * @example
 * await jit((x) => ops.viewAsReal(ops.viewAsComplex(x)))([[1, 2], [3, 4]]);   // [[1, 2], [3, 4]]
 * @see https://keras.io/api/ops/core/
 */
export function viewAsReal(x: Complex): Value {
  const [re, im] = checkValues('ops.viewAsReal', 'x', x).map((part) => toValue(part));
  if (re === undefined || im === undefined) {
    throw new ValueError(
      '[ops.viewAsReal] x must be a pair of real and imaginary parts. Received: fewer than two parts.',
    );
  }
  return build.concatenate([build.reshape(re, [...re.shape, 1]), build.reshape(im, [...im.shape, 1])], re.rank);
}

/**
 * Complex numbers from their absolute values and angles, r · (cos φ + i sin φ).
 * @throws ValueError if the shapes do not broadcast.
 * @example
 * await jit((r, phi) => ops.real(ops.polar(r, phi)))([2], [0]);   // [2]
 * @see https://keras.io/api/ops/nn/
 */
export function polar(absolute: Operand, phi: Operand): Complex {
  return [build.multiply(absolute, build.cos(phi)), build.multiply(absolute, build.sin(phi))];
}
