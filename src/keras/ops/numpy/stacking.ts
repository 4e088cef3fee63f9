import { checkValues } from '../base/check-values.ts';
import { canonicalAxis } from '../../../core/axes.ts';
import { checkIntegers } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, toValue, unifyTwo } from '../../../compiler/builder/operand.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { REQUIRED, type Symbolic, op } from '../base/op.ts';
import { cut } from './axes.ts';
import { concatenate, split } from './joining.ts';
import { ravel } from './manipulation.ts';

/** Options of {@link append}. */
export interface AppendOptions {
  /** The axis to join along. @default null, all elements as one axis */
  axis?: number | null;
}

/**
 * x2 after x1 along an axis.
 * @throws ValueError if the shapes differ on another axis, or the axis is out of range.
 * @example
 * await jit((a, b) => ops.append(a, b))([1, 2], [[3], [4]]);   // [1, 2, 3, 4]
 * @see https://keras.io/api/ops/numpy/#append-function
 */
export const append: Symbolic<(x1: Operand, x2: Operand, options?: AppendOptions) => Value> = op(
  'numpy.Append',
  ['x1', 'x2'],
  { axis: null },
  (x1: Operand, x2: Operand, { axis = null }: AppendOptions = {}): Value => {
    const [x, y] = unifyTwo(x1, x2);
    if (axis === null) return build.concatenate([ravel(x), ravel(y)], 0);
    return build.concatenate([x, y], canonicalAxis(axis, x.rank, 'ops.append'));
  },
);

type StackOp = Symbolic<(xs: readonly Operand[]) => Value>;

/** A value with at least one, two or three axes, as in NumPy: `[n]` becomes `[1, n]`, then `[1, n, 1]`. */
function withAxes(x: Operand, rank: 1 | 2 | 3): Value {
  const value = toValue(x);
  if (value.rank >= rank) return value;
  const line = value.rank === 0 ? [1] : value.shape;
  if (rank === 1) return build.reshape(value, line);
  const matrix = line.length === 1 ? [1, ...line] : line;
  return build.reshape(value, rank === 2 ? matrix : [...matrix, 1]);
}

/**
 * Values joined side by side: along the second axis, or the first if they have one axis.
 * @throws ValueError if there are none, or their shapes do not fit.
 * @example
 * await jit((a, b) => ops.hstack([a, b]))([[1], [2]], [[3], [4]]);   // [[1, 3], [2, 4]]
 * @see https://keras.io/api/ops/numpy/#hstack-function
 */
export const hstack: StackOp = op('numpy.Hstack', ['xs'], (xs: readonly Operand[]): Value => {
  const values = checkValues('ops.hstack', 'xs', xs).map((x) => withAxes(x, 1));
  return concatenate(values, { axis: values[0]?.rank === 1 ? 0 : 1 });
});

/**
 * Values joined one below the other, along the first of at least two axes.
 * @throws ValueError if there are none, or their shapes do not fit.
 * @example
 * await jit((a, b) => ops.vstack([a, b]))([1, 2], [3, 4]);   // [[1, 2], [3, 4]]
 * @see https://keras.io/api/ops/numpy/#vstack-function
 */
export const vstack: StackOp = op('numpy.Vstack', ['xs'], (xs: readonly Operand[]): Value =>
  concatenate(
    checkValues('ops.vstack', 'xs', xs).map((x) => withAxes(x, 2)),
    { axis: 0 },
  ),
);

/**
 * Values joined along the third of at least three axes.
 * @throws ValueError if there are none, or their shapes do not fit.
 * @example
 * await jit((a, b) => ops.dstack([a, b]))([1, 2], [3, 4]);   // [[[1, 3], [2, 4]]]
 * @see https://keras.io/api/ops/numpy/
 */
export const dstack: StackOp = op('numpy.Dstack', ['xs'], (xs: readonly Operand[]): Value =>
  concatenate(
    checkValues('ops.dstack', 'xs', xs).map((x) => withAxes(x, 3)),
    { axis: 2 },
  ),
);

/** Options of {@link arraySplit}. */
export interface ArraySplitOptions {
  /** The axis. @default 0 */
  axis?: number;
}

