import { canonicalAxis } from '../../../core/axes.ts';
import { checkInteger } from '../../../core/checks.ts';
import { type DType, isFloat } from '../../../core/dtype.ts';
import { ValueError } from '../../../core/errors.ts';
import { compatible, showShape } from '../../../core/shape.ts';
import * as build from '../../../compiler/builder/index.ts';
import { type Operand, castTo, toValue } from '../../../compiler/builder/operand.ts';
import { constant, constantOf } from '../../../compiler/graph/leaves.ts';
import type { ScatterCombination } from '../../../compiler/ir/primitives.ts';
import type { Value } from '../../../compiler/ir/value.ts';
import { REQUIRED, type Symbolic, op } from '../base/op.ts';
import { cut } from '../numpy/axes.ts';

/** Options of {@link topK}. */
export interface TopKOptions {
  /** Whether the results are in decreasing order; they always are. @default true */
  sorted?: boolean;
}

/**
 * The k largest elements along the last axis in decreasing order, and their int32 indices; of equal elements the first comes
 * first, and NaN before all others.
 * @throws ValueError if x is a scalar, or has fewer elements; TypeError if k is not an integer ≥ 1.
 * @example
 * await jit((x) => ops.topK(x, 2)[0])([[1, 5, 3]]);   // [[5, 3]]
 * await jit((x) => ops.topK(x, 2)[1])([[1, 5, 3]]);   // [[1, 2]]
 * @see https://keras.io/api/ops/core/#top_k-function
 */
export const topK: Symbolic<(x: Operand, k: number, options?: TopKOptions) => readonly Value[]> = op(
  'math.TopK',
  ['x'],
  { k: REQUIRED, sorted: true },
  function topK(x: Operand, k: number): readonly Value[] {
    const value = toValue(x);
    const axis = canonicalAxis(-1, value.rank, 'ops.topK');
    return build.topK(value, { axis, k: checkInteger('ops.topK', 'k', k, 1), largest: true });
  },
);

/**
 * Whether fewer than k predictions are larger than that of the target.
 *
 * Shapes: targets `[batch]`, predictions `[batch, classes]` → bool `[batch]`.
 *
 * @throws ValueError if the shapes do not fit; TypeError if k is not an integer ≥ 1.
 * @example
 * await jit((y, p) => ops.inTopK(ops.cast(y, 'int32'), p, 1))([0, 1], [[0.9, 0.1], [0.8, 0.2]]);   // [1, 0]
 * @see https://keras.io/api/ops/core/#in_top_k-function
 */
export const inTopK: Symbolic<(targets: Operand, predictions: Operand, k: number) => Value> = op(
  'math.InTopK',
  ['targets', 'predictions'],
  { k: REQUIRED },
  function inTopK(targets: Operand, predictions: Operand, k: number): Value {
    const [labels, scores] = [castTo(toValue(targets), 'int32'), toValue(predictions)];
    const count = checkInteger('ops.inTopK', 'k', k, 1);
    if (scores.rank === 0 || !compatible(labels.shape, scores.shape.slice(0, -1))) {
      throw new ValueError(
        `[ops.inTopK] targets and predictions must have the shapes [batch] and [batch, classes]. Received: ${showShape(labels.shape)} and ${showShape(scores.shape)}.`,
      );
    }
    const own = build.gatherElements(scores, build.reshape(labels, [...labels.shape, 1]), scores.rank - 1);
    // NaN is no large probability.
    const score = isFloat(own.dtype) ? build.where(build.isNaN(own), -Infinity, own) : own;
    const larger = build.sum(castTo(build.greater(scores, score), 'int32'), { axes: [scores.rank - 1] });
    return build.less(larger, count);
  },
);

/** Options of {@link segmentSum} and its like. */
export interface SegmentOptions {
  /** The number of segments. @default null, the largest id + 1, if the ids are constant */
  numSegments?: number | null;
  /** Whether the ids are sorted; it makes no difference. @default false */
  sorted?: boolean;
}

type SegmentOp = Symbolic<(data: Operand, segmentIds: Operand, options?: SegmentOptions) => Value>;

const SEGMENT = { numSegments: null, sorted: false };

