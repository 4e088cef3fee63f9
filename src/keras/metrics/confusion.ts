import { ValueError, show } from '../../core/errors.ts';
import type { DType } from '../../core/dtype.ts';
import { checkNumber } from '../../core/checks.ts';
import { broadcastShapes, compatible, showShape } from '../../core/shape.ts';
import { tensor } from '../../core/tensor.ts';
import type { Trace } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/ir/value.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import { type Operand, castTo, toFloat, toValue } from '../../compiler/builder/operand.ts';
import {
  add,
  clip,
  equal,
  greater,
  less,
  logicalAnd,
  logicalNot,
  logicalOr,
  multiply,
  where,
  broadcastTo,
  expandDims,
  take,
  transpose,
  sum,
} from '../ops/index.ts';
import { type Field, field } from '../saving/fields.ts';
import { aligned, fromFirstAxis } from '../losses/alignment.ts';

/** Replaces predictions that are not among the k largest: a value below every threshold. */
const NEVER = -1e10;

/** Thresholds as options: one, several, or null for the default. */
export type Thresholds = number | readonly number[] | null;

/** A field for a threshold, or a list of at least one, in [0, 1]. */
export function thresholds(): Field<Thresholds> {
  return field<Thresholds>({
    byDefault: null,
    read: (who, option, given) => {
      if (given === null) return null;
      const list: readonly unknown[] = Array.isArray(given) ? given : [given];
      const read = list.map((threshold) => checkNumber(who, option, threshold));
      if (read.length === 0 || !read.every((threshold) => threshold >= 0 && threshold <= 1)) {
        throw new ValueError(
          `[${who}] ${option} must be at least one number in [0, 1]. Received: ${option}=${show(given)}.`,
        );
      }
      return Array.isArray(given) ? read : (read[0] ?? null);
    },
  });
}

/** Thresholds as a list. */
export function listOf(given: Thresholds, byDefault: number): readonly number[] {
  return typeof given === 'object' ? (given ?? [byDefault]) : [given];
}

/** Whether thresholds are 0, 1 / n, 2 / n, …, 1, for which Keras sorts predictions into buckets between them. */
export function areSpreadEvenly(thresholds: readonly number[]): boolean {
  const last = thresholds.length - 1;
  return last >= 2 && thresholds.every((threshold, i) => Math.abs(threshold - i / last) <= 1e-7 + (1e-5 * i) / last);
}

/** The comparison of predictions with targets. */
export interface Confusion {
  readonly thresholds: readonly number[];
  /** Whether the thresholds are spread evenly over [0, 1], up to an ε at either end. */
  readonly evenly: boolean;
  readonly dtype: DType;
  /** The number of the largest predictions of each row that may be positive. */
  readonly topK?: number | null;
  /** The only entry of the last axis that counts. */
  readonly classId?: number | null;
  readonly sampleWeight?: Operand | null | undefined;
  /** Whether the entries of the last axis are counted separately. */
  readonly multiLabel?: boolean;
  /** The weights of the entries of the last axis. */
  readonly labelWeights?: readonly number[] | null;
}

/** Weighted counts for each threshold, `[thresholds]`, or for each label as well, `[thresholds, labels]`. */
export interface Counts {
  readonly truePositives: Value;
  readonly falsePositives: Value;
  readonly trueNegatives: Value;
  readonly falseNegatives: Value;
}

/**
 * Counts predictions above and below each threshold for true targets, those that are not 0, and for false ones.
 * @throws ValueError if shapes do not match.
 */
export function confusionCounts(who: string, yTrue: Operand, yPred: Operand, how: Confusion): Counts {
  const { dtype } = how;
  const given = aligned(who, yTrue, castTo(toValue(yPred), dtype));
  const weights = entryWeights(who, given[1], how);
  const ranked = how.topK === null || how.topK === undefined ? given[1] : keepLargest(given[1], how.topK);
  const narrow = (x: Value): Value => ofClass(who, x, how.classId ?? null);
  const [target, prediction] = [narrow(given[0]), narrow(ranked)];
  const isTrue = expandDims(castTo(target, 'bool'), -1);
  const isPositive = positives(expandDims(prediction, -1), how);
  const one = weights === null ? toValue(1, dtype) : expandDims(narrow(weights), -1);
  const axis = Array.from({ length: how.multiLabel === true ? 1 : prediction.rank }, (_, i) => i);
  const count = (isCounted: Value): Value => {
    const counts = sum(where(isCounted, one, toValue(0, dtype)), { axis });
    return how.multiLabel === true ? transpose(counts) : counts;
  };
  const [isFalse, isNegative] = [logicalNot(isTrue), logicalNot(isPositive)];
  return {
    truePositives: count(logicalAnd(isTrue, isPositive)),
    falsePositives: count(logicalAnd(isFalse, isPositive)),
    trueNegatives: count(logicalAnd(isFalse, isNegative)),
    falseNegatives: count(logicalAnd(isTrue, isNegative)),
  };
}

