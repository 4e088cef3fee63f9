import { NotImplementedError, ValueError } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import type { Operand } from '../../../compiler/builder/operand.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import { createNode } from '../../../compiler/graph/node.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import { cut } from '../numpy/axes.ts';
import { type Matrices, diagonalsOf, identityLike, matricesOf, product, squareOf, transposed } from './matrices.ts';
import { reflect } from './orthogonal.ts';
import { type Round, rotateColumns, rotationFor, runRounds } from './rotations.ts';

const { add, multiply, stopGradient, subtract, where } = build;

/** The most rows of a matrix whose eigenvalues or singular values are computed: the graph has several sweeps of rotations. */
const MOST = 64;

function checkSize(who: string, size: number, { value }: Matrices): void {
  if (size <= MOST) return;
  throw new ValueError(
    `[${who}] a matrix must have at most ${MOST} rows or columns: each rotation is a part of the graph. Received: shape ${showShape(value.shape)}.`,
  );
}

/** Matrices with zeros below and to the right. */
function padded(x: Value, rows: number, columns: number): Value {
  const none = x.shape.slice(0, -2).map(() => 0);
  const after = [...none, rows, columns];
  return createNode('pad', [x], { before: after.map(() => 0), after, between: after.map(() => 0) })[0];
}

/** The columns in another order, `[…, 1, columns]` of int32 indices. */
function reorder(x: Value, order: Value): Value {
  return build.gatherElements(x, build.broadcastTo(order, x.shape), x.rank - 1);
}

interface Eigen {
  /** `[…, n]` */
  readonly values: Value;
  /** `[…, n, n]` */
  readonly vectors: Value;
}

/** Jacobi's method for symmetric matrices: rounds of rotations of disjoint pairs of rows and columns. */
function diagonalize(matrices: Matrices): Eigen {
  const { value, rows } = matrices;
  if (rows < 2) {
    return { values: diagonalsOf(matrices), vectors: build.broadcastTo(identityLike(matrices), value.shape) };
  }
  // An odd number of rows has one more, which is zero and is never rotated.
  const size = rows + (rows % 2);
  const even = { value: size === rows ? value : padded(value, 1, 1), rows: size, columns: size };
  const shape = [...value.shape.slice(0, -2), 1, size];
  const identity = build.broadcastTo(identityLike(even), even.value.shape);
  const [a = even.value, v = identity] = runRounds(
    size,
    value,
    [even.value, identity],
    ([matrix = even.value, vectors = identity], round) => {
      const squares = build.reshape(diagonalsOf({ ...even, value: matrix }), shape);
      const rotation = rotationFor(round, squares, partnerEntries(matrix, round, size, shape));
      const columns = rotateColumns(matrix, rotation);
      return [transposed(rotateColumns(transposed(columns), rotation)), rotateColumns(vectors, rotation)];
    },
  );
  const unsorted = cut(diagonalsOf({ ...even, value: a }), value.rank - 2, 0, rows);
  const vectors = cut(cut(v, v.rank - 1, 0, rows), v.rank - 2, 0, rows);
  const [values, order] = build.topK(unsorted, { axis: unsorted.rank - 1, k: rows, largest: false });
  return { values, vectors: reorder(vectors, build.reshape(order, [...value.shape.slice(0, -2), 1, rows])) };
}

/** For each index the entry of its row and the column of its partner, `[…, 1, n]`. */
function partnerEntries(a: Value, { partners }: Round, size: number, shape: Value['shape']): Value {
  const flat = build.reshape(a, [...a.shape.slice(0, -2), size * size]);
  const starts = constant(Int32Array.from({ length: size }, (_, i) => i * size));
  return build.reshape(build.gather(flat, add(starts, partners), flat.rank - 1), shape);
}

/** 1 / (bⱼ − bᵢ) for each pair, 0 where they are equal. */
function reciprocalGaps(b: Value): Value {
  const gaps = subtract(
    build.reshape(b, [...b.shape.slice(0, -1), 1, b.shape.at(-1) ?? 1]),
    build.reshape(b, [...b.shape, 1]),
  );
  const isZero = build.equal(gaps, 0);
  return where(isZero, 0, build.divide(1, where(isZero, 1, gaps)));
}

/** Numbers for each column, `[…, n]`, so that they broadcast against matrices. */
const perColumn = (x: Value): Value => build.reshape(x, [...x.shape.slice(0, -1), 1, x.shape.at(-1) ?? 1]);

