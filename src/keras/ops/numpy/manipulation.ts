import { canonicalAxes, canonicalAxis } from '../../../core/axes.ts';
import { checkIntegers } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { type Shape, checkShape, isKnown, showShape, sizeOf } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, toValue } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { REQUIRED, type Symbolic, type UnaryOp, op } from '../base/op.ts';

type Axes = number | readonly number[];

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);

/**
 * The same elements, in the same order, in another shape. One size may be −1, and is computed from the rest. A `null` is the
 * size of an axis that is not known while a model is described.
 *
 * @throws ValueError if the number of elements does not fit; TypeError if `newshape` is not a list of integers, or one.
 * @example
 * await jit((x) => ops.reshape(x, [2, -1]))([1, 2, 3, 4]);   // [[1, 2], [3, 4]]
 * @see https://keras.io/api/ops/numpy/#reshape-function
 */
export const reshape: Symbolic<(x: Operand, newshape: Shape | number) => Value> = op(
  'numpy.Reshape',
  ['x'],
  { newshape: REQUIRED },
  (x: Operand, newshape: Shape | number): Value => {
    const value = toValue(x);
    return build.reshape(value, inferSize(value.shape, checkNewShape(newshape)));
  },
);

function checkNewShape(newshape: unknown): Shape {
  const sizes: unknown = typeof newshape === 'number' ? [newshape] : newshape;
  const isSize = (size: unknown): boolean => size === null || (Number.isInteger(size) && Number(size) >= -1);
  if (Array.isArray(sizes) && sizes.every(isSize)) return sizes as Shape;
  throw new TypeError(
    `[ops.reshape] newshape must be an integer ≥ -1, or a list of them. Received: newshape=${show(newshape)}.`,
  );
}

function inferSize(from: Shape, given: Shape): Shape {
  // Configs of Keras write null for −1 too.
  const nulls = given.filter((size) => size === null).length;
  const to = nulls === 1 && !given.includes(-1) && isKnown(from) ? given.map((size) => size ?? -1) : given;
  const unknownAt = to.indexOf(-1);
  if (unknownAt === -1) return to;
  const rest = to.filter((_, i) => i !== unknownAt);
  if (rest.includes(-1)) {
    throw new ValueError(`[ops.reshape] only one size may be -1. Received: newshape=${showShape(to)}.`);
  }
  // Unknown sizes on both sides cancel: [null, 4, 6] to [null, -1] leaves 24.
  const unknownFrom = from.filter((size) => size === null).length;
  const unknownTo = rest.filter((size) => size === null).length;
  if (unknownFrom !== unknownTo) return to.map((size) => (size === -1 ? null : size));
  const have = sizeOf(from.filter((size) => size !== null));
  const used = sizeOf(rest.filter((size) => size !== null));
  const size = used === 0 ? 0 : have / used;
  if (!Number.isInteger(size)) {
    throw new ValueError(
      `[ops.reshape] the sizes must divide the ${have} elements. Received: newshape=${showShape(to)} for an input of shape ${showShape(from)}.`,
    );
  }
  return to.map((entry) => (entry === -1 ? size : entry));
}

/**
 * All elements of x along one axis, in row-major order.
 * @example
 * await jit((x) => ops.ravel(x))([[1, 2], [3, 4]]);   // [1, 2, 3, 4]
 * @see https://keras.io/api/ops/numpy/#ravel-function
 */
export const ravel: UnaryOp = op('numpy.Ravel', ['x'], (x: Operand): Value => reshape(toValue(x), [-1]));

/** Options of {@link transpose}. */
export interface TransposeOptions {
  /** The axes of x in the order of the result. @default null, reversed */
  axes?: readonly number[] | null | undefined;
}

/**
 * x with its axes reordered: output axis i is input axis `axes[i]`.
 *
 * @throws ValueError if an axis is out of range, repeated or missing.
 * @example
 * await jit((x) => ops.transpose(x))([[1, 2, 3], [4, 5, 6]]);   // [[1, 4], [2, 5], [3, 6]]
 * @see https://keras.io/api/ops/numpy/#transpose-function
 */
export const transpose: Symbolic<(x: Operand, options?: TransposeOptions) => Value> = op(
  'numpy.Transpose',
  ['x'],
  { axes: null },
  (x: Operand, { axes = null }: TransposeOptions = {}): Value => {
    const value = toValue(x);
    const { rank } = value;
    return build.transpose(
      value,
      axes === null ? range(rank).reverse() : canonicalAxes(axes, rank, 'ops.transpose', 'axes'),
    );
  },
);

/**
 * x with two axes exchanged.
 * @throws ValueError if an axis is out of range.
 * @example
 * await jit((x) => ops.swapaxes(x, 0, 1))([[1, 2], [3, 4]]);   // [[1, 3], [2, 4]]
 * @see https://keras.io/api/ops/numpy/#swapaxes-function
 */
