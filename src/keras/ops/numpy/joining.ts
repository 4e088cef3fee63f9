import { checkValues } from '../base/check-values.ts';
import { canonicalAxis } from '../../../core/axes.ts';
import { checkChoice, checkIntegers } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toValue, unify } from '../../../compiler/builder/operand.ts';
import { createNode } from '../../../compiler/graph/node.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { REQUIRED, type Symbolic, op } from '../base/op.ts';
import { repeatAxes, valueOf } from './axes.ts';
import { expandDims, ravel } from './manipulation.ts';

/** Options of the functions that join or split along an axis. */
export interface AxisOptions {
  /** The axis. @default 0 */
  axis?: number;
}

/** Values of one type, of which there must be one. */
function unifyAll(who: string, name: string, values: readonly Operand[]): readonly [Value, ...Value[]] {
  const [first, ...rest] = unify(checkValues(who, name, values));
  if (first === undefined) throw new ValueError(`[${who}] there must be at least one value. Received: none.`);
  return [first, ...rest];
}

/**
 * Values joined along an axis.
 *
 * Shapes: equal except for the size of the axis; these sizes add up.
 *
 * @throws ValueError if there is no value, or other sizes differ.
 * @example
 * await jit((a, b) => ops.concatenate([a, b], { axis: -1 }))([[1], [2]], [[3], [4]]);   // [[1, 3], [2, 4]]
 * @see https://keras.io/api/ops/numpy/#concatenate-function
 */
export const concatenate: Symbolic<(xs: readonly Operand[], options?: AxisOptions) => Value> = op(
  'numpy.Concatenate',
  ['xs'],
  { axis: 0 },
  (xs: readonly Operand[], { axis = 0 }: AxisOptions = {}): Value => {
    const values = unifyAll('ops.concatenate', 'xs', xs);
    return build.concatenate(values, canonicalAxis(axis, values[0].rank, 'ops.concatenate'));
  },
);

/**
 * Values of one shape joined along a new axis.
 *
 * Shapes: the new axis has as many elements as there are values; −1 is the last axis.
 *
 * @throws ValueError if there is no value, the shapes differ, or the axis is out of range.
 * @example
 * await jit((a, b) => ops.stack([a, b], { axis: 1 }))([1, 2], [3, 4]);   // [[1, 3], [2, 4]]
 * @see https://keras.io/api/ops/numpy/#stack-function
 */
export const stack: Symbolic<(x: readonly Operand[], options?: AxisOptions) => Value> = op(
  'numpy.Stack',
  ['x'],
  { axis: 0 },
  (x: readonly Operand[], { axis = 0 }: AxisOptions = {}): Value => {
    const [first, ...rest] = unifyAll('ops.stack', 'x', x);
    const at = canonicalAxis(axis, first.rank + 1, 'ops.stack');
    return build.concatenate([expandDims(first, at), ...rest.map((value) => expandDims(value, at))], at);
  },
);

/** Stand-ins of the parts of an axis of unknown size, while a model is described: those between two indices have a size. */
function partsOfUnknown(x: Value, axis: number, indicesOrSections: number | readonly number[]): readonly Value[] {
  if (typeof indicesOrSections === 'number') return Array.from({ length: indicesOrSections }, () => x);
  if (!indicesOrSections.every((end, i) => end >= (indicesOrSections[i - 1] ?? 0))) {
    throw new ValueError(
      `[ops.split] indicesOrSections must be increasing indices. Received: indicesOrSections=${show(indicesOrSections)}.`,
    );
  }
  const parts = indicesOrSections.map((end, i) =>
    valueOf(x.shape.toSpliced(axis, 1, end - (indicesOrSections[i - 1] ?? 0)), x.dtype),
  );
  return [...parts, x];
}

/**
 * x divided along an axis into equal parts, or at a list of indices.
 *
 * @throws ValueError if the size of the axis is not a multiple of the number of parts, or the indices are not increasing.
 * @example
 * await jit((x) => ops.split(x, 2)[1])([1, 2, 3, 4]);         // [3, 4]
 * await jit((x) => ops.split(x, [1, 3])[1])([1, 2, 3, 4]);    // [2, 3]
 * @see https://keras.io/api/ops/numpy/#split-function
 */
export const split: Symbolic<
  (x: Operand, indicesOrSections: number | readonly number[], options?: AxisOptions) => readonly Value[]