/** Combines the slices of data with one id; ids out of range go to one more segment, which is cut off. */
function combine(
  who: string,
  data: Operand,
  segmentIds: Operand,
  numSegments: number | null,
  combination: ScatterCombination,
  start: (dtype: DType) => number,
): Value {
  const given = toValue(data);
  const value = given.dtype === 'bool' || given.dtype === 'uint8' ? castTo(given, 'int32') : given;
  const ids = castTo(toValue(segmentIds), 'int32');
  if (ids.rank !== 1 || value.rank === 0 || !compatible(ids.shape, [value.shape[0] ?? null])) {
    throw new ValueError(
      `[${who}] there must be one id for each slice along the first axis. Received: shapes ${showShape(value.shape)} and ${showShape(ids.shape)}.`,
    );
  }
  const elements = constantOf(ids)?.data ?? null;
  if (elements === null && numSegments === null) {
    throw new ValueError(
      `[${who}] numSegments must be given where the ids are not constant: shapes of results do not depend on elements. Received: numSegments=null.`,
    );
  }
  const largest = Array.from(elements ?? []).reduce((most, id) => Math.max(most, id), -1);
  const count = numSegments === null ? largest + 1 : checkInteger(who, 'numSegments', numSegments, 0);
  const isInside = build.logicalAnd(build.lessEqual(0, ids), build.less(ids, count));
  const empty = build.broadcastTo(constant(start(value.dtype), value.dtype), [count + 1, ...value.shape.slice(1)]);
  const filled = build.scatterRows(empty, build.where(isInside, ids, count), value, combination);
  return castTo(cut(filled, 0, 0, count), given.dtype === 'uint8' ? 'uint8' : value.dtype);
}

/**
 * The sums of the slices of data along the first axis that have one id; 0 for an id that none has. Ids out of range do not count.
 *
 * Shapes: data `[n, …]`, ids `[n]` → `[numSegments, …]`.
 *
 * @throws ValueError if the shapes do not fit, or the number of segments is not known.
 * @example
 * const f = jit((data, ids) => ops.segmentSum(data, ids, { numSegments: 3 }));
 * await f([1, 2, 4], [0, 2, 0]);   // [5, 0, 2]
 * @see https://keras.io/api/ops/core/#segment_sum-function
 */
export const segmentSum: SegmentOp = op(
  'math.SegmentSum',
  ['data', 'segmentIds'],
  SEGMENT,
  (data: Operand, segmentIds: Operand, { numSegments = null }: SegmentOptions = {}) =>
    combine('ops.segmentSum', data, segmentIds, numSegments, 'add', () => 0),
);

/**
 * The products of the slices of data along the first axis that have one id; 1 for an id that none has.
 *
 * Shapes: as for {@link segmentSum}.
 *
 * @throws ValueError if the shapes do not fit, or the number of segments is not known.
 * @example
 * const f = jit((data, ids) => ops.segmentProd(data, ids, { numSegments: 3 }));
 * await f([3, 2, 4], [0, 2, 0]);   // [12, 1, 2]
 * @see https://keras.io/api/ops/core/
 */
export const segmentProd: SegmentOp = op(
  'math.SegmentProd',
  ['data', 'segmentIds'],
  SEGMENT,
  (data: Operand, segmentIds: Operand, { numSegments = null }: SegmentOptions = {}) =>
    combine('ops.segmentProd', data, segmentIds, numSegments, 'multiply', () => 1),
);

/**
 * The maxima of the slices of data along the first axis that have one id; the smallest number of the type for an id that none
 * has.
 *
 * Shapes: as for {@link segmentSum}.
 *
 * @throws ValueError if the shapes do not fit, or the number of segments is not known.
 * @example
 * const f = jit((data, ids) => ops.segmentMax(data, ids, { numSegments: 2 }));
 * await f([3, 2, 4], [0, 1, 0]);   // [4, 2]
 * @see https://keras.io/api/ops/core/#segment_max-function
 */
export const segmentMax: SegmentOp = op(
  'math.SegmentMax',
  ['data', 'segmentIds'],
  SEGMENT,
  (data: Operand, segmentIds: Operand, { numSegments = null }: SegmentOptions = {}) =>
    combine('ops.segmentMax', data, segmentIds, numSegments, 'maximum', (dtype) =>
      isFloat(dtype) ? -Infinity : -(2 ** 31),
    ),
);

/**
 * The minima of the slices of data along the first axis that have one id; the largest number of the type for an id that none has.
 *
 * Shapes: as for {@link segmentSum}.
 *
 * @throws ValueError if the shapes do not fit, or the number of segments is not known.
 * @example
 * const f = jit((data, ids) => ops.segmentMin(data, ids, { numSegments: 2 }));
 * await f([3, 2, 4], [0, 1, 0]);   // [3, 2]
 * @see https://keras.io/api/ops/core/
 */
export const segmentMin: SegmentOp = op(
  'math.SegmentMin',
  ['data', 'segmentIds'],
  SEGMENT,
  (data: Operand, segmentIds: Operand, { numSegments = null }: SegmentOptions = {}) =>
    combine('ops.segmentMin', data, segmentIds, numSegments, 'minimum', (dtype) =>
      isFloat(dtype) ? Infinity : 2 ** 31 - 1,
    ),
);
