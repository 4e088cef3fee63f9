import { canonicalAxes, canonicalAxis } from '../../../core/axes.ts';
import { checkInteger } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { type Shape, compatible, showShape, sizeOf } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toValue, unifyTwo } from '../../../compiler/builder/operand.ts';
import { constant } from '../../../compiler/graph/leaves.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { type BinaryOp, type Symbolic, op } from '../base/op.ts';
import { cut, knownSizeOf } from './axes.ts';
import { matmul } from './arithmetic.ts';
import { ravel } from './manipulation.ts';

const sizesAt = ({ shape }: Value, axes: readonly number[]): Shape => axes.map((axis) => shape[axis] ?? null);

const productOf = (sizes: Shape): number | null => (sizes.every((size) => size !== null) ? sizeOf(sizes) : null);

/** Σ x · y over pairs of axes, as one matrix product. */
function contract(who: string, x: Value, y: Value, axesX: readonly number[], axesY: readonly number[]): Value {
  if (axesX.length !== axesY.length || !compatible(sizesAt(x, axesX), sizesAt(y, axesY))) {
    throw new ValueError(
      `[${who}] the summed axes must have equal sizes. Received: shapes ${showShape(x.shape)} and ${showShape(y.shape)}, axes ${show(axesX)} and ${show(axesY)}.`,
    );
  }
  const rest = (value: Value, axes: readonly number[]): number[] =>
    value.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const [keptX, keptY] = [rest(x, axesX), rest(y, axesY)];
  const summed = productOf(sizesAt(x, axesX)) ?? productOf(sizesAt(y, axesY));
  const left = build.reshape(build.transpose(x, [...keptX, ...axesX]), [productOf(sizesAt(x, keptX)), summed]);
  const right = build.reshape(build.transpose(y, [...axesY, ...keptY]), [summed, productOf(sizesAt(y, keptY))]);
  return build.reshape(matmul(left, right), [...sizesAt(x, keptX), ...sizesAt(y, keptY)]);
}

/** Options of {@link tensordot}. */
export interface TensordotOptions {
  /** The number of last axes of x1 and first axes of x2 to sum over, or a list of axes for each. @default 2 */
  axes?: number | readonly [number | readonly number[], number | readonly number[]];
}

/**
 * The sum of products over pairs of axes.
 *
 * Shapes: the axes of x1 that are left, then those of x2.
 *
 * @throws ValueError if the axes are out of range or their sizes differ.
 * @example
 * await jit((a, b) => ops.tensordot(a, b, { axes: 1 }))([[1, 2]], [[3], [4]]);        // [[11]]
 * await jit((a, b) => ops.tensordot(a, b, { axes: [0, 1] }))([[1, 2]], [[3], [4]]);   // [[3, 4], [6, 8]]
 * @see https://keras.io/api/ops/numpy/#tensordot-function
 */
export const tensordot: Symbolic<(x1: Operand, x2: Operand, options?: TensordotOptions) => Value> = op(
  'numpy.Tensordot',
  ['x1', 'x2'],
  { axes: 2 },
  (x1: Operand, x2: Operand, { axes = 2 }: TensordotOptions = {}): Value => {
    const who = 'ops.tensordot';
    const [x, y] = unifyTwo(x1, x2);
    if (typeof axes === 'number') {
      const count = checkInteger(who, 'axes', axes, 0);
      if (count > Math.min(x.rank, y.rank)) {
        throw new ValueError(
          `[${who}] axes must be at most the number of axes of both. Received: axes=${count} for shapes ${showShape(x.shape)} and ${showShape(y.shape)}.`,
        );
      }
      const first = Array.from({ length: count }, (_, i) => i);
      return contract(
        who,
        x,
        y,
        first.map((i) => x.rank - count + i),
        first,
      );
    }
    return contract(
      who,
      x,
      y,
      canonicalAxes(axes[0], x.rank, who, 'axes'),
      canonicalAxes(axes[1], y.rank, who, 'axes'),
    );
  },
);

/**
 * The dot product: of vectors the inner product, of matrices the matrix product, with a scalar the product; else the sum over the
 * last axis of x1 and the second to last of x2.
 * @throws ValueError if the sizes of the summed axes differ.
 * @example
 * await jit((a, b) => ops.dot(a, b))([1, 2], [3, 4]);   // 11
 * @see https://keras.io/api/ops/numpy/#dot-function
 */
