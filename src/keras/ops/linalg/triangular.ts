import { ValueError } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, unifyTwo } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import {
  type Matrices,
  below,
  columnOf,
  identityLike,
  join,
  product,
  rowIndices,
  rowOf,
  squareOf,
  transposed,
} from './matrices.ts';

/** The lower or the upper triangle of matrices, with the diagonal. */
export function triangleOf(matrices: Matrices, lower: boolean): Value {
  const mask = lower ? build.subtract(1, transposed(below(matrices))) : build.subtract(1, below(matrices));
  return build.where(mask, matrices.value, 0);
}

/** a⁻¹ b for triangular a by substitution: each row of the solution is subtracted from all others that need it. */
function substitute(a: Value, b: Value, size: number, lower: boolean): Value {
  const order = Array.from({ length: size }, (_, i) => (lower ? i : size - 1 - i));
  let rest = b;
  const solved: Value[] = [];
  for (const i of order) {
    const pivot = rowOf(columnOf(a, i), i);
    const row = build.divide(rowOf(rest, i), pivot);
    solved.push(row);
    rest = build.subtract(rest, build.multiply(columnOf(a, i), row));
  }
  return join(lower ? solved : solved.reverse(), -2);
}

/** a⁻¹ b for triangular a; the other triangle is not read. */
export function solveTriangle(matrices: Matrices, b: Value, lower: boolean): Value {
  const { value: a, rows } = matrices;
  const x = substitute(triangleOf(matrices, lower), b, rows, lower);
  // With z = a⁻ᵀ dx: db = z, da = −z xᵀ.
  const name = `solveTriangular ${lower ? 'lower' : 'upper'}`;
  const solved = build.withGradient(name, x, [a, b], (dx, needs) => {
    const z = solveTriangle({ ...matrices, value: transposed(a) }, dx, !lower);
    const da = build.negative(product(z, transposed(solved)));
    return [needs[0] === true ? triangleOf({ ...matrices, value: da }, lower) : null, z];
  });
  return solved;
}

/** The right-hand sides as matrices: a vector for each matrix becomes a column. */
export function rightHandSides(who: string, a: Value, b: Value): readonly [sides: Value, isVector: boolean] {
  const isVector = b.rank === a.rank - 1;
  const sides = isVector ? build.reshape(b, [...b.shape, 1]) : b;
  if (sides.rank === a.rank && sides.shape.at(-2) === a.shape.at(-2)) return [sides, isVector];
  throw new ValueError(
    `[${who}] b must have a right-hand side for each matrix, of as many rows. Received: shapes ${showShape(a.shape)} and ${showShape(b.shape)}.`,
  );
}

/** Options of {@link solveTriangular}. */
export interface SolveTriangularOptions {
  /** Whether a is lower triangular; the other triangle is not read. @default false */
  lower?: boolean;
}

/**
 * The solution x of a x = b for triangular matrices a.
 *
 * Shapes: a `[…, n, n]`, b `[…, n, m]` or `[…, n]`, as the result. n is at most 256.
 *
 * @throws ValueError if the matrices are not square or too large, or b does not fit.
 * @example
 * await jit((b) => ops.solveTriangular([[2, 0], [1, 1]], b, { lower: true }))([4, 5]);   // [2, 3]
 * @see https://keras.io/api/ops/linalg/#solve_triangular-function
 */
export const solveTriangular: Symbolic<(a: Operand, b: Operand, options?: SolveTriangularOptions) => Value> = op(
  'linalg.SolveTriangular',
  ['a', 'b'],
  { lower: false },
  (a: Operand, b: Operand, { lower = false }: SolveTriangularOptions = {}): Value => {
    const [left, right] = unifyTwo(a, b).map(toFloat) as [Value, Value];
    const matrices = squareOf('ops.solveTriangular', left);
    const [sides] = rightHandSides('ops.solveTriangular', left, right);
    return build.reshape(solveTriangle(matrices, sides, lower), right.shape);
  },
);

