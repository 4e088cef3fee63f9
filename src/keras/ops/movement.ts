import { canonicalAxes, canonicalAxis } from '../../core/axes.ts';
import type { DType } from '../../core/dtype.ts';
import { ValueError, show } from '../../core/errors.ts';
import { type KnownShape, type Shape, isKnown, sameShape, showShape, sizeOf } from '../../core/shape.ts';
import { constant } from '../../compiler/graph/leaves.ts';
import { createNode } from '../../compiler/graph/node.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { type Operand, castTo, toValue, unify } from './operand.ts';

/**
 * The same elements, in the same order, under another shape. One size may be −1: it is worked out.
 * A `null` is the size of an axis that is not known while a model is described.
 *
 * @throws ValueError if the number of elements does not fit.
 * @example
 * await jit((x) => ops.reshape(x, [2, -1]))([1, 2, 3, 4]);   // [[1, 2], [3, 4]]
 * @see https://keras.io/api/ops/numpy/#reshape-function
 */
export function reshape(x: Operand, shape: Shape): Value {
  const value = toValue(x);
  const target = inferSize(value.shape, shape);
  return sameShape(value.shape, target) ? value : createNode('reshape', [value], { shape: target })[0];
}

function inferSize(from: Shape, to: Shape): Shape {
  const unknownAt = to.indexOf(-1);
  if (unknownAt === -1) return to;
  const rest = to.filter((_, i) => i !== unknownAt);
  if (rest.includes(-1)) {
    throw new ValueError(`[ops.reshape] only one size may be -1. Received: shape=${showShape(to)}.`);
  }
  // What is unknown on both sides cancels: [null, 4, 6] to [null, -1] leaves 24.
  const unknownFrom = from.filter((size) => size === null).length;
  const unknownTo = rest.filter((size) => size === null).length;
  if (unknownFrom !== unknownTo) return to.map((size) => (size === -1 ? null : size));
  const have = sizeOf(from.filter((size) => size !== null));
  const used = sizeOf(rest.filter((size) => size !== null));
  const size = used === 0 ? 0 : have / used;
  if (!Number.isInteger(size)) {
    throw new ValueError(
      `[ops.reshape] the sizes must divide the ${have} elements. Received: shape=${showShape(to)} for an input of shape ${showShape(from)}.`,
    );
  }
  return to.map((entry) => (entry === -1 ? size : entry));
}

/**
 * Axes in another order: output axis i is input axis `axes[i]`; reversed if no order is given.
 *
 * @throws ValueError if an axis is out of range, named twice or missing.
 * @example
 * await jit((x) => ops.transpose(x))([[1, 2, 3], [4, 5, 6]]);   // [[1, 4], [2, 5], [3, 6]]
 * @see https://keras.io/api/ops/numpy/#transpose-function
 */
export function transpose(x: Operand, axes?: readonly number[]): Value {
  const value = toValue(x);
  const permutation =
    axes === undefined
      ? value.shape.map((_, i) => value.rank - 1 - i)
      : canonicalAxes(axes, value.rank, 'ops.transpose', 'axes');
  if (permutation.every((axis, i) => axis === i) && permutation.length === value.rank) return value;
  return createNode('transpose', [value], { permutation })[0];
}

/**
 * x repeated along axes of size 1, and along new axes in front, to a shape.
 *
 * @throws ValueError if x does not broadcast to the shape.
 * @example
 * await jit((x) => ops.broadcastTo(x, [2, 3]))([1, 2, 3]);   // [[1, 2, 3], [1, 2, 3]]
 * @see https://keras.io/api/ops/numpy/#broadcast_to-function
 */
export function broadcastTo(x: Operand, shape: Shape): Value {
  const value = toValue(x);
  return sameShape(value.shape, shape) ? value : createNode('broadcastTo', [value], { shape })[0];
}

