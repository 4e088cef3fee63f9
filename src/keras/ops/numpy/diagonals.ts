import { canonicalAxis } from '../../../core/axes.ts';
import { checkInteger, checkOptions } from '../../../core/checks.ts';
import { type DType, checkDType } from '../../../core/dtype.ts';
import { ValueError } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toValue } from '../../../compiler/builder/operand.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import { createNode } from '../../../compiler/graph/node.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import { valueOf } from './axes.ts';
import { ravel } from './manipulation.ts';
import { sum } from './reductions.ts';

/** Options of {@link diag} and {@link diagflat}. */
export interface DiagOptions {
  /** The diagonal: 0 is the main one, positive ones are above it. @default 0 */
  k?: number;
}

type DiagOp = Symbolic<(x: Operand, options?: DiagOptions) => Value>;

/** A matrix with a vector on its k-th diagonal and zeros elsewhere. */
function matrixOf(vector: Value, k: number): Value {
  const [size = null] = vector.shape;
  const reach = Math.abs(k);
  if (size === null) return valueOf([null, null], vector.dtype);
  const mask = Uint8Array.from({ length: size * size }, (_, i) => Number(i % size === Math.floor(i / size)));
  const isOn = castTo(constant(new Tensor(mask, [size, size])), 'bool');
  const square = build.where(isOn, vector, build.fullLike(vector, 0));
  if (k === 0) return square;
  const [rows, columns] = k < 0 ? [reach, 0] : [0, reach];
  return createNode('pad', [square], { before: [rows, columns], after: [columns, rows], between: [0, 0] })[0];
}

/**
 * The k-th diagonal of a matrix, or a matrix with a vector on its k-th diagonal and zeros elsewhere.
 * @throws ValueError if x has neither one nor two axes; TypeError if k is not an integer.
 * @example
 * await jit((x) => ops.diag(x))([1, 2]);                       // [[1, 0], [0, 2]]
 * await jit((x) => ops.diag(x, { k: 1 }))([[1, 2], [3, 4]]);   // [2]
 * @see https://keras.io/api/ops/numpy/#diag-function
 */
export const diag: DiagOp = op('numpy.Diag', ['x'], { k: 0 }, (x: Operand, { k = 0 }: DiagOptions = {}): Value => {
  const value = toValue(x);
  const offset = checkInteger('ops.diag', 'k', k, -Infinity);
  if (value.rank === 1) return matrixOf(value, offset);
  if (value.rank === 2) return diagonalOf('ops.diag', value, offset, 0, 1);
  throw new ValueError(`[ops.diag] x must have one or two axes. Received: shape ${showShape(value.shape)}.`);
});

/**
 * A matrix with all elements of x on its k-th diagonal and zeros elsewhere.
 * @throws TypeError if k is not an integer.
 * @example
 * await jit((x) => ops.diagflat(x))([[1], [2]]);   // [[1, 0], [0, 2]]
 * @see https://keras.io/api/ops/numpy/
 */
export const diagflat: DiagOp = op(
  'numpy.Diagflat',
  ['x'],
  { k: 0 },
  (x: Operand, { k = 0 }: DiagOptions = {}): Value =>
    matrixOf(ravel(x), checkInteger('ops.diagflat', 'k', k, -Infinity)),
);

/** Options of {@link diagonal} and {@link trace}. */
export interface DiagonalOptions {
  /** The diagonal: 0 is the main one, positive ones are above it. @default 0 */
  offset?: number;
  /** The axis of the rows. @default 0 */
  axis1?: number;
  /** The axis of the columns. @default 1 */
  axis2?: number;
}

