import { checkChoice, checkIntegers } from '../../core/checks.ts';
import { ValueError } from '../../core/errors.ts';
import { type Shape, compatible, isKnown, showShape, sizeOf } from '../../core/shape.ts';
import * as build from '../../compiler/builder/index.ts';
import { type Operand, castTo, toValue } from '../../compiler/builder/operand.ts';
import { constant } from '../../compiler/graph/leaves.ts';
import type { ScatterCombination } from '../../compiler/ir/primitives.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { REQUIRED, type Symbolic, op } from './base/op.ts';

/** The leading axes that indices select from, joined; what is left are rows. */
interface Rows {
  readonly rows: Value;
  /** The row of each index, an int32 for each. */
  readonly places: Value;
  /** The shape of the updates. */
  readonly shape: Shape;
}

/** Indices `[…, k]` into the first k axes as indices of rows; negative ones count from the end. */
function rowsAt(who: string, inputs: Value, indices: Operand): Rows {
  const given = castTo(toValue(indices), 'int32');
  const depth = given.shape.at(-1) ?? null;
  const sizes = depth === null ? [] : inputs.shape.slice(0, depth);
  const known = sizes.filter((size) => size !== null);
  if (given.rank < 1 || depth === null || depth < 1 || depth > inputs.rank || known.length < sizes.length) {
    throw new ValueError(
      `[${who}] indices must have an entry on their last axis for each axis of known size that they select from. Received: indices of shape ${showShape(given.shape)} for shape ${showShape(inputs.shape)}.`,
    );
  }
  const lead = given.shape.slice(0, -1);
  const fromStart = build.where(build.less(given, 0), build.add(given, Int32Array.from(known)), given);
  const strides = Int32Array.from(known.map((_, i) => sizeOf(known.slice(i + 1))));
  const places = build.sum(build.multiply(fromStart, strides), { axes: [given.rank - 1] });
  const rest = inputs.shape.slice(depth);
  return { rows: build.reshape(inputs, [sizeOf(known), ...rest]), places, shape: [...lead, ...rest] };
}

function scatterInto(
  who: string,
  inputs: Value,
  indices: Operand,
  updates: Value,
  combination: ScatterCombination,
): Value {
  const { rows, places, shape } = rowsAt(who, inputs, indices);
  if (!compatible(updates.shape, shape)) {
    throw new ValueError(
      `[${who}] the updates must have the shape ${showShape(shape)}. Received: ${showShape(updates.shape)}.`,
    );
  }
  return build.reshape(build.scatterRows(rows, places, updates, combination), inputs.shape);
}

/**
 * Zeros of a shape, with values added at indices.
 *
 * Shapes: indices `[…, k]` select from the first k axes; values `[…, …rest of the shape]`.
 *
 * @throws ValueError if the shapes do not fit; TypeError if a size is not an integer ≥ 0.
 * @example
 * await jit((values) => ops.scatter([[0], [2], [2]], values, [3]))([1, 2, 3]);   // [1, 0, 5]
 * @see https://keras.io/api/ops/core/#scatter-function
 */
export const scatter: Symbolic<(indices: Operand, values: Operand, shape: readonly number[]) => Value> = op(
  'core.Scatter',
  ['indices', 'values'],
  { shape: REQUIRED },
  (indices: Operand, values: Operand, shape: readonly number[]): Value => {
    const updates = toValue(values);
    const sizes = checkIntegers('ops.scatter', 'shape', shape, 0);
    const zeros = build.broadcastTo(constant(0, updates.dtype), sizes);
    return scatterInto('ops.scatter', zeros, indices, updates, 'add');
  },
);

/** Options of {@link scatterUpdate}. */
export interface ScatterUpdateOptions {
  /** The combination of an element and its update. @default null, the update */
  reduction?: 'add' | 'max' | 'min' | 'mul' | null;
}

const COMBINATIONS = { add: 'add', max: 'maximum', min: 'minimum', mul: 'multiply' } as const;

