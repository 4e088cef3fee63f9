import { checkChoice } from '../../../core/checks.ts';
import * as build from '../../../compiler/builder/index.ts';
import type { Operand } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import { cut, iota } from '../numpy/axes.ts';
import {
  type Matrices,
  columnOf,
  identityLike,
  matricesOf,
  product,
  rowIndices,
  rowOf,
  transposed,
} from './matrices.ts';

/**
 * x = Q R with orthogonal Q `[…, m, m]` and upper triangular R `[…, m, n]`, by a reflection for each column (Householder): as in
 * LAPACK, a column that is zero below the diagonal is not reflected.
 */
export function reflect({ value, rows, columns }: Matrices): readonly [q: Value, r: Value] {
  const index = rowIndices(rows);
  const square = { value, rows, columns: rows };
  let r = value;
  let q = build.broadcastTo(identityLike(square), [...value.shape.slice(0, -2), rows, rows]);
  for (let k = 0; k < Math.min(rows - 1, columns); k++) {
    const column = build.where(build.lessEqual(k, index), columnOf(r, k), 0);
    const rest = build.where(build.less(k, index), column, 0);
    const isZero = build.equal(build.sum(build.abs(rest), { axes: [rest.rank - 2], keepDims: true }), 0);
    const squares = build.sum(build.square(column), { axes: [column.rank - 2], keepDims: true });
    const length = build.sqrt(build.where(isZero, 1, squares));
    const head = rowOf(column, k);
    const target = build.where(build.less(head, 0), length, build.negative(length));
    const normal = build.subtract(column, build.where(build.equal(index, k), target, 0));
    const size = build.sum(build.square(normal), { axes: [normal.rank - 2], keepDims: true });
    const factor = build.where(isZero, 0, build.divide(2, build.where(isZero, 1, size)));
    r = build.subtract(r, product(build.multiply(normal, factor), product(transposed(normal), r)));
    q = build.subtract(q, product(product(q, normal), transposed(build.multiply(normal, factor))));
  }
  // What is left below the diagonal is rounding.
  const isUpper = build.lessEqual(index, build.reshape(iota(columns), [1, columns]));
  return [q, build.where(isUpper, r, 0)];
}

/** Options of {@link qr}. */
export interface QrOptions {
  /** The sizes of the factors: min(m, n) inner ones, or m. @default 'reduced' */
  mode?: 'reduced' | 'complete';
}

/**
 * The factors of x = Q R with orthonormal columns of Q and upper triangular R, by Householder's reflections.
 *
 * Shapes: `[…, m, n]` → `[…, m, k]` and `[…, k, n]` with k = min(m, n), or k = m if complete. The smaller of m and n is at most
 * 256.
 *
 * @throws ValueError if x has fewer than two axes, or the matrices are too large; TypeError for an unknown mode.
 * @example
 * await jit((x) => ops.qr(x)[1])([[3, 1], [4, 2]]);   // [[-5, -2.2], [0, 0.4]]
 * @see https://keras.io/api/ops/linalg/#qr-function
 */
export const qr: Symbolic<(x: Operand, options?: QrOptions) => readonly Value[]> = op(
  'linalg.Qr',
  ['x'],
  { mode: 'reduced' },
  (x: Operand, { mode = 'reduced' }: QrOptions = {}): readonly Value[] => {
    checkChoice('ops.qr', 'mode', mode, ['reduced', 'complete']);
    const matrices = matricesOf('ops.qr', x);
    const [q, r] = reflect(matrices);
    const inner = mode === 'complete' ? matrices.rows : Math.min(matrices.rows, matrices.columns);
    return [cut(q, q.rank - 1, 0, inner), cut(r, r.rank - 2, 0, inner)];
  },
);