> = op(
  'numpy.Split',
  ['x'],
  { indicesOrSections: REQUIRED, axis: 0 },
  (x: Operand, indicesOrSections: number | readonly number[], { axis = 0 }: AxisOptions = {}): readonly Value[] => {
    const value = toValue(x);
    const at = canonicalAxis(axis, value.rank, 'ops.split');
    const isCount = typeof indicesOrSections === 'number';
    const given = checkIntegers('ops.split', 'indicesOrSections', indicesOrSections, isCount ? 1 : 0);
    const size = value.shape[at] ?? null;
    if (size === null) return partsOfUnknown(value, at, isCount ? indicesOrSections : given);
    const cuts = isCount
      ? Array.from({ length: indicesOrSections - 1 }, (_, i) => ((i + 1) * size) / indicesOrSections)
      : given;
    const ends = [...cuts, size];
    if (!ends.every((end, i) => Number.isInteger(end) && end >= (ends[i - 1] ?? 0) && end <= size)) {
      throw new ValueError(
        `[ops.split] indicesOrSections must be a number of equal parts, or increasing indices, of the ${size} elements. Received: indicesOrSections=${show(indicesOrSections)}.`,
      );
    }
    return ends.map((end, i) =>
      build.slice(
        value,
        value.shape.map((_, other) => (other === at ? (ends[i - 1] ?? 0) : 0)),
        value.shape.map((_, other) => (other === at ? end : Infinity)),
      ),
    );
  },
);

/**
 * x tiled along its axes. A single number is for the last axis; a list that is longer than the rank adds leading axes.
 * @throws TypeError if a number is not an integer ≥ 1.
 * @example
 * await jit((x) => ops.tile(x, [2, 1]))([[1, 2]]);   // [[1, 2], [1, 2]]
 * @see https://keras.io/api/ops/numpy/#tile-function
 */
export const tile: Symbolic<(x: Operand, repeats: number | readonly number[]) => Value> = op(
  'numpy.Tile',
  ['x'],
  { repeats: REQUIRED },
  (x: Operand, repeats: number | readonly number[]): Value => {
    const value = toValue(x);
    const counts = checkIntegers('ops.tile', 'repeats', repeats, 1);
    const rank = Math.max(value.rank, counts.length);
    const all = [...new Array<number>(rank - counts.length).fill(1), ...counts];
    const wide = build.reshape(value, [...new Array<number>(rank - value.rank).fill(1), ...value.shape]);
    return all.reduce((tiled, count, axis) => {
      return build.concatenate([tiled, ...new Array<Value>(count - 1).fill(tiled)], axis);
    }, wide);
  },
);

/** Options of {@link repeat}. */
export interface RepeatOptions {
  /** The axis. @default null, all elements as one axis */
  axis?: number | null;
}

/**
 * x with each slice along an axis repeated in place.
 *
 * Shapes: the size of the axis is multiplied; with a list, it is the sum of the list.
 *
 * @throws ValueError if `repeats` is not an integer ≥ 0 or a list with one for each slice, or the axis is out of range.
 * @example
 * await jit((x) => ops.repeat(x, 2, { axis: 0 }))([1, 2]);   // [1, 1, 2, 2]
 * @see https://keras.io/api/ops/numpy/#repeat-function
 */
export const repeat: Symbolic<(x: Operand, repeats: number | readonly number[], options?: RepeatOptions) => Value> = op(
  'numpy.Repeat',
  ['x'],
  { repeats: REQUIRED, axis: null },
  (x: Operand, repeats: number | readonly number[], { axis = null }: RepeatOptions = {}): Value => {
    const value = axis === null ? ravel(toValue(x)) : toValue(x);
    const at = canonicalAxis(axis ?? 0, value.rank, 'ops.repeat');
    const counts = checkIntegers('ops.repeat', 'repeats', repeats, 0);
    const size = value.shape[at] ?? null;
    const [count = 1] = counts;
    if (counts.length === 1 && count > 0) return repeatAxes(value, new Map([[at, count]]));
    if (counts.length !== 1 && size !== null && counts.length !== size) {
      throw new ValueError(
        `[ops.repeat] repeats must be one number, or one for each of the ${size} slices. Received: repeats=${show(repeats)}.`,
      );
    }
    // While a model is described, the size may be unknown, and that of the result is unknown too.
    if (size === null) return value;
    const each = counts.length === 1 ? Array.from({ length: size }, () => count) : counts;
    return build.gather(value, Int32Array.from(each.flatMap((times, i) => new Array<number>(times).fill(i))), at);
  },
);

/** The number of elements before and after each axis. */
export type PadWidth = readonly (readonly [number, number])[];

/** The values of added elements: one value; or the elements of x, mirrored about the edge element or with it. */
export type PadMode = 'constant' | 'reflect' | 'symmetric';

