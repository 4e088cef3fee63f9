import { ValueError } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, unifyTwo } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import { cut } from '../numpy/axes.ts';
import { type Matrices, matricesOf, product, transposed } from './matrices.ts';
import { decompose } from './spectral.ts';

const { add, multiply, subtract, where } = build;

/** The distance from 1 to the next number of a type. */
const epsilonOf = ({ dtype }: Value): number => (dtype === 'float64' ? 2 ** -52 : 2 ** -23);

/** The pseudoinverse: singular values up to `share` of the largest one count as zero. */
function invertOrdinary(matrices: Matrices, share: number): Value {
  const { value, rows, columns } = matrices;
  const count = Math.min(rows, columns);
  const { u, s, v } = decompose(matrices);
  const largest = build.max(s, { axes: [s.rank - 1], keepDims: true });
  const counts = build.less(multiply(largest, share), s);
  const inverse = where(counts, build.divide(1, where(counts, s, 1)), 0);
  const scaled = multiply(cut(v, v.rank - 1, 0, count), build.reshape(inverse, [...s.shape.slice(0, -1), 1, count]));
  const found = product(scaled, transposed(cut(u, u.rank - 1, 0, count)));
  // With P = x⁺ and G = dP: dx = −Pᵀ G Pᵀ + (I − x P) Gᵀ P Pᵀ + Pᵀ P Gᵀ (I − P x) (Golub and Pereyra, 1973).
  const p: Value = build.withGradient('pinv', found, [value], (g) => {
    const [pt, gt] = [transposed(p), transposed(g)];
    const first = product(product(pt, g), pt);
    const left = product(gt, product(p, pt));
    const right = product(product(pt, p), gt);
    const second = subtract(left, product(value, product(p, left)));
    const third = subtract(right, product(product(right, p), value));
    return [add(subtract(second, first), third)];
  });
  return p;
}

/** Options of {@link pinv} and {@link lstsq}. */
export interface ConditionOptions {
  /** Singular values up to this share of the largest one count as zero. @default null, a few units in the last place */
  rcond?: number | null;
}

/**
 * The Moore–Penrose pseudoinverse of matrices, V diag(1/s) Uᵀ over the singular values that are not zero.
 *
 * Shapes: `[…, m, n]` → `[…, n, m]`. The smaller of m and n is at most 64.
 *
 * @throws ValueError if x has fewer than two axes, or the matrices are too large.
 * @example
 * await jit((x) => ops.pinv(x))([[2, 0], [0, 0]]);   // [[0.5, 0], [0, 0]]
 * @see https://keras.io/api/ops/linalg/
 */
export const pinv: Symbolic<(x: Operand, options?: ConditionOptions) => Value> = op(
  'linalg.Pinv',
  ['x'],
  { rcond: null },
  (x: Operand, { rcond = null }: ConditionOptions = {}): Value => {
    const matrices = matricesOf('ops.pinv', x);
    const largest = Math.max(matrices.rows, matrices.columns);
    return invertOrdinary(matrices, rcond ?? 10 * largest * epsilonOf(matrices.value));
  },
);

/**
 * The x of least length among those that minimize ‖a x − b‖.
 *
 * Shapes: a `[m, n]`, b `[m]` or `[m, k]` → `[n]` or `[n, k]`. The smaller of m and n is at most 64.
 *
 * @throws ValueError if the shapes do not fit, or a is too large.
 * @example
 * await jit((a, b) => ops.lstsq(a, b))([[1, 0], [1, 1], [1, 2]], [1, 3, 5]);   // [1, 2]
 * @see https://keras.io/api/ops/linalg/#lstsq-function
 */
export const lstsq: Symbolic<(a: Operand, b: Operand, options?: ConditionOptions) => Value> = op(
  'linalg.Lstsq',
  ['a', 'b'],
  { rcond: null },
  (a: Operand, b: Operand, { rcond = null }: ConditionOptions = {}): Value => {
    const [left, right] = unifyTwo(a, b).map(toFloat) as [Value, Value];
    const matrices = matricesOf('ops.lstsq', left);
    const fits = left.rank === 2 && (right.rank === 1 || right.rank === 2) && right.shape[0] === matrices.rows;
    if (!fits) {
      throw new ValueError(
        `[ops.lstsq] a and b must have the shapes [m, n], and [m] or [m, k]. Received: shapes ${showShape(left.shape)} and ${showShape(right.shape)}.`,
      );
    }
    const share = rcond ?? Math.max(matrices.rows, matrices.columns) * epsilonOf(left);
    return build.matmul(invertOrdinary(matrices, share), right);
  },
);

/** Options of {@link matrixRank}. */
export interface MatrixRankOptions {
  /** Singular values up to this one count as zero. @default null, max(m, n) units in the last place of the largest */
  tol?: number | null;
}

/**
 * The int32 number of singular values of matrices that are not zero.
 *
 * Shapes: `[…, m, n]` → `[…]`. The smaller of m and n is at most 64.
 *
 * @throws ValueError if x has fewer than two axes, or the matrices are too large.
 * @example
 * await jit((x) => ops.matrixRank(x))([[1, 2], [2, 4]]);   // 1
 * @see https://keras.io/api/ops/linalg/
 */
export const matrixRank: Symbolic<(x: Operand, options?: MatrixRankOptions) => Value> = op(
  'linalg.MatrixRank',
  ['x'],
  { tol: null },
  (x: Operand, { tol = null }: MatrixRankOptions = {}): Value => {
    const matrices = matricesOf('ops.matrixRank', x);
    const { s } = decompose(matrices);
    const largest = build.max(s, { axes: [s.rank - 1], keepDims: true });
    const share = Math.max(matrices.rows, matrices.columns) * epsilonOf(matrices.value);
    const limit = tol === null ? multiply(largest, share) : tol;
    return build.sum(castTo(build.less(limit, s), 'int32'), { axes: [s.rank - 1] });
  },
);