/**
 * The eigenvalues of symmetric matrices in increasing order, and their eigenvectors as columns, by Jacobi's method. The matrices
 * are made symmetric first; signs of eigenvectors are arbitrary.
 *
 * Shapes: `[…, n, n]` → `[…, n]` and `[…, n, n]`. n is at most 64.
 *
 * @throws ValueError if the matrices are not square or too large.
 * @example
 * await jit((x) => ops.eigh(x)[0])([[2, 1], [1, 2]]);   // [1, 3]
 * @see https://keras.io/api/ops/linalg/#eigh-function
 */
export const eigh: Symbolic<(x: Operand) => readonly Value[]> = op(
  'linalg.Eigh',
  ['x'],
  (x: Operand): readonly Value[] => {
    const matrices = squareOf('ops.eigh', x);
    checkSize('ops.eigh', matrices.rows, matrices);
    const symmetric = multiply(add(matrices.value, transposed(matrices.value)), 0.5);
    const found = diagonalize({ ...matrices, value: stopGradient(symmetric) });
    // dx = V (diag(dw) + F ∘ Vᵀ dV) Vᵀ with F = 1 / (wⱼ − wᵢ) (Giles, 2008).
    const values: Value = build.withGradient('eigh values', found.values, [symmetric], (dw) => [
      product(multiply(vectors, perColumn(dw)), transposed(vectors)),
    ]);
    const vectors: Value = build.withGradient('eigh vectors', found.vectors, [symmetric], (dv) => {
      const inner = multiply(reciprocalGaps(values), product(transposed(vectors), dv));
      return [product(product(vectors, inner), transposed(vectors))];
    });
    return [values, vectors];
  },
);

/**
 * Not supported: eigenvalues of matrices that are not symmetric are complex in general. {@link eigh} has those of symmetric ones.
 * @throws NotImplementedError always.
 * @see https://keras.io/api/ops/linalg/#eig-function
 */
export const eig: Symbolic<(x: Operand) => readonly Value[]> = op('linalg.Eig', ['x'], (): readonly Value[] => {
  throw new NotImplementedError(
    '[ops.eig] eigenvalues of general matrices are complex, and there are no complex elements. Use eigh for symmetric matrices.',
  );
});

/** U `[…, m, n]`, s `[…, n]` and V `[…, n, n]` for m ≥ n. */
interface Singular {
  readonly u: Value;
  readonly s: Value;
  readonly v: Value;
}

/** One-sided Jacobi: rotations make the columns orthogonal; their lengths are the singular values (Hestenes, 1958). */
function orthogonalize({ value, rows, columns }: Matrices): Singular {
  const size = columns + (columns % 2);
  const even = size === columns ? value : padded(value, 0, 1);
  const square = { value, rows: size, columns: size };
  const identity = build.broadcastTo(identityLike(square), [...value.shape.slice(0, -2), size, size]);
  const sumRows = (x: Value): Value => build.sum(x, { axes: [x.rank - 2], keepDims: true });
  const [u = even, v = identity] = runRounds(
    size,
    value,
    [even, identity],
    ([columnsOfX = even, turned = identity], round) => {
      const others = build.gather(columnsOfX, round.partners, value.rank - 1);
      const rotation = rotationFor(round, sumRows(build.square(columnsOfX)), sumRows(multiply(columnsOfX, others)));
      return [rotateColumns(columnsOfX, rotation), rotateColumns(turned, rotation)];
    },
  );
  const [scaled, right] = [cut(u, u.rank - 1, 0, columns), cut(cut(v, v.rank - 1, 0, columns), v.rank - 2, 0, columns)];
  const lengths = build.sqrt(build.sum(build.square(scaled), { axes: [scaled.rank - 2] }));
  const [s, order] = build.topK(lengths, { axis: lengths.rank - 1, k: columns, largest: true });
  const places = build.reshape(order, [...value.shape.slice(0, -2), 1, columns]);
  const safe = where(build.equal(s, 0), 1, s);
  const u1 = build.divide(reorder(scaled, places), perColumn(safe));
  return { u: completed({ value: u1, rows, columns }), s, v: reorder(right, places) };
}

/** Orthonormal columns `[…, m, m]` of which the first are the given ones, which are orthonormal or zero. */
function completed(matrices: Matrices): Value {
  const { value, rows, columns } = matrices;
  const [q, r] = reflect(matrices);
  const diagonal = diagonalsOf({ value: r, rows, columns });
  const signs = where(build.less(diagonal, 0), build.fullLike(diagonal, -1), 1);
  const left = multiply(cut(q, q.rank - 1, 0, columns), perColumn(signs));
  return rows === columns ? left : build.concatenate([left, cut(q, q.rank - 1, columns, rows)], value.rank - 1);
}