/** Whether predictions, with a last axis of 1, are above each of the thresholds. */
function positives(prediction: Value, { thresholds, evenly, dtype }: Confusion): Value {
  if (!evenly) return greater(prediction, tensor(thresholds, undefined, dtype));
  // Buckets: ⌈p (n − 1)⌉ − 1 ≥ i, which is p (n − 1) > i. All predictions are above a first threshold of −ε.
  const last = thresholds.length - 1;
  const bounds = thresholds.map((threshold, i) => (threshold < 0 ? -1 : i));
  return greater(multiply(clip(prediction, 0, 1), last), tensor(bounds, undefined, dtype));
}

/** Replaces entries that are not among the k largest of the last axis. The first of equal ones is kept. */
function keepLargest(x: Value, k: number): Value {
  const size = x.shape.at(-1) ?? 0;
  const earlier = Array.from({ length: size }, (_, i) => Array.from({ length: size }, (__, j) => j < i));
  const [own, other] = [expandDims(x, -1), expandDims(x, -2)];
  const beats = logicalOr(greater(other, own), logicalAnd(equal(other, own), toValue(earlier)));
  return where(less(sum(castTo(beats, x.dtype), { axis: -1 }), k), x, toValue(NEVER, x.dtype));
}

function ofClass(who: string, x: Value, classId: number | null): Value {
  if (classId === null) return x;
  const size = x.shape.at(-1) ?? null;
  if (x.rank < 2 || (size !== null && classId >= size)) {
    throw new ValueError(
      `[${who}] classId must be an entry of the last axis of targets and predictions of rank 2 or more. Received: classId=${classId}, shape ${showShape(x.shape)}.`,
    );
  }
  return take(x, [classId], { axis: -1 });
}

/** The weight of each entry: that of its sample times that of its label; null if there are neither. */
function entryWeights(who: string, prediction: Value, { dtype, sampleWeight, labelWeights }: Confusion): Value | null {
  const ofLabels = labelWeights === null || labelWeights === undefined ? null : tensor(labelWeights, undefined, dtype);
  const ofSamples = sampleWeight === null || sampleWeight === undefined ? null : castTo(toFloat(sampleWeight), dtype);
  if (ofSamples === null) return ofLabels === null ? null : broadcastTo(ofLabels, prediction.shape);
  const joined = fromFirstAxis(ofSamples, prediction.rank);
  const shape = broadcastShapes(joined.shape, prediction.shape);
  if (shape === null || !compatible(shape, prediction.shape)) {
    throw new ValueError(
      `[${who}] sampleWeight must broadcast to the predictions. Received: sampleWeight of shape ${showShape(ofSamples.shape)} for predictions of shape ${showShape(prediction.shape)}.`,
    );
  }
  const weights = broadcastTo(joined, prediction.shape);
  return ofLabels === null ? weights : multiply(weights, ofLabels);
}

/** The variables of the four counts. */
export type CountState = Readonly<Record<keyof Counts, Variable>>;

/** Creates the variables of the four counts. */
export function countState(addVariable: (name: string) => Variable): CountState {
  return {
    truePositives: addVariable('true_positives'),
    falsePositives: addVariable('false_positives'),
    trueNegatives: addVariable('true_negatives'),
    falseNegatives: addVariable('false_negatives'),
  };
}

/** Adds the counts of a batch to the state. */
export function addCounts(trace: Trace, state: CountState, counts: Counts): void {
  for (const count of Object.keys(state) as (keyof Counts)[]) {
    trace.update(state[count], add(trace.read(state[count]), counts[count]));
  }
}