export const swapaxes: Symbolic<(x: Operand, axis1: number, axis2: number) => Value> = op(
  'numpy.Swapaxes',
  ['x'],
  { axis1: REQUIRED, axis2: REQUIRED },
  (x: Operand, axis1: number, axis2: number): Value => {
    const value = toValue(x);
    const { rank } = value;
    const [a, b] = [canonicalAxis(axis1, rank, 'ops.swapaxes'), canonicalAxis(axis2, rank, 'ops.swapaxes')];
    return build.transpose(
      value,
      range(rank).map((i) => (i === a ? b : i === b ? a : i)),
    );
  },
);

/**
 * x with axes moved to new positions; the remaining axes keep their order.
 * @throws ValueError if an axis is out of range or repeated, or `source` and `destination` differ in length.
 * @example
 * await jit((x) => ops.moveaxis(x, 0, -1))([[1, 2], [3, 4]]);   // [[1, 3], [2, 4]]
 * @see https://keras.io/api/ops/numpy/#moveaxis-function
 */
export const moveaxis: Symbolic<(x: Operand, source: Axes, destination: Axes) => Value> = op(
  'numpy.Moveaxis',
  ['x'],
  { source: REQUIRED, destination: REQUIRED },
  (x: Operand, source: Axes, destination: Axes): Value => {
    const value = toValue(x);
    const { rank } = value;
    const from = canonicalAxes(source, rank, 'ops.moveaxis', 'source');
    const to = canonicalAxes(destination, rank, 'ops.moveaxis', 'destination');
    if (from.length !== to.length) {
      throw new ValueError(
        `[ops.moveaxis] there must be a destination for each source. Received: source=${show(source)}, destination=${show(destination)}.`,
      );
    }
    const order = range(rank).filter((i) => !from.includes(i));
    const moves = to.map((place, i) => [place, from[i] ?? 0] as const).sort(([a], [b]) => a - b);
    for (const [place, axis] of moves) order.splice(place, 0, axis);
    return build.transpose(value, order);
  },
);

/**
 * x with new axes of size 1 at positions of the result: −1 is the last.
 *
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.expandDims(x, -1))([1, 2]);   // [[1], [2]]
 * @see https://keras.io/api/ops/numpy/#expand_dims-function
 */
export const expandDims: Symbolic<(x: Operand, axis: Axes) => Value> = op(
  'numpy.ExpandDims',
  ['x'],
  { axis: REQUIRED },
  (x: Operand, axis: Axes): Value => {
    const { shape, rank } = toValue(x);
    const given = checkIntegers('ops.expandDims', 'axis', axis);
    const places = [...canonicalAxes(given, rank + given.length, 'ops.expandDims')].sort((a, b) => a - b);
    return build.reshape(
      x,
      places.reduce<Shape>((expanded, place) => expanded.toSpliced(place, 0, 1), shape),
    );
  },
);

/** Options of {@link squeeze}. */
export interface SqueezeOptions {
  /** The axes to remove. @default null, all axes of size 1 */
  axis?: Axes | null | undefined;
}

/**
 * x without axes of size 1.
 *
 * @throws ValueError if an axis has another size.
 * @example
 * await jit((x) => ops.squeeze(x, { axis: 0 }))([[[1], [2]]]);   // [[1], [2]]
 * @see https://keras.io/api/ops/numpy/#squeeze-function
 */
export const squeeze: Symbolic<(x: Operand, options?: SqueezeOptions) => Value> = op(
  'numpy.Squeeze',
  ['x'],
  { axis: null },
  (x: Operand, { axis = null }: SqueezeOptions = {}): Value => {
    const value = toValue(x);
    const { shape, rank } = value;
    const axes = axis === null ? range(rank).filter((i) => shape[i] === 1) : canonicalAxes(axis, rank, 'ops.squeeze');
    if (axes.some((i) => shape[i] !== 1)) {
      throw new ValueError(
        `[ops.squeeze] the axes must have size 1. Received: axis=${show(axis)} for shape ${showShape(shape)}.`,
      );
    }
    return build.reshape(
      value,
      shape.filter((_, i) => !axes.includes(i)),
    );
  },
);

/**
 * x repeated along axes of size 1, and along new leading axes, to a shape.
 *
 * @throws ValueError if x does not broadcast to the shape.
 * @example
 * await jit((x) => ops.broadcastTo(x, [2, 3]))([1, 2, 3]);   // [[1, 2, 3], [1, 2, 3]]
 * @see https://keras.io/api/ops/numpy/#broadcast_to-function
 */
export const broadcastTo: Symbolic<(x: Operand, shape: Shape | number) => Value> = op(
  'numpy.BroadcastTo',
  ['x'],
  { shape: REQUIRED },
  (x: Operand, shape: Shape | number): Value =>
    build.broadcastTo(x, checkShape(typeof shape === 'number' ? [shape] : shape, 'ops.broadcastTo')),
);

/** Options of {@link flip}. */
export interface FlipOptions {
  /** The axes to reverse. @default null, all axes */
  axis?: Axes | null;
}

/**
 * x with the elements along axes reversed.
 * @throws ValueError if an axis is out of range or repeated.
 * @example
 * await jit((x) => ops.flip(x, { axis: 1 }))([[1, 2], [3, 4]]);   // [[2, 1], [4, 3]]
 * @see https://keras.io/api/ops/numpy/#flip-function
 */
