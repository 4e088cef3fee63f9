import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat, unifyTwo } from '../../../compiler/builder/operand.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import { createNode } from '../../../compiler/graph/node.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, type UnaryOp, op } from '../base/op.ts';
import { cut } from '../numpy/axes.ts';
import { prod } from '../numpy/reductions.ts';
import {
  type Matrices,
  columnOf,
  diagonalsOf,
  identityLike,
  join,
  matricesOf,
  product,
  rowIndices,
  rowOf,
  squareOf,
  transposed,
} from './matrices.ts';
import { rightHandSides } from './triangular.ts';

const { multiply, subtract, where } = build;

/** The index of the largest entry of the k-th column at or below row k, `[…, 1, 1]` as int32. */
function pivotOf(matrix: Value, k: number, rows: number): Value {
  const sizes = where(build.lessEqual(k, rowIndices(rows)), build.abs(columnOf(matrix, k)), -1);
  const [place] = createNode('argMax', [sizes], { axis: sizes.rank - 2, keepDims: true });
  return place;
}

/** The row of each matrix at an index `[…, 1, 1]`. */
function rowAt(matrix: Value, place: Value, rows: number): Value {
  const isRow = build.equal(rowIndices(rows), place);
  return build.sum(where(isRow, matrix, 0), { axes: [matrix.rank - 2], keepDims: true });
}

/** The matrices with rows k and `place` exchanged, exactly. */
function swapRows(matrix: Value, k: number, place: Value, rows: number): Value {
  const [atK, atPlace] = [rowOf(matrix, k), rowAt(matrix, place, rows)];
  const index = rowIndices(rows);
  const withoutPlace = where(build.equal(index, place), atK, matrix);
  return where(build.equal(index, k), atPlace, withoutPlace);
}

interface Factorization {
  /** The upper factor, and below it the lower one without its diagonal of ones. */
  readonly factors: Value;
  /** For each column, the row that was exchanged with the row of its index, `[…, columns]` as int32. */
  readonly pivots: Value;
}

/** Gaussian elimination with partial pivoting. */
function eliminate({ value, rows, columns }: Matrices): Factorization {
  let matrix = value;
  const pivots: Value[] = [];
  for (let k = 0; k < Math.min(rows, columns); k++) {
    const place = pivotOf(matrix, k, rows);
    pivots.push(build.reshape(place, [...value.shape.slice(0, -2), 1]));
    matrix = swapRows(matrix, k, place, rows);
    const pivot = rowOf(columnOf(matrix, k), k);
    const isBelow = build.less(k, rowIndices(rows));
    const isZero = build.equal(pivot, 0);
    const ratios = where(isZero, 0, build.divide(columnOf(matrix, k), where(isZero, 1, pivot)));
    const factors = where(isBelow, ratios, 0);
    const isRight = build.less(
      k,
      build.reshape(
        Int32Array.from({ length: columns }, (_, i) => i),
        [1, columns],
      ),
    );
    const change = where(isRight, multiply(factors, rowOf(matrix, k)), 0);
    const isColumn = build.equal(
      k,
      build.reshape(
        Int32Array.from({ length: columns }, (_, i) => i),
        [1, columns],
      ),
    );
    matrix = where(build.logicalAnd(isBelow, isColumn), ratios, subtract(matrix, change));
  }
  return { factors: matrix, pivots: join(pivots, -1) };
}

/**
 * The factors of P x = L U by Gaussian elimination with partial pivoting: a matrix with U on and above its diagonal and L,
 * without its ones, below; and for each column the row that was exchanged with the row of its index.
 *
 * Shapes: `[…, m, n]` → `[…, m, n]` and int32 `[…, min(m, n)]`. The smaller of m and n is at most 256.
 *
 * @throws ValueError if x has fewer than two axes, or the matrices are too large.
 * @example
 * await jit((x) => ops.luFactor(x)[0])([[1, 2], [2, 2]]);   // [[2, 2], [0.5, 1]]
 * await jit((x) => ops.luFactor(x)[1])([[1, 2], [2, 2]]);   // [1, 1]
 * @see https://keras.io/api/ops/linalg/#lu_factor-function
 */
export const luFactor: Symbolic<(x: Operand) => readonly Value[]> = op(
  'linalg.LuFactor',
  ['x'],
  (x: Operand): readonly Value[] => {
    const { factors, pivots } = eliminate(matricesOf('ops.luFactor', x));
    return [factors, pivots];
  },
);

/** a⁻¹ b by the elimination of all other entries of each column (Gauss–Jordan), with partial pivoting. */
function eliminateAll(a: Value, b: Value, rows: number): Value {
  let matrix = build.concatenate([a, b], a.rank - 1);
  for (let k = 0; k < rows; k++) {
    matrix = swapRows(matrix, k, pivotOf(matrix, k, rows), rows);
    const row = build.divide(rowOf(matrix, k), rowOf(columnOf(matrix, k), k));
    const eliminated = subtract(matrix, multiply(columnOf(matrix, k), row));
    matrix = where(build.equal(rowIndices(rows), k), row, eliminated);
  }
  return cut(matrix, matrix.rank - 1, rows, rows + (b.shape.at(-1) ?? 0));
}

/** a⁻¹ b; infinite or NaN where a matrix is singular. */
function solveFor(a: Value, b: Value, rows: number): Value {
  const solved: Value = build.withGradient('solve', eliminateAll(a, b, rows), [a, b], (dx, needs) => {
    const db = solveFor(transposed(a), dx, rows);
    return [needs[0] === true ? build.negative(product(db, transposed(solved))) : null, db];
  });
  return solved;
}