export const dot: BinaryOp = op('numpy.Dot', ['x1', 'x2'], (x1: Operand, x2: Operand): Value => {
  const [x, y] = unifyTwo(x1, x2);
  if (x.rank === 0 || y.rank === 0) return build.multiply(x, y);
  return contract('ops.dot', x, y, [x.rank - 1], [Math.max(0, y.rank - 2)]);
});

/**
 * The sum of products over the last axes of both; with a scalar the product.
 * @throws ValueError if the sizes of the last axes differ.
 * @example
 * await jit((a, b) => ops.inner(a, b))([[1, 2], [3, 4]], [5, 6]);   // [17, 39]
 * @see https://keras.io/api/ops/numpy/
 */
export const inner: BinaryOp = op('numpy.Inner', ['x1', 'x2'], (x1: Operand, x2: Operand): Value => {
  const [x, y] = unifyTwo(x1, x2);
  if (x.rank === 0 || y.rank === 0) return build.multiply(x, y);
  return contract('ops.inner', x, y, [x.rank - 1], [y.rank - 1]);
});

/**
 * The products of all pairs of elements of x1 and x2.
 *
 * Shapes: `[elements of x1, elements of x2]`.
 *
 * @example
 * await jit((a, b) => ops.outer(a, b))([1, 2], [3, 4]);   // [[3, 4], [6, 8]]
 * @see https://keras.io/api/ops/numpy/#outer-function
 */
export const outer: BinaryOp = op('numpy.Outer', ['x1', 'x2'], (x1: Operand, x2: Operand): Value => {
  const [x, y] = unifyTwo(x1, x2).map((value) => ravel(value)) as [Value, Value];
  return build.multiply(build.reshape(x, [...x.shape, 1]), build.reshape(y, [1, ...y.shape]));
});

/**
 * The inner product of all elements of x1 and x2, a scalar.
 * @throws ValueError if the numbers of elements differ.
 * @example
 * await jit((a, b) => ops.vdot(a, b))([[1, 2], [3, 4]], [[1, 1], [2, 2]]);   // 17
 * @see https://keras.io/api/ops/numpy/#vdot-function
 */
export const vdot: BinaryOp = op('numpy.Vdot', ['x1', 'x2'], (x1: Operand, x2: Operand): Value => {
  const [x, y] = unifyTwo(x1, x2).map((value) => ravel(value)) as [Value, Value];
  return contract('ops.vdot', x, y, [0], [0]);
});

/**
 * The Kronecker product: a block x1[i, j] · x2 for each element of x1.
 * @throws ValueError if a size is not known.
 * @example
 * await jit((a, b) => ops.kron(a, b))([[1, 2]], [[1, 1]]);   // [[1, 1, 2, 2]]
 * @see https://keras.io/api/ops/numpy/
 */
export const kron: BinaryOp = op('numpy.Kron', ['x1', 'x2'], (x1: Operand, x2: Operand): Value => {
  const [x, y] = unifyTwo(x1, x2);
  const rank = Math.max(x.rank, y.rank);
  const wide = (value: Value): Shape => [...new Array<number>(rank - value.rank).fill(1), ...value.shape];
  const [a, b] = [wide(x), wide(y)];
  const outerProduct = build.multiply(
    build.reshape(
      x,
      a.flatMap((size) => [size, 1]),
    ),
    build.reshape(
      y,
      b.flatMap((size) => [1, size]),
    ),
  );
  const shape = a.map((size, i) => (size === null || b[i] === null ? null : size * (b[i] ?? 1)));
  return build.reshape(outerProduct, shape);
});

/** Options of {@link cross}. */
export interface CrossOptions {
  /** The axis of the vectors of x1. @default -1 */
  axisa?: number;
  /** The axis of the vectors of x2. @default -1 */
  axisb?: number;
  /** The axis of the vectors of the result. @default -1 */
  axisc?: number;
  /** All three axes. @default null, they are given one by one */
  axis?: number | null;
}