export const flip: Symbolic<(x: Operand, options?: FlipOptions) => Value> = op(
  'numpy.Flip',
  ['x'],
  { axis: null },
  (x: Operand, { axis = null }: FlipOptions = {}): Value => {
    const value = toValue(x);
    const axes = canonicalAxes(axis ?? range(value.rank), value.rank, 'ops.flip');
    return axes.reduce<Value>((flipped, at) => {
      const size = value.shape[at] ?? null;
      // While a model is described, sizes may be unknown, and only the shape of the result matters.
      return size === null ? flipped : build.gather(flipped, Int32Array.from(range(size).reverse()), at);
    }, value);
  },
);

/** Options of {@link roll}. */
export interface RollOptions {
  /** The axes to shift along. @default null, all elements as one axis */
  axis?: Axes | null;
}

/**
 * x with elements shifted along axes; elements beyond the last position reappear at the first.
 * @throws ValueError if an axis is out of range, or `shift` and `axis` differ in length.
 * @example
 * await jit((x) => ops.roll(x, 1))([1, 2, 3]);   // [3, 1, 2]
 * @see https://keras.io/api/ops/numpy/#roll-function
 */
export const roll: Symbolic<(x: Operand, shift: Axes, options?: RollOptions) => Value> = op(
  'numpy.Roll',
  ['x'],
  { shift: REQUIRED, axis: null },
  function roll(x: Operand, shift: Axes, { axis = null }: RollOptions = {}): Value {
    const value = toValue(x);
    if (axis === null) return build.reshape(roll(ravel(value), shift, { axis: 0 }), value.shape);
    const axes = canonicalAxes(axis, value.rank, 'ops.roll');
    const given = checkIntegers('ops.roll', 'shift', shift);
    const shifts = typeof shift === 'number' ? axes.map(() => shift) : given;
    if (shifts.length !== axes.length) {
      throw new ValueError(
        `[ops.roll] shift must be an integer, or one for each axis. Received: shift=${show(shift)}, axis=${show(axis)}.`,
      );
    }
    return axes.reduce<Value>((rolled, at, i) => {
      const size = value.shape[at] ?? 0;
      const cut = size === 0 ? 0 : ((-(shifts[i] ?? 0) % size) + size) % size;
      if (cut === 0) return rolled;
      const part = (from: number, to: number): Value =>
        build.slice(
          rolled,
          rolled.shape.map((_, other) => (other === at ? from : 0)),
          rolled.shape.map((_, other) => (other === at ? to : Infinity)),
        );
      return build.concatenate([part(cut, size), part(0, cut)], at);
    }, value);
  },
);

/** Options of {@link tril} and {@link triu}. */
export interface TriangleOptions {
  /** The diagonal: 0 is the main one, positive ones are above it. @default 0 */
  k?: number;
}

type TriangleOp = Symbolic<(x: Operand, options?: TriangleOptions) => Value>;

/** x where column ≤ row + k (lower) or column ≥ row + k (upper), 0 elsewhere. */
function triangle(who: string, x: Operand, { k = 0 }: TriangleOptions, lower: boolean): Value {
  const value = toValue(x);
  if (!Number.isInteger(k)) throw new TypeError(`[${who}] k must be an integer. Received: k=${show(k)}.`);
  if (value.rank < 2) {
    throw new ValueError(`[${who}] x must have at least two axes. Received: shape ${showShape(value.shape)}.`);
  }
  const [rows = null, columns = null] = value.shape.slice(-2);
  // While a model is described, sizes may be unknown, and only the shape of the result matters.
  if (rows === null || columns === null) return value;
  const row = build.reshape(
    Int32Array.from(range(rows), (i) => i + k),
    [rows, 1],
  );
  const column = toValue(Int32Array.from(range(columns)));
  return build.where(
    lower ? build.lessEqual(column, row) : build.lessEqual(row, column),
    value,
    build.fullLike(value, 0),
  );
}

/**
 * The lower triangle of the last two axes, with 0 above the k-th diagonal.
 * @throws ValueError if there are not two axes.
 * @example
 * await jit((x) => ops.tril(x))([[1, 2], [3, 4]]);   // [[1, 0], [3, 4]]
 * @see https://keras.io/api/ops/numpy/#tril-function
 */
export const tril: TriangleOp = op('numpy.Tril', ['x'], { k: 0 }, (x: Operand, options: TriangleOptions = {}) =>
  triangle('ops.tril', x, options, true),
);

/**
 * The upper triangle of the last two axes, with 0 below the k-th diagonal.
 * @throws ValueError if there are not two axes.
 * @example
 * await jit((x) => ops.triu(x))([[1, 2], [3, 4]]);   // [[1, 2], [0, 4]]
 * @see https://keras.io/api/ops/numpy/#triu-function
 */
export const triu: TriangleOp = op('numpy.Triu', ['x'], { k: 0 }, (x: Operand, options: TriangleOptions = {}) =>
  triangle('ops.triu', x, options, false),
);
