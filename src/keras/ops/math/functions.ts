import { ValueError } from '../../../core/errors.ts';
import { compatible, showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, toFloat, unifyTwo } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type BinaryOp, type UnaryOp, op } from '../base/op.ts';
import { type ReductionOp, type ReductionOptions, max, sum } from '../numpy/reductions.ts';

/**
 * The error function, 2/√π ∫₀ˣ e^(−t²) dt.
 * @example
 * await jit((x) => ops.erf(x))([0, 1]);   // [0, 0.842701]
 * @see https://keras.io/api/ops/core/#erf-function
 */
export const erf: UnaryOp = op('math.Erf', ['x'], build.erf);

/**
 * 1 / √x, element by element.
 * @example
 * await jit((x) => ops.rsqrt(x))([4, 0.25]);   // [0.5, 2]
 * @see https://keras.io/api/ops/core/#rsqrt-function
 */
export const rsqrt: UnaryOp = op('math.Rsqrt', ['x'], (x: Operand): Value => build.reciprocal(build.sqrt(x)));

/**
 * ln Σ eˣ over axes, without overflow.
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.logsumexp(x, { axis: -1 }))([[0, 0], [1000, 1000]]);   // [0.693147, 1000.693]
 * @see https://keras.io/api/ops/core/#logsumexp-function
 */
export const logsumexp: ReductionOp = op(
  'math.Logsumexp',
  ['x'],
  { axis: null, keepdims: false },
  (x: Operand, options: ReductionOptions = {}): Value => {
    const value = toFloat(x);
    const maximum = build.stopGradient(max(value, { ...options, keepdims: true }));
    // An infinite maximum would make the differences NaN.
    const shift = build.where(build.less(build.abs(maximum), Infinity), maximum, 0);
    const total = build.log(sum(build.exp(build.subtract(value, shift)), options));
    return build.add(total, build.reshape(shift, total.shape));
  },
);

/** The complementary error function of x ≥ 0, with a relative error below 1.2 · 10⁻⁷ (Numerical Recipes, 6.2). */
const ERFC = [
  0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
  -1.26551223,
];

/**
 * The complementary error function, 1 − erf x, which is exact for large x too.
 * @example
 * await jit((x) => ops.erfc(x))([0, 1]);   // ≈ [1, 0.157299]
 * @see https://keras.io/api/ops/core/
 */
export const erfc: UnaryOp = op('math.Erfc', ['x'], (x: Operand): Value => {
  const value = toFloat(x);
  const size = build.abs(value);
  const t = build.reciprocal(build.add(1, build.multiply(size, 0.5)));
  const [first = 0, ...rest] = ERFC;
  const exponent = rest.reduce<Value>(
    (sum, coefficient) => build.add(build.multiply(sum, t), coefficient),
    build.fullLike(t, first),
  );
  const tail = build.multiply(t, build.exp(build.subtract(exponent, build.square(size))));
  // Near 0 the difference is exact; beyond, both sides come from the tail.
  const far = build.where(build.less(value, 0), build.subtract(2, tail), tail);
  const found = build.where(build.less(size, 0.5), build.subtract(1, build.erf(value)), far);
  return build.withGradient('erfc', found, [value], (dy) => [
    build.multiply(dy, build.multiply(build.exp(build.negative(build.square(value))), -2 / Math.sqrt(Math.PI))),
  ]);
});

/** Giles (2010): erf⁻¹(x) / x in w − 2.5 for w = −ln(1 − x²) < 5, and in √w − 3 for the others. */
const ERFINV_NEAR = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
  0.246640727, 1.50140941,
];
const ERFINV_FAR = [
  -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
  1.00167406, 2.83297682,
];

/**
 * The inverse of the error function: the y with erf y = x. ±∞ at ±1, NaN beyond.
 * @example
 * await jit((x) => ops.erfinv(x))([0, 0.5]);   // ≈ [0, 0.476936]
 * @see https://keras.io/api/ops/core/
 */
export const erfinv: UnaryOp = op('math.Erfinv', ['x'], (x: Operand): Value => {
  const value = toFloat(x);
  const w = build.negative(build.log(build.multiply(build.subtract(1, value), build.add(1, value))));
  const polynomial = ([first = 0, ...rest]: readonly number[], at: Value): Value =>
    rest.reduce<Value>(
      (sum, coefficient) => build.add(build.multiply(sum, at), coefficient),
      build.fullLike(at, first),
    );
  const isNear = build.less(w, 5);
  const near = polynomial(ERFINV_NEAR, build.subtract(build.where(isNear, w, 2.5), 2.5));
  const far = polynomial(ERFINV_FAR, build.subtract(build.sqrt(build.where(isNear, 9, w)), 3));
  const rough = build.multiply(value, build.where(isNear, near, far));
  // A step of Newton's method, where erf is not close to ±1.
  const slope = build.multiply(build.exp(build.negative(build.square(rough))), 2 / Math.sqrt(Math.PI));
  const improved = build.subtract(rough, build.divide(build.subtract(build.erf(rough), value), slope));
  const refined = build.where(build.less(build.abs(value), 0.9), improved, rough);
  const limit = build.multiply(build.sign(value), Infinity);
  const found = build.where(build.equal(build.abs(value), 1), limit, refined);
  const y: Value = build.withGradient('erfinv', found, [value], (dy) => [
    build.multiply(dy, build.multiply(build.exp(build.square(y)), Math.sqrt(Math.PI) / 2)),
  ]);
  return y;
});

/**
 * The Euclidean distances of all pairs of points.
 *
 * Shapes: x `[…, m, d]` and y `[…, n, d]` → `[…, m, n]`; leading axes broadcast.
 *
 * @throws ValueError if an operand has fewer than two axes, or the sizes of the last axes differ.
 * @example
 * await jit((x, y) => ops.cdist(x, y))([[0, 0], [3, 0]], [[0, 4]]);   // [[4], [5]]
 * @see https://keras.io/api/ops/core/
 */
export const cdist: BinaryOp = op('math.CDist', ['x', 'y'], function cdist(x: Operand, y: Operand): Value {
  const [a, b] = unifyTwo(x, y).map(toFloat) as [Value, Value];
  if (a.rank < 2 || b.rank < 2 || !compatible([a.shape.at(-1) ?? null], [b.shape.at(-1) ?? null])) {
    throw new ValueError(
      `[ops.cdist] x and y must have at least two axes, the last ones of one size. Received: shapes ${showShape(a.shape)} and ${showShape(b.shape)}.`,
    );
  }
  const left = build.reshape(a, a.shape.toSpliced(-1, 0, 1));
  const right = build.reshape(b, b.shape.toSpliced(-2, 0, 1));
  const differences = build.subtract(left, right);
  return build.sqrt(build.sum(build.square(differences), { axes: [differences.rank - 1] }));
});
