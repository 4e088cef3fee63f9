import { ValueError } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toFloat } from '../../../compiler/builder/operand.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { cut, iota } from '../numpy/axes.ts';

/** The most rows or columns of a decomposed matrix: each column is a group of nodes of the graph. */
const MOST = 256;

/** A stack of matrices of known sizes, and these sizes. */
export interface Matrices {
  readonly value: Value;
  readonly rows: number;
  readonly columns: number;
}

/** An operand as matrices over its last two axes, in a floating type. */
export function matricesOf(who: string, x: Operand): Matrices {
  const value = toFloat(x);
  const [rows = null, columns = null] = value.shape.slice(-2);
  if (value.rank < 2 || rows === null || columns === null) {
    throw new ValueError(
      `[${who}] x must have at least two axes, and the last two must have known sizes. Received: shape ${showShape(value.shape)}.`,
    );
  }
  if (Math.min(rows, columns) > MOST) {
    throw new ValueError(
      `[${who}] a matrix must have at most ${MOST} rows or columns: the engine has no decompositions, and each column is a part of the graph. Received: shape ${showShape(value.shape)}.`,
    );
  }
  return { value, rows, columns };
}

/** An operand as square matrices over its last two axes. */
export function squareOf(who: string, x: Operand): Matrices {
  const matrices = matricesOf(who, x);
  if (matrices.rows === matrices.columns) return matrices;
  throw new ValueError(`[${who}] the matrices must be square. Received: shape ${showShape(matrices.value.shape)}.`);
}

/** Matrices with their last two axes swapped. */
export function transposed(x: Value): Value {
  const order = x.shape.map((_, i) => i);
  return build.transpose(x, [...order.slice(0, -2), x.rank - 1, x.rank - 2]);
}

/** The j-th column of matrices, `[…, rows, 1]`. */
export const columnOf = (x: Value, j: number): Value => cut(x, x.rank - 1, j, j + 1);

/** The i-th row of matrices, `[…, 1, columns]`. */
export const rowOf = (x: Value, i: number): Value => cut(x, x.rank - 2, i, i + 1);

/** Columns `[…, rows, 1]` side by side, or rows `[…, 1, columns]` one below the other. */
export function join(parts: readonly Value[], axis: -1 | -2): Value {
  const [first, ...rest] = parts;
  if (first === undefined) throw new TypeError('[join] needs a part.');
  return build.concatenate([first, ...rest], first.rank + axis);
}

/** The indices of the rows, `[rows, 1]`, as int32. */
export const rowIndices = (rows: number): Value => build.reshape(iota(rows), [rows, 1]);

/** The main diagonals, `[…, n]`. */
export function diagonalsOf({ value, rows, columns }: Matrices): Value {
  const size = Math.min(rows, columns);
  const flat = build.reshape(value, [...value.shape.slice(0, -2), rows * columns]);
  const places = Int32Array.from({ length: size }, (_, i) => i * (columns + 1));
  return build.gather(flat, constant(places), flat.rank - 1);
}

/** The identity matrix. */
export function identityLike({ value, rows }: Matrices): Value {
  return castTo(build.equal(rowIndices(rows), build.reshape(iota(rows), [1, rows])), value.dtype);
}

/** 1 where row > column + k, else 0. */
export function below({ value, rows, columns }: Matrices, k = 0): Value {
  const bound = build.add(build.reshape(iota(columns), [1, columns]), k);
  return castTo(build.less(bound, rowIndices(rows)), value.dtype);
}

/** A matrix product over the last two axes. */
export const product = (a: Value, b: Value): Value => build.matmul(a, b);

/** A matrix product with the first factor transposed. */
export const productT = (a: Value, b: Value): Value => build.matmul(transposed(a), b);