/**
 * x with elements at indices replaced by updates, or combined with them.
 *
 * Shapes: indices `[…, k]` select from the first k axes; updates `[…, …rest of the shape]`.
 *
 * @throws ValueError if the shapes do not fit; TypeError if the reduction is unknown.
 * @example
 * await jit((x) => ops.scatterUpdate(x, [[0], [2]], [7, 8]))([1, 2, 3]);                         // [7, 2, 8]
 * await jit((x) => ops.scatterUpdate(x, [[0], [2]], [7, 8], { reduction: 'add' }))([1, 2, 3]);   // [8, 2, 11]
 * @see https://keras.io/api/ops/core/#scatter_update-function
 */
export const scatterUpdate: Symbolic<
  (inputs: Operand, indices: Operand, updates: Operand, options?: ScatterUpdateOptions) => Value
> = op(
  'core.ScatterUpdate',
  ['inputs', 'indices', 'updates'],
  { reduction: null },
  (inputs: Operand, indices: Operand, updates: Operand, { reduction = null }: ScatterUpdateOptions = {}): Value => {
    const who = 'ops.scatterUpdate';
    const value = toValue(inputs);
    const choice = reduction === null ? null : checkChoice(who, 'reduction', reduction, ['add', 'max', 'min', 'mul']);
    const changes = castTo(toValue(updates), value.dtype);
    return scatterInto(who, value, indices, changes, choice === null ? 'replace' : COMBINATIONS[choice]);
  },
);

/**
 * x with the block that begins at the start indices replaced by updates.
 * @throws ValueError if there is not an index for each axis, or the block is not within x.
 * @example
 * await jit((x) => ops.sliceUpdate(x, [1, 0], [[7, 8]]))([[1, 2], [3, 4]]);   // [[1, 2], [7, 8]]
 * @see https://keras.io/api/ops/core/#slice_update-function
 */
export const sliceUpdate: Symbolic<(inputs: Operand, startIndices: Operand, updates: Operand) => Value> = op(
  'core.SliceUpdate',
  ['inputs', 'startIndices', 'updates'],
  (inputs: Operand, startIndices: Operand, updates: Operand): Value => {
    const who = 'ops.sliceUpdate';
    const value = toValue(inputs);
    const block = castTo(toValue(updates), value.dtype);
    const starts = castTo(toValue(startIndices), 'int32');
    const isWithin = block.shape.every((size, i) => (size ?? 0) <= (value.shape[i] ?? Infinity));
    if (block.rank !== value.rank || !compatible(starts.shape, [value.rank]) || !isWithin) {
      throw new ValueError(
        `[${who}] there must be a start index for each axis, and the block must be within the input. Received: shapes ${showShape(value.shape)}, ${showShape(starts.shape)} and ${showShape(block.shape)}.`,
      );
    }
    // While a model is described, sizes may be unknown, and only the shape of the result matters.
    if (!isKnown(value.shape) || !isKnown(block.shape)) return value;
    // The index of each element of the block among all elements of x. A start is restricted so that the block is within x.
    const sizes = value.knownShape;
    const places = sizes.reduce<Value>(
      (sum, size, axis) => {
        const count = block.knownShape[axis] ?? 0;
        const start = build.minimum(build.maximum(build.slice(starts, [axis], [axis + 1]), 0), size - count);
        const along = build.add(
          build.reshape(start, []),
          Int32Array.from({ length: count }, (_, i) => i),
        );
        const shape = sizes.map((_, i) => (i === axis ? count : 1));
        return build.add(sum, build.multiply(build.reshape(along, shape), sizeOf(sizes.slice(axis + 1))));
      },
      constant(0, 'int32'),
    );
    const flat = build.reshape(value, [sizeOf(sizes)]);
    const at = build.broadcastTo(places, block.shape);
    return build.reshape(build.scatterRows(flat, at, block, 'replace'), sizes);
  },
);