/**
 * Values one behind the other along an axis, the first unless another is given.
 *
 * Shapes: all alike but for the size of the axis; those sizes add up.
 *
 * @throws ValueError if there is no value, or the other sizes differ.
 * @example
 * await jit((a, b) => ops.concatenate([a, b], -1))([[1], [2]], [[3], [4]]);   // [[1, 3], [2, 4]]
 * @see https://keras.io/api/ops/numpy/#concatenate-function
 */
export function concatenate(values: readonly Operand[], axis = 0): Value {
  const unified = unify(values);
  const [first] = unified;
  if (first === undefined) throw new ValueError('[ops.concatenate] there must be at least one value. Received: none.');
  return createNode('concatenate', unified, { axis: canonicalAxis(axis, first.rank, 'ops.concatenate') })[0];
}

/**
 * The elements from `starts` (inclusive) to `ends` (exclusive) on each axis, every `strides`-th of them.
 * An end of `Infinity` is the end of the axis.
 *
 * Shapes: axis i becomes ⌈(ends[i] − starts[i]) / strides[i]⌉. Keras's function of this name takes sizes in place of
 * ends, and no strides.
 *
 * @throws ValueError if a list has not one entry for each axis, or leads outside x; negative numbers do not count from
 * the back.
 * @example
 * await jit((x) => ops.slice(x, [0, 1], [2, Infinity]))([[1, 2, 3], [4, 5, 6]]);   // [[2, 3], [5, 6]]
 * await jit((x) => ops.slice(x, [0], [5], [2]))([0, 1, 2, 3, 4]);   // [0, 2, 4]
 * @see https://keras.io/api/ops/core/#slice-function
 */
export function slice(
  x: Operand,
  starts: readonly number[],
  ends: readonly number[],
  strides: readonly number[] = starts.map(() => 1),
): Value {
  const value = toValue(x);
  if (starts.length !== value.rank || ends.length !== value.rank || strides.length !== value.rank) {
    throw new ValueError(
      `[ops.slice] starts, ends and strides must have an entry for each of the ${value.rank} axes. Received: starts=${show(starts)}, ends=${show(ends)}.`,
    );
  }
  const limits = ends.map((end, i) => Math.min(end, value.shape[i] ?? Infinity));
  return createNode('slice', [value], { starts, ends: limits, strides })[0];
}

/**
 * Zeros before and behind each axis: `width[i]` is [before, behind].
 *
 * @throws ValueError if there is not one entry for each axis.
 * @example
 * await jit((x) => ops.pad(x, [[1, 2]]))([7, 8]);   // [0, 7, 8, 0, 0]
 * @see https://keras.io/api/ops/numpy/#pad-function
 */
export function pad(x: Operand, width: readonly (readonly [number, number])[]): Value {
  const value = toValue(x);
  if (width.length !== value.rank) {
    throw new ValueError(
      `[ops.pad] width must have an entry for each of the ${value.rank} axes. Received: width=${show(width)}.`,
    );
  }
  if (width.every(([before, after]) => before === 0 && after === 0)) return value;
  const [before, after] = [width.map(([first]) => first), width.map(([, second]) => second)];
  return createNode('pad', [value], { before, after, between: width.map(() => 0) })[0];
}

/**
 * The slices of x at integer indices along an axis; without one the elements of x as they lie in memory, at the indices.
 * Indices must lie in [0, size).
 *
 * Shapes: the axis is replaced by the shape of the indices; without one it is that shape.
 *
 * @throws ValueError if the axis is out of range.
 * @example
 * await jit((x) => ops.take(x, [1, 0], 1))([[1, 2], [3, 4]]);   // [[2, 1], [4, 3]]
 * await jit((x) => ops.take(x, [3, 0]))([[1, 2], [3, 4]]);      // [4, 1]
 * @see https://keras.io/api/ops/numpy/#take-function
 */
