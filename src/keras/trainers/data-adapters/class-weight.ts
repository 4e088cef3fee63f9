import { ValueError, show } from '../../../core/errors.ts';
import { isRecord } from '../../../core/config.ts';
import { type Shape, showShape, sizeOf } from '../../../core/shape.ts';
import { Tensor } from '../../../core/tensor.ts';
import type { FloatType } from './expected-data.ts';

/** The weight of each class by its label; a missing class weighs 1. */
export type ClassWeight = Readonly<Record<number, number>> | ReadonlyMap<number, number>;

/** Reads class weights. @throws TypeError or ValueError unless classes are integers and weights finite numbers. */
export function readClassWeight(who: string, value: unknown): ReadonlyMap<number, number> | null {
  if (value === null || value === undefined) return null;
  if (!(value instanceof Map) && !isRecord(value)) {
    throw new TypeError(
      `[${who}] classWeight must be a record or a Map from classes to weights. Received: ${show(value)}.`,
    );
  }
  const entries: readonly (readonly [unknown, unknown])[] =
    value instanceof Map ? [...(value as ReadonlyMap<unknown, unknown>)] : Object.entries(value);
  const weights = new Map<number, number>();
  for (const [key, weight] of entries) {
    const label = Number(key);
    if (!Number.isInteger(label) || typeof weight !== 'number' || !Number.isFinite(weight)) {
      throw new ValueError(
        `[${who}] classWeight must map classes (integers) to numbers. Received: ${show(key)}: ${show(weight)}.`,
      );
    }
    weights.set(label, weight);
  }
  return weights;
}

/** The parts of {@link classWeightsOf}. */
export interface ClassWeights {
  readonly weights: ReadonlyMap<number, number>;
  readonly float: FloatType;
  /** The shape of the output that the targets belong to; `null` if it is unknown. */
  readonly output: Shape | null;
}

/**
 * The weight of each label's class. Targets are labels, one for each row or each step of a row, if they have no axis for the
 * classes of the output, or a last axis of size 1; otherwise the index of the largest number is the label.
 *
 * @throws ValueError if targets that must be one-hot are labels.
 */
export function classWeightsOf(who: string, y: Tensor, { weights, float, output }: ClassWeights): Tensor {
  const isSparse = y.rank === 1 || y.shape.at(-1) === 1 || (output !== null && output.length > y.rank);
  const width = isSparse ? 1 : (y.shape.at(-1) ?? 1);
  const shape = isSparse && (y.rank === 1 || y.shape.at(-1) !== 1) ? y.shape : y.shape.slice(0, -1);
  if (!isSparse && output === null && y.data.some((label) => label > 1)) {
    throw new ValueError(
      `[${who}] classWeight needs one-hot targets, or a model whose output is known. Received: y of shape ${showShape(y.shape)} with labels. Give the first layer an input shape, or call model.build(shape).`,
    );
  }
  const count = sizeOf(shape);
  const data = float === 'float64' ? new Float64Array(count) : new Float32Array(count);
  for (let place = 0; place < count; place++) data[place] = weights.get(labelAt(y, place, width)) ?? 1;
  return new Tensor(data, shape);
}

/** Rounds as NumPy does, by which Keras assigns a label to a class: 0.5 is 0, and 2.5 is 2. */
function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

function labelAt({ data }: Tensor, row: number, width: number): number {
  if (width === 1) return roundHalfToEven(data[row] ?? 0);
  let best = 0;
  for (let i = 1; i < width; i++) if ((data[row * width + i] ?? 0) > (data[row * width + best] ?? 0)) best = i;
  return best;
}
