import { ValueError, show } from '../../core/errors.ts';
import type { DType } from '../../core/dtype.ts';
import { checkNumber } from '../../core/checks.ts';
import { broadcastShapes, compatible, showShape } from '../../core/shape.ts';
import { tensor } from '../../core/tensor.ts';
import type { Value } from '../../compiler/graph/value.ts';
import { clip, equal, greater, less, logicalAnd, logicalNot, logicalOr, multiply, where } from '../ops/elementwise.ts';
import { broadcastTo, expandDims, squeeze, take, transpose } from '../ops/movement.ts';
import { type Operand, castTo, toFloat, toValue } from '../ops/operand.ts';
import { sum } from '../ops/reductions.ts';
import { aligned } from './samplewise.ts';

/** What a prediction becomes that is not among the greatest: below every threshold. */
const NEVER = -1e10;

/** Reads thresholds: one number, or a list of them, in [0, 1]. */
export function readThresholds(who: string, given: unknown, standard: number): readonly number[] {
  if (given === undefined || given === null) return [standard];
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  const thresholds = list.map((threshold) => checkNumber(who, 'thresholds', threshold));
  if (thresholds.length > 0 && thresholds.every((threshold) => threshold >= 0 && threshold <= 1)) return thresholds;
  throw new ValueError(
    `[${who}] thresholds must be one number or more in [0, 1]. Received: thresholds=${show(given)}.`,
  );
}

/** Whether thresholds are 0, 1 / n, 2 / n, …, 1: then Keras sorts predictions into buckets between them. */
export function areSpreadEvenly(thresholds: readonly number[]): boolean {
  const last = thresholds.length - 1;
  return last >= 2 && thresholds.every((threshold, i) => Math.abs(threshold - i / last) <= 1e-7 + (1e-5 * i) / last);
}

/** How predictions are compared with targets. */
export interface Confusion {
  readonly thresholds: readonly number[];
  /** Whether the thresholds, but for an ε at either end, are spread evenly over [0, 1]. */
  readonly evenly: boolean;
  readonly dtype: DType;
  /** Only the k greatest predictions of a row may be positive. */
  readonly topK?: number | null;
  /** Only this entry of the last axis counts. */
  readonly classId?: number | null;
  readonly sampleWeight?: Operand | null | undefined;
  /** Counts each entry of the last axis by itself. */
  readonly multiLabel?: boolean;
  /** What each entry of the last axis counts for. */
  readonly labelWeights?: readonly number[] | null;
}

/** Weighted counts for each threshold, `[thresholds]`, or for each label too, `[thresholds, labels]`. */
export interface Counts {
  readonly truePositives: Value;
  readonly falsePositives: Value;
  readonly trueNegatives: Value;
  readonly falseNegatives: Value;
}

/**
 * Counts how often predictions above a threshold, or up to it, meet targets that are true, that is not 0, or false.
 * @throws ValueError if shapes do not fit.
 */
export function confusionCounts(who: string, yTrue: Operand, yPred: Operand, how: Confusion): Counts {
  const { dtype } = how;
  const given = aligned(who, yTrue, castTo(toValue(yPred), dtype));
  const weights = entryWeights(who, given[1], how);
  const ranked = how.topK === null || how.topK === undefined ? given[1] : keepGreatest(given[1], how.topK);
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

/** Whether predictions, with a last axis of 1, lie above each of the thresholds. */
function positives(prediction: Value, { thresholds, evenly, dtype }: Confusion): Value {
  if (!evenly) return greater(prediction, tensor(thresholds, undefined, dtype));
  // Buckets: ⌈p (n − 1)⌉ − 1 ≥ i, which is p (n − 1) > i. Nothing lies below a first threshold of −ε.
  const last = thresholds.length - 1;
  const bounds = thresholds.map((threshold, i) => (threshold < 0 ? -1 : i));
  return greater(multiply(clip(prediction, 0, 1), last), tensor(bounds, undefined, dtype));
}

/** Entries that are not among the k greatest of the last axis become very small. The first of equal ones is kept. */
function keepGreatest(x: Value, k: number): Value {
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
  return take(x, [classId], -1);
}

/** The weight of each entry: that of its sample, times that of its label. Null where nobody gave any. */
function entryWeights(who: string, prediction: Value, { dtype, sampleWeight, labelWeights }: Confusion): Value | null {
  const ofLabels = labelWeights === null || labelWeights === undefined ? null : tensor(labelWeights, undefined, dtype);
  const ofSamples = sampleWeight === null || sampleWeight === undefined ? null : castTo(toFloat(sampleWeight), dtype);
  if (ofSamples === null) return ofLabels === null ? null : broadcastTo(ofLabels, prediction.shape);
  const joined = matchRank(ofSamples, prediction);
  const shape = broadcastShapes(joined.shape, prediction.shape);
  if (shape === null || !compatible(shape, prediction.shape)) {
    throw new ValueError(
      `[${who}] sampleWeight must broadcast to the predictions. Received: sampleWeight of shape ${showShape(ofSamples.shape)} for predictions of shape ${showShape(prediction.shape)}.`,
    );
  }
  const weights = broadcastTo(joined, prediction.shape);
  return ofLabels === null ? weights : multiply(weights, ofLabels);
}

/** A weight for each sample gets a last axis of 1, unless the predictions have no more axes than it. */
function matchRank(weights: Value, prediction: Value): Value {
  const wide = expandDims(weights, -1);
  return wide.rank === prediction.rank + 1 ? squeeze(wide, -1) : wide;
}