/** The diagonal of the matrices along two axes, as the last axis. */
function diagonalOf(who: string, value: Value, offset: number, axis1: number, axis2: number): Value {
  if (value.rank < 2) {
    throw new ValueError(`[${who}] x must have at least two axes. Received: shape ${showShape(value.shape)}.`);
  }
  const [row, column] = [canonicalAxis(axis1, value.rank, who), canonicalAxis(axis2, value.rank, who)];
  if (row === column) throw new ValueError(`[${who}] axis1 and axis2 must differ. Received: ${axis1} and ${axis2}.`);
  const others = value.shape.map((_, i) => i).filter((i) => i !== row && i !== column);
  const kept = others.map((i) => value.shape[i] ?? null);
  const [rows, columns] = [value.shape[row] ?? null, value.shape[column] ?? null];
  if (rows === null || columns === null) return valueOf([...kept, null], value.dtype);
  const k = checkInteger(who, 'offset', offset, -Infinity);
  const length = Math.max(0, Math.min(rows + Math.min(k, 0), columns - Math.max(k, 0)));
  const start = k < 0 ? -k * columns : k;
  const places = Int32Array.from({ length }, (_, i) => start + i * (columns + 1));
  const flat = build.reshape(build.transpose(value, [...others, row, column]), [...kept, rows * columns]);
  return build.gather(flat, constant(places), kept.length);
}

/**
 * The diagonals of the matrices along two axes.
 *
 * Shapes: the other axes, then the diagonal.
 *
 * @throws ValueError if x has fewer than two axes, or the axes are out of range or equal.
 * @example
 * await jit((x) => ops.diagonal(x))([[1, 2], [3, 4]]);                  // [1, 4]
 * await jit((x) => ops.diagonal(x, { offset: 1 }))([[1, 2], [3, 4]]);   // [2]
 * @see https://keras.io/api/ops/numpy/#diagonal-function
 */
export const diagonal: Symbolic<(x: Operand, options?: DiagonalOptions) => Value> = op(
  'numpy.Diagonal',
  ['x'],
  { offset: 0, axis1: 0, axis2: 1 },
  (x: Operand, { offset = 0, axis1 = 0, axis2 = 1 }: DiagonalOptions = {}): Value =>
    diagonalOf('ops.diagonal', toValue(x), offset, axis1, axis2),
);

/**
 * The sums of the diagonals of the matrices along two axes.
 * @throws ValueError if x has fewer than two axes, or the axes are out of range or equal.
 * @example
 * await jit((x) => ops.trace(x))([[1, 2], [3, 4]]);   // 5
 * @see https://keras.io/api/ops/numpy/#trace-function
 */
export const trace: Symbolic<(x: Operand, options?: DiagonalOptions) => Value> = op(
  'numpy.Trace',
  ['x'],
  { offset: 0, axis1: 0, axis2: 1 },
  (x: Operand, { offset = 0, axis1 = 0, axis2 = 1 }: DiagonalOptions = {}): Value =>
    sum(diagonalOf('ops.trace', toValue(x), offset, axis1, axis2), { axis: -1 }),
);

/** Options of {@link tri}. */
export interface TriOptions {
  /** The number of columns. @default null, N */
  M?: number | null;
  /** The last diagonal of ones: 0 is the main one, positive ones are above it. @default 0 */
  k?: number;
  /** The type of the elements. @default 'float32' */
  dtype?: DType | null;
}

/**
 * A matrix of N rows with ones on and below the k-th diagonal and zeros above it.
 * @throws TypeError if a size is not an integer ≥ 0.
 * @example
 * await jit((x) => ops.matmul(x, ops.tri(2)))([[1, 2]]);   // [[3, 2]]
 * @see https://keras.io/api/ops/numpy/#tri-function
 */
export function tri(N: number, options: TriOptions = {}): Value {
  const who = 'ops.tri';
  checkOptions(who, options, ['M', 'k', 'dtype']);
  const rows = checkInteger(who, 'N', N, 0);
  const columns = checkInteger(who, 'M', options.M ?? N, 0);
  const k = checkInteger(who, 'k', options.k ?? 0, -Infinity);
  const elements = Float32Array.from({ length: rows * columns }, (_, i) =>
    Number(i % columns <= Math.floor(i / columns) + k),
  );
  return castTo(constant(new Tensor(elements, [rows, columns])), checkDType(options.dtype ?? 'float32', who));
}