export function take(x: Operand, indices: Operand, axis: number | null = null): Value {
  const value = axis === null ? reshape(x, [-1]) : toValue(x);
  const at = castTo(toValue(indices), 'int32');
  return createNode('gather', [value, at], { axis: canonicalAxis(axis ?? 0, value.rank, 'ops.take') })[0];
}

/**
 * A new last axis of `numClasses` with a one at the index and zeros elsewhere; all zeros for an index out of range.
 *
 * Shapes: indices (…) → (…, numClasses).
 *
 * @example
 * await jit((x) => ops.oneHot(x, 3))([2, 0]);   // [[0, 0, 1], [1, 0, 0]]
 * @see https://keras.io/api/ops/nn/#one_hot-function
 */
export function oneHot(indices: Operand, numClasses: number, dtype: DType = 'float32'): Value {
  return createNode('oneHot', [castTo(toValue(indices), 'int32')], { depth: numClasses, dtype })[0];
}

/**
 * A new axis of size 1 at `axis`, which counts the new one: −1 puts it last.
 *
 * @throws ValueError if the axis is out of range.
 * @example
 * await jit((x) => ops.expandDims(x, -1))([1, 2]);   // [[1], [2]]
 * @see https://keras.io/api/ops/numpy/#expand_dims-function
 */
export function expandDims(x: Operand, axis: number): Value {
  const value = toValue(x);
  const at = canonicalAxis(axis, value.rank + 1, 'ops.expandDims');
  return createNode('reshape', [value], { shape: value.shape.toSpliced(at, 0, 1) })[0];
}

/**
 * Without the axes of size 1 that are named, or without any.
 *
 * @throws ValueError if an axis that is named has another size.
 * @example
 * await jit((x) => ops.squeeze(x, 0))([[[1], [2]]]);   // [[1], [2]]
 * @see https://keras.io/api/ops/numpy/#squeeze-function
 */
export function squeeze(x: Operand, axis?: number | readonly number[]): Value {
  const value = toValue(x);
  const axes =
    axis === undefined
      ? value.shape.flatMap((size, i) => (size === 1 ? [i] : []))
      : canonicalAxes(axis, value.rank, 'ops.squeeze');
  if (axes.some((i) => value.shape[i] !== 1)) {
    throw new ValueError(
      `[ops.squeeze] only axes of size 1 can go. Received: axis=${show(axis)} for shape ${showShape(value.shape)}.`,
    );
  }
  const shape = value.shape.filter((_, i) => !axes.includes(i));
  return axes.length === 0 ? value : createNode('reshape', [value], { shape })[0];
}

/**
 * A constant of one number.
 *
 * @example
 * await jit((x) => ops.add(x, ops.full([2], 7)))([1, 2]);   // [8, 9]
 * @see https://keras.io/api/ops/numpy/#full-function
 */
export function full(shape: KnownShape, value: number, dtype: DType = 'float32'): Value {
  return broadcastTo(constant(value, dtype), shape);
}

/**
 * A value of x's shape and type, filled with one number.
 *
 * @example
 * await jit((x) => ops.fullLike(x, 7))([[1], [2]]);   // [[7], [7]]
 * @see https://keras.io/api/ops/numpy/#full_like-function
 */
export function fullLike(x: Operand, value: number): Value {
  const like = toValue(x);
  if (isKnown(like.shape)) return full(like.shape, value, like.dtype);
  return createNode('broadcastTo', [constant(value, like.dtype)], { shape: like.shape })[0];
}

/**
 * Zeros of x's shape and type.
 * @example
 * await jit((x) => ops.zerosLike(x))([1, 2]);   // [0, 0]
 * @see https://keras.io/api/ops/numpy/#zeros_like-function
 */
export const zerosLike = (x: Operand): Value => fullLike(x, 0);

/**
 * Ones of x's shape and type.
 * @example
 * await jit((x) => ops.onesLike(x))([1, 2]);   // [1, 1]
 * @see https://keras.io/api/ops/numpy/#ones_like-function
 */
export const onesLike = (x: Operand): Value => fullLike(x, 1);