/** The factors of x = U diag(s) Vᵀ for any m and n: U `[…, m, m]`, s `[…, min(m, n)]`, V `[…, n, n]`, without gradients. */
export function decompose(matrices: Matrices): Singular {
  const { value, rows, columns } = matrices;
  const still = stopGradient(value);
  if (rows >= columns) return orthogonalize({ value: still, rows, columns });
  const { u, s, v } = orthogonalize({ value: transposed(still), rows: columns, columns: rows });
  return { u: v, s, v: u };
}

/** Options of {@link svd}. */
export interface SvdOptions {
  /** Return square U and V, rather than min(m, n) columns of each. @default true */
  fullMatrices?: boolean;
  /** Return U and V, rather than the singular values alone. @default true */
  computeUv?: boolean;
}

/** The signatures of {@link svd}. */
export interface SvdFunction {
  (x: Operand, options: SvdOptions & { readonly computeUv: false }): Value;
  (x: Operand, options?: SvdOptions): readonly [u: Value, s: Value, vh: Value];
}

/**
 * The singular value decomposition x = U diag(s) Vᵀ with decreasing s, by one-sided Jacobi rotations. The results are U, s and
 * Vᵀ; signs of columns are arbitrary. U and V have gradients if they are square or not full.
 *
 * Shapes: `[…, m, n]` → `[…, m, m]`, `[…, k]` and `[…, n, n]` with k = min(m, n); k in place of m and n if not full. k is at most
 * 64.
 *
 * @throws ValueError if x has fewer than two axes, or the matrices are too large.
 * @example
 * await jit((x) => ops.svd(x, { computeUv: false }))([[3, 0], [0, -4]]);   // [4, 3]
 * @see https://keras.io/api/ops/linalg/#svd-function
 */
export const svd: Symbolic<SvdFunction> = op('linalg.SVD', ['x'], { fullMatrices: true, computeUv: true }, function svd(
  x: Operand,
  { fullMatrices = true, computeUv = true }: SvdOptions = {},
) {
  const matrices = matricesOf('ops.svd', x);
  const { value, rows, columns } = matrices;
  const count = Math.min(rows, columns);
  checkSize('ops.svd', count, matrices);
  const found = decompose(matrices);
  const [u, s, v] = withGradients(matrices, {
    u: cut(found.u, value.rank - 1, 0, count),
    s: found.s,
    v: cut(found.v, value.rank - 1, 0, count),
  });
  if (!computeUv) return s;
  const full = (part: Value, all: Value, size: number): Value =>
    !fullMatrices || size === count ? part : build.withGradient('full svd', all, [value], refuse);
  return [full(u, found.u, rows), s, transposed(full(v, found.v, columns))];
} as SvdFunction);

function refuse(): never {
  throw new NotImplementedError(
    '[autodiff] the columns that complete U or V have no gradient. Use svd with fullMatrices: false.',
  );
}

/** The singular values and vectors, min(m, n) of each, with their gradients (Townsend, 2016). */
function withGradients({ value }: Matrices, found: Singular): readonly [u: Value, s: Value, v: Value] {
  // F = 1 / (sⱼ² − sᵢ²)
  const gaps = (): Value => reciprocalGaps(build.square(s));
  const safe = (): Value => where(build.equal(s, 0), 1, s);
  const skew = (x: Value, dx: Value): Value => {
    const inner = product(transposed(x), dx);
    return multiply(gaps(), subtract(inner, transposed(inner)));
  };
  /** The part of dx that is orthogonal to the columns of x. */
  const outside = (x: Value, dx: Value): Value => subtract(dx, product(x, product(transposed(x), dx)));
  const u: Value = build.withGradient('svd u', found.u, [value], (du) => {
    const inside = multiply(product(u, skew(u, du)), perColumn(s));
    return [product(add(inside, build.divide(outside(u, du), perColumn(safe()))), transposed(v))];
  });
  const s: Value = build.withGradient('svd s', found.s, [value], (ds) => [
    product(multiply(u, perColumn(ds)), transposed(v)),
  ]);
  const v: Value = build.withGradient('svd v', found.v, [value], (dv) => {
    const inside = product(multiply(u, perColumn(s)), product(skew(v, dv), transposed(v)));
    const rest = product(build.divide(u, perColumn(safe())), transposed(outside(v, dv)));
    return [add(inside, rest)];
  });
  return [u, s, v];
}
