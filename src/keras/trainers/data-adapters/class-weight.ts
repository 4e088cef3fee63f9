import { ValueError, show } from '../../../core/errors.ts';
import { isRecord } from '../../../core/config.ts';
import { showShape } from '../../../core/shape.ts';
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

/** The weight of each row's class, which is the label or the index of the largest number. */
export function classWeightsOf(who: string, y: Tensor, weights: ReadonlyMap<number, number>, float: FloatType): Tensor {
  if (y.rank > 2) {
    throw new ValueError(
      `[${who}] classWeight needs one label for each row: targets of rank 1 or 2. Received: y of shape ${showShape(y.shape)}.`,
    );
  }
  const rows = y.shape[0] ?? 0;
  const width = y.shape[1] ?? 1;
  const data = float === 'float64' ? new Float64Array(rows) : new Float32Array(rows);
  for (let row = 0; row < rows; row++) data[row] = weights.get(labelAt(y, row, width)) ?? 1;
  return new Tensor(data, [rows]);
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