/**
 * The solution x of a x = b, by elimination with partial pivoting. It is not finite where a matrix is singular.
 *
 * Shapes: a `[…, n, n]`, b `[…, n, m]` or `[…, n]`, as the result. n is at most 256.
 *
 * @throws ValueError if the matrices are not square or too large, or b does not fit.
 * @example
 * await jit((a, b) => ops.solve(a, b))([[0, 2], [1, 1]], [4, 5]);   // [3, 2]
 * @see https://keras.io/api/ops/linalg/#solve-function
 */
export const solve: Symbolic<(a: Operand, b: Operand) => Value> = op(
  'linalg.Solve',
  ['a', 'b'],
  (a: Operand, b: Operand): Value => {
    const [left, right] = unifyTwo(a, b).map(toFloat) as [Value, Value];
    const { rows } = squareOf('ops.solve', left);
    const [sides] = rightHandSides('ops.solve', left, right);
    return build.reshape(solveFor(left, sides, rows), right.shape);
  },
);

/** x⁻¹. */
function inverseOf(matrices: Matrices): Value {
  const { value, rows } = matrices;
  return solveFor(value, build.broadcastTo(identityLike(matrices), value.shape), rows);
}

/**
 * The inverse of square matrices. It is not finite where a matrix is singular.
 *
 * Shapes: `[…, n, n]`, as x. n is at most 256.
 *
 * @throws ValueError if the matrices are not square or too large.
 * @example
 * await jit((x) => ops.inv(x))([[0, 2], [4, 0]]);   // [[0, 0.25], [0.5, 0]]
 * @see https://keras.io/api/ops/linalg/#inv-function
 */
export const inv: UnaryOp = op('linalg.Inv', ['x'], (x: Operand): Value => inverseOf(squareOf('ops.inv', x)));

/** The diagonal of the upper factor, and −1 for an odd number of exchanges of rows, else 1. */
function pivotsOf(matrices: Matrices): readonly [diagonal: Value, sign: Value] {
  const { factors, pivots } = eliminate(matrices);
  const places = constant(Int32Array.from({ length: matrices.rows }, (_, i) => i));
  const swaps = build.sum(castTo(build.notEqual(pivots, places), 'int32'), { axes: [pivots.rank - 1] });
  const isOdd = build.bitwiseAnd(swaps, 1);
  const sign = castTo(subtract(1, multiply(isOdd, 2)), matrices.value.dtype);
  return [diagonalsOf({ ...matrices, value: factors }), sign];
}

/** Scalars for each matrix as matrices of one entry. */
const asMatrices = (x: Value): Value => build.reshape(x, [...x.shape, 1, 1]);

/**
 * The determinant of square matrices, from the factors of an elimination with partial pivoting.
 *
 * Shapes: `[…, n, n]` → `[…]`. n is at most 256.
 *
 * @throws ValueError if the matrices are not square or too large.
 * @example
 * await jit((x) => ops.det(x))([[1, 2], [3, 4]]);   // -2
 * @see https://keras.io/api/ops/linalg/#det-function
 */
export const det: UnaryOp = op('linalg.Det', ['x'], (x: Operand): Value => {
  const matrices = squareOf('ops.det', x);
  const [diagonal, sign] = pivotsOf(matrices);
  const found = multiply(prod(diagonal, { axis: -1 }), sign);
  const determinant: Value = build.withGradient('det', found, [matrices.value], (dy) => [
    multiply(asMatrices(multiply(dy, determinant)), transposed(inverseOf(matrices))),
  ]);
  return determinant;
});

/** The sign of the determinants and the logarithm of their absolute values. */
function signAndLogarithm(who: string, x: Operand): readonly [Value, Value] {
  const matrices = squareOf(who, x);
  const [diagonal, sign] = pivotsOf(matrices);
  const signs = multiply(sign, prod(build.sign(diagonal), { axis: -1 }));
  const logarithm = build.sum(build.log(build.abs(diagonal)), { axes: [diagonal.rank - 1] });
  return [
    build.stopGradient(signs),
    build.withGradient('slogdet', logarithm, [matrices.value], (dy) => [
      multiply(asMatrices(dy), transposed(inverseOf(matrices))),
    ]),
  ];
}

/**
 * The sign of the determinant of square matrices and the logarithm of its absolute value, without overflow.
 *
 * Shapes: `[…, n, n]` → two of `[…]`. n is at most 256.
 *
 * @throws ValueError if the matrices are not square or too large.
 * @example
 * await jit((x) => ops.slogdet(x)[1])([[1, 0], [0, Math.E]]);   // 1
 * @see https://keras.io/api/ops/numpy/#slogdet-function
 */
export const slogdet: Symbolic<(x: Operand) => readonly Value[]> = op(
  'numpy.Slogdet',
  ['x'],
  (x: Operand): readonly Value[] => signAndLogarithm('ops.slogdet', x),
);

/**
 * The logarithm of the absolute value of the determinant of square matrices.
 *
 * Shapes: `[…, n, n]` → `[…]`. n is at most 256.
 *
 * @throws ValueError if the matrices are not square or too large.
 * @example
 * await jit((x) => ops.logdet(x))([[1, 0], [0, Math.E]]);   // 1
 * @see https://keras.io/api/ops/core/
 */
export const logdet: UnaryOp = op('math.Logdet', ['x'], (x: Operand): Value => signAndLogarithm('ops.logdet', x)[1]);