/** Options of {@link cholesky} and {@link choleskyInverse}. */
export interface CholeskyOptions {
  /** Whether the factor is upper triangular. @default false */
  upper?: boolean;
}

/** The lower factor, column by column: each is subtracted from the rest of the matrix as a product of rank 1. */
function factorize({ value, rows }: Matrices): Value {
  let rest = value;
  const columns: Value[] = [];
  for (let j = 0; j < rows; j++) {
    const pivot = build.sqrt(rowOf(columnOf(rest, j), j));
    const isPart = castTo(build.lessEqual(j, rowIndices(rows)), value.dtype);
    const column = build.where(isPart, build.divide(columnOf(rest, j), pivot), 0);
    columns.push(column);
    rest = build.subtract(rest, product(column, transposed(column)));
  }
  return join(columns, -1);
}

/**
 * The Cholesky factor of symmetric positive-definite matrices: the lower triangular L with x = L Lᵀ, or the upper U with
 * x = Uᵀ U. NaN where a matrix is not positive definite.
 *
 * Shapes: `[…, n, n]`, as x. n is at most 256.
 *
 * @throws ValueError if the matrices are not square or too large.
 * @example
 * await jit((x) => ops.cholesky(x))([[4, 2], [2, 5]]);   // [[2, 0], [1, 2]]
 * @see https://keras.io/api/ops/linalg/#cholesky-function
 */
export const cholesky: Symbolic<(x: Operand, options?: CholeskyOptions) => Value> = op(
  'linalg.Cholesky',
  ['x'],
  { upper: false },
  function cholesky(x: Operand, { upper = false }: CholeskyOptions = {}): Value {
    const matrices = squareOf('ops.cholesky', x);
    // Both triangles are read, as in JAX: the matrix is made symmetric.
    const symmetric = build.multiply(build.add(matrices.value, transposed(matrices.value)), 0.5);
    const factor = factorize({ ...matrices, value: symmetric });
    // With P = Φ(Lᵀ dL), the lower triangle with half of the diagonal: dx = L⁻ᵀ (P + Pᵀ) L⁻¹ / 2 (Murray, 2016).
    const lower: Value = build.withGradient('cholesky', factor, [symmetric], (dl) => {
      const halved = build.subtract(
        triangleOf({ ...matrices, value: product(transposed(lower), dl) }, true),
        build.multiply(product(transposed(lower), dl), build.multiply(identityLike(matrices), 0.5)),
      );
      const both = build.multiply(build.add(halved, transposed(halved)), 0.5);
      const upperFactor = { ...matrices, value: transposed(lower) };
      const half = solveTriangle(upperFactor, both, false);
      return [transposed(solveTriangle(upperFactor, transposed(half), false))];
    });
    return upper ? transposed(lower) : lower;
  },
);

/**
 * The inverse of the symmetric positive-definite matrices with the given Cholesky factors.
 *
 * Shapes: `[…, n, n]`, as x. n is at most 256.
 *
 * @throws ValueError if the matrices are not square or too large.
 * @example
 * await jit((x) => ops.choleskyInverse(x))([[2, 0], [0, 4]]);   // [[0.25, 0], [0, 0.0625]]
 * @see https://keras.io/api/ops/linalg/
 */
export const choleskyInverse: Symbolic<(x: Operand, options?: CholeskyOptions) => Value> = op(
  'linalg.CholeskyInverse',
  ['x'],
  { upper: false },
  (x: Operand, { upper = false }: CholeskyOptions = {}): Value => {
    const matrices = squareOf('ops.choleskyInverse', x);
    const identity = build.broadcastTo(identityLike(matrices), matrices.value.shape);
    const inverse = solveTriangle(matrices, identity, !upper);
    return upper ? product(inverse, transposed(inverse)) : product(transposed(inverse), inverse);
  },
);