/**
 * The cross product of vectors of two or three components along an axis; of two vectors of two components only the third
 * component, without the axis.
 * @throws ValueError if an axis is out of range or has another size, or the shapes do not broadcast.
 * @example
 * await jit((a, b) => ops.cross(a, b))([1, 2, 3], [4, 5, 6]);   // [-3, 6, -3]
 * await jit((a, b) => ops.cross(a, b))([1, 2], [3, 4]);         // -2
 * @see https://keras.io/api/ops/numpy/#cross-function
 */
export const cross: Symbolic<(x1: Operand, x2: Operand, options?: CrossOptions) => Value> = op(
  'numpy.Cross',
  ['x1', 'x2'],
  { axisa: -1, axisb: -1, axisc: -1, axis: null },
  (x1: Operand, x2: Operand, { axisa = -1, axisb = -1, axisc = -1, axis = null }: CrossOptions = {}): Value => {
    const who = 'ops.cross';
    const [x, y] = unifyTwo(x1, x2);
    const [a, b] = [componentsOf(who, x, axis ?? axisa), componentsOf(who, y, axis ?? axisb)];
    const minor = (i: number, j: number): Value => {
      const product = (k: number, l: number): Value | null => {
        const [left, right] = [a[k] ?? null, b[l] ?? null];
        return left === null || right === null ? null : build.multiply(left, right);
      };
      const [first, second] = [product(i, j), product(j, i)];
      if (first !== null && second !== null) return build.subtract(first, second);
      return first ?? build.negative(second ?? 0);
    };
    const third = minor(0, 1);
    if (a.length === 2 && b.length === 2) return third;
    const components = [minor(1, 2), minor(2, 0), third].map((part) => build.reshape(part, [...part.shape, 1]));
    const joined = build.concatenate(components as [Value, Value, Value], third.rank);
    const at = canonicalAxis(axis ?? axisc, joined.rank, who);
    const order = joined.shape.map((_, i) => i).slice(0, -1);
    return build.transpose(joined, order.toSpliced(at, 0, joined.rank - 1));
  },
);

/** The components of vectors along an axis, which is removed. */
function componentsOf(who: string, value: Value, axis: number): readonly Value[] {
  const at = canonicalAxis(axis, value.rank, who);
  const size = knownSizeOf(who, value, at);
  if (size !== 2 && size !== 3) {
    throw new ValueError(`[${who}] vectors must have 2 or 3 components. Received: ${size} along axis ${axis}.`);
  }
  const narrow = value.dtype === 'bool' ? castTo(value, 'int32') : value;
  return Array.from({ length: size }, (_, i) => build.reshape(cut(narrow, at, i, i + 1), value.shape.toSpliced(at, 1)));
}

/** Options of {@link vander}. */
export interface VanderOptions {
  /** The number of columns. @default null, the number of elements */
  N?: number | null;
  /** Whether the powers increase from left to right. @default false */
  increasing?: boolean;
}

/**
 * The Vandermonde matrix, whose columns are the powers xᴺ⁻¹, …, x, 1 of x.
 * @throws ValueError if x has not one axis of known size.
 * @example
 * await jit((x) => ops.vander(x, { N: 3 }))([2, 3]);   // [[4, 2, 1], [9, 3, 1]]
 * @see https://keras.io/api/ops/numpy/
 */
export const vander: Symbolic<(x: Operand, options?: VanderOptions) => Value> = op(
  'numpy.Vander',
  ['x'],
  { N: null, increasing: false },
  (x: Operand, { N = null, increasing = false }: VanderOptions = {}): Value => {
    const who = 'ops.vander';
    const given = toValue(x);
    const value = given.dtype === 'bool' ? castTo(given, 'int32') : given;
    if (value.rank !== 1)
      throw new ValueError(`[${who}] x must have one axis. Received: shape ${showShape(value.shape)}.`);
    const size = N ?? value.shape[0] ?? null;
    // While a model is described, the size may be unknown, and only the shape of the result matters.
    if (size === null) return build.broadcastTo(constant(0, value.dtype), [null, null]);
    const count = checkInteger(who, 'N', size, 0);
    const column = build.reshape(value, [...value.shape, 1]);
    const powers: Value[] = [build.fullLike(column, 1)];
    while (powers.length < count) powers.push(build.multiply(powers.at(-1) ?? column, column));
    const [first = column, ...rest] = increasing ? powers : powers.reverse();
    const matrix = build.concatenate([first, ...rest], 1);
    return count === 0 ? cut(matrix, 1, 0, 0) : matrix;
  },
);