/** Options of {@link pad}. */
export interface PadOptions {
  /** The values of the added elements. @default 'constant' */
  mode?: PadMode | undefined;
  /** The value of the added elements with mode `'constant'`. @default null, 0 */
  constantValues?: Operand | null | undefined;
}

/**
 * x with elements added around it: `padWidth[i]` is [before, after] for axis i. One pair, or one number, is for all axes.
 *
 * @throws ValueError if there is not one entry for each axis, `constantValues` is given with another mode than `'constant'`, or an
 * empty axis is mirrored; TypeError for an unknown mode.
 * @example
 * await jit((x) => ops.pad(x, [[1, 2]]))([7, 8]);   // [0, 7, 8, 0, 0]
 * @see https://keras.io/api/ops/numpy/#pad-function
 */
export const pad: Symbolic<
  (x: Operand, padWidth: PadWidth | readonly [number, number] | number, options?: PadOptions) => Value
> = op(
  'numpy.Pad',
  ['x', 'constantValues='],
  { padWidth: REQUIRED, mode: 'constant' },
  (
    x: Operand,
    given: PadWidth | readonly [number, number] | number,
    { mode = 'constant', constantValues }: PadOptions = {},
  ): Value => {
    const value = toValue(x);
    const padWidth = checkPadWidth(given, value);
    const checked = checkChoice('ops.pad', 'mode', mode, ['constant', 'reflect', 'symmetric']);
    if (checked !== 'constant') {
      if (constantValues === undefined || constantValues === null) return mirror(value, padWidth, checked);
      throw new ValueError(
        `[ops.pad] constantValues can be given with mode "constant" only. Received: mode=${show(mode)}, constantValues=${show(constantValues)}.`,
      );
    }
    if (constantValues === undefined || constantValues === null || constantValues === 0)
      return padZeros(value, padWidth);
    const isInside = castTo(padZeros(build.fullLike(value, 1), padWidth), 'bool');
    return build.where(isInside, padZeros(value, padWidth), castTo(toValue(constantValues), value.dtype));
  },
);

/** One [before, after] for each axis. */
function checkPadWidth(given: PadWidth | readonly [number, number] | number, { rank }: Value): PadWidth {
  const isPair = Array.isArray(given) && given.length === 2 && given.every((entry) => typeof entry === 'number');
  const pair = typeof given === 'number' ? [given, given] : isPair ? given : null;
  const padWidth = (pair === null ? given : Array.from({ length: rank }, () => pair)) as PadWidth;
  const isWidth = (width: unknown): boolean => Number.isInteger(width) && Number(width) >= 0;
  const isEntry = (entry: readonly unknown[]): boolean => entry.length === 2 && entry.every(isWidth);
  const entries: unknown = padWidth;
  const fits = Array.isArray(entries) && entries.length === rank && entries.every(Array.isArray);
  if (fits && padWidth.every(isEntry)) return padWidth;
  throw new ValueError(
    `[ops.pad] padWidth must have an entry for each of the ${rank} axes. Received: padWidth=${show(given)}.`,
  );
}

/** x with its elements mirrored beyond its ends: about the last element (`reflect`), or with it (`symmetric`). */
function mirror(value: Value, padWidth: PadWidth, mode: 'reflect' | 'symmetric'): Value {
  return padWidth.reduce<Value>((padded, [before, after], axis) => {
    const size = padded.shape[axis] ?? null;
    // While a model is described, sizes may be unknown, and only the shape of the result matters.
    if ((before === 0 && after === 0) || size === null) return padded;
    if (size === 0) {
      throw new ValueError(
        `[ops.pad] an axis that is mirrored must have elements. Received: shape ${showShape(value.shape)}.`,
      );
    }
    // The elements go forth and back: 0 1 2 1 0 1 …, or 0 1 2 2 1 0 0 1 …
    const period = mode === 'reflect' ? Math.max(1, 2 * size - 2) : 2 * size;
    const indices = Int32Array.from({ length: before + size + after }, (_, i) => {
      const place = (((i - before) % period) + period) % period;
      return place < size ? place : (mode === 'reflect' ? period : period - 1) - place;
    });
    return build.gather(padded, indices, axis);
  }, value);
}

function padZeros(value: Value, padWidth: PadWidth): Value {
  if (padWidth.every(([before, after]) => before === 0 && after === 0)) return value;
  const [before, after] = [padWidth.map(([first]) => first), padWidth.map(([, second]) => second)];
  return createNode('pad', [value], { before, after, between: padWidth.map(() => 0) })[0];
}