/**
 * The parts of x along an axis: as many as are asked for, of sizes that differ by at most 1, the larger ones first; or those
 * between indices.
 * @throws ValueError if the axis is out of range, or the indices do not fit.
 * @example
 * await jit((x) => ops.arraySplit(x, 2)[0])([1, 2, 3]);   // [1, 2]
 * @see https://keras.io/api/ops/numpy/
 */
export const arraySplit: Symbolic<
  (x: Operand, indicesOrSections: number | readonly number[], options?: ArraySplitOptions) => readonly Value[]
> = op(
  'numpy.ArraySplit',
  ['x'],
  { indicesOrSections: REQUIRED, axis: 0 },
  (
    x: Operand,
    indicesOrSections: number | readonly number[],
    { axis = 0 }: ArraySplitOptions = {},
  ): readonly Value[] => {
    const value = toValue(x);
    const at = canonicalAxis(axis, value.rank, 'ops.arraySplit');
    const size = value.shape[at] ?? null;
    if (typeof indicesOrSections !== 'number' || size === null) return split(value, indicesOrSections, { axis });
    const [count = 1] = checkIntegers('ops.arraySplit', 'indicesOrSections', indicesOrSections, 1);
    const [share, rest] = [Math.floor(size / count), size % count];
    const startOf = (i: number): number => i * share + Math.min(i, rest);
    return Array.from({ length: count }, (_, i) => cut(value, at, startOf(i), startOf(i + 1)));
  },
);

type SplitOp = Symbolic<(x: Operand, indicesOrSections: number | readonly number[]) => readonly Value[]>;

function splitOn(
  who: string,
  x: Operand,
  indicesOrSections: number | readonly number[],
  axis: (rank: number) => number,
  rank: number,
): readonly Value[] {
  const value = toValue(x);
  if (value.rank < rank) {
    throw new ValueError(`[${who}] x must have at least ${rank} axes. Received: shape ${showShape(value.shape)}.`);
  }
  const at = axis(value.rank);
  const size = value.shape[at] ?? null;
  if (typeof indicesOrSections === 'number' && size !== null && size % indicesOrSections !== 0) {
    throw new ValueError(
      `[${who}] the ${size} elements must divide into equal parts. Received: indicesOrSections=${show(indicesOrSections)}.`,
    );
  }
  return split(value, indicesOrSections, { axis: at });
}

/**
 * {@link split} along the second axis, or the first of a single one.
 * @throws ValueError if x is a scalar, or the parts do not fit.
 * @example
 * await jit((x) => ops.hsplit(x, 2)[1])([[1, 2], [3, 4]]);   // [[2], [4]]
 * @see https://keras.io/api/ops/numpy/
 */
export const hsplit: SplitOp = op(
  'numpy.Hsplit',
  ['x'],
  { indicesOrSections: REQUIRED },
  (x: Operand, indicesOrSections: number | readonly number[]) =>
    splitOn('ops.hsplit', x, indicesOrSections, (rank) => (rank === 1 ? 0 : 1), 1),
);

/**
 * {@link split} along the first axis of at least two.
 * @throws ValueError if x has fewer than two axes, or the parts do not fit.
 * @example
 * await jit((x) => ops.vsplit(x, 2)[1])([[1, 2], [3, 4]]);   // [[3, 4]]
 * @see https://keras.io/api/ops/numpy/
 */
export const vsplit: SplitOp = op(
  'numpy.Vsplit',
  ['x'],
  { indicesOrSections: REQUIRED },
  (x: Operand, indicesOrSections: number | readonly number[]) =>
    splitOn('ops.vsplit', x, indicesOrSections, () => 0, 2),
);

/**
 * {@link split} along the third axis.
 * @throws ValueError if x has fewer than three axes, or the parts do not fit.
 * @example
 * await jit((x) => ops.dsplit(x, 2)[1])([[[1, 2], [3, 4]]]);   // [[[2], [4]]]
 * @see https://keras.io/api/ops/numpy/
 */
export const dsplit: SplitOp = op(
  'numpy.Dsplit',
  ['x'],
  { indicesOrSections: REQUIRED },
  (x: Operand, indicesOrSections: number | readonly number[]) =>
    splitOn('ops.dsplit', x, indicesOrSections, () => 2, 3),
);
