import { canonicalAxes } from '../../../core/axes.ts';
import { ValueError, show } from '../../../core/errors.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, toFloat } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type Symbolic, op } from '../base/op.ts';
import { type Axis, max, min, sum } from '../numpy/reductions.ts';
import { svd } from './spectral.ts';

/** Options of {@link norm}. */
export interface NormOptions {
  /**
   * The order. Of vectors any number, ±∞ among them; of matrices `'fro'`, `'nuc'`, ±1, ±2 and ±∞.
   * @default null, 2 for vectors and 'fro' for matrices
   */
  ord?: number | 'fro' | 'nuc' | null;
  /** The axis of vectors, or the two of matrices. @default null, all elements as a vector without an order, else all axes */
  axis?: Axis;
  /** Keep the reduced axes with size 1. @default false */
  keepdims?: boolean;
}

type VectorOrder = number | null;

function vectorNorm(x: Value, ord: VectorOrder, axis: readonly number[], keepdims: boolean): Value {
  const over = { axis, keepdims };
  const size = build.abs(x);
  if (ord === null || ord === 2) return build.sqrt(sum(build.square(x), over));
  if (ord === Infinity) return max(size, over);
  if (ord === -Infinity) return min(size, over);
  if (ord === 0) return build.castTo(sum(build.castTo(build.notEqual(x, 0), 'int32'), over), x.dtype);
  if (ord === 1) return sum(size, over);
  return build.power(sum(build.power(size, ord), over), 1 / ord);
}

type MatrixNorm = (x: Value) => Value;

/** The singular values of the matrices over the last two axes. */
const singularValues = (x: Value): Value => svd(x, { computeUv: false });

/** Norms of matrices over the last two axes, which are removed. */
const MATRIX_NORMS: Readonly<Record<string, MatrixNorm>> = {
  fro: (x) => build.sqrt(sum(build.square(x), { axis: [-2, -1] })),
  nuc: (x) => sum(singularValues(x), { axis: -1 }),
  '1': (x) => max(sum(build.abs(x), { axis: -2 }), { axis: -1 }),
  '-1': (x) => min(sum(build.abs(x), { axis: -2 }), { axis: -1 }),
  '2': (x) => max(singularValues(x), { axis: -1 }),
  '-2': (x) => min(singularValues(x), { axis: -1 }),
  Infinity: (x) => max(sum(build.abs(x), { axis: -1 }), { axis: -1 }),
  '-Infinity': (x) => min(sum(build.abs(x), { axis: -1 }), { axis: -1 }),
};

/**
 * The norms of vectors or of matrices, in a floating type. Of vectors (Σ |x|ᵖ)^(1/p), with the maximum for ∞, the minimum for −∞
 * and the number of nonzero elements for 0. Of matrices the root of the sum of squares (`fro`), the sum of the singular values
 * (`nuc`), the maximum or minimum sum of absolute values of a column (±1) or a row (±∞), or the largest or smallest singular
 * value (±2).
 *
 * @throws ValueError if the axes or the order do not fit.
 * @example
 * await jit((x) => ops.norm(x))([3, 4]);                                  // 5
 * await jit((x) => ops.norm(x, { ord: 1, axis: 1 }))([[1, -2], [3, 4]]);   // [3, 7]
 * @see https://keras.io/api/ops/linalg/#norm-function
 */
export const norm: Symbolic<(x: Operand, options?: NormOptions) => Value> = op(
  'linalg.Norm',
  ['x'],
  { ord: null, axis: null, keepdims: false },
  (x: Operand, { ord: given = null, axis = null, keepdims = false }: NormOptions = {}): Value => {
    const who = 'ops.norm';
    const value = toFloat(x);
    const all = value.shape.map((_, i) => i);
    // Configs cannot hold an infinity: they have its name.
    const named: Readonly<Record<string, number>> = { inf: Infinity, '-inf': -Infinity };
    const ord = typeof given === 'string' && Object.hasOwn(named, given) ? (named[given] ?? 0) : given;
    if (axis === null && ord === null) return vectorNorm(value, null, all, keepdims);
    const axes = axis === null ? all : canonicalAxes(axis, value.rank, who);
    if (axes.length === 1 && typeof ord !== 'string') return vectorNorm(value, ord, axes, keepdims);
    const matrixNorm = axes.length === 2 ? MATRIX_NORMS[String(ord ?? 'fro')] : undefined;
    if (matrixNorm === undefined) {
      throw new ValueError(
        `[${who}] ord must be a number for one axis, and "fro", "nuc", ±1, ±2 or ±Infinity for two. Received: ord=${show(ord)} for ${axes.length} axes.`,
      );
    }
    const others = all.filter((i) => !axes.includes(i));
    const found = matrixNorm(build.transpose(value, [...others, ...axes]));
    const kept = value.shape.map((size, i) => (axes.includes(i) ? 1 : size));
    return keepdims ? build.reshape(found, kept) : found;
  },
);
