import { ValueError, show } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Tree } from '../../core/tree.ts';
import { ArraySource, type Arrays } from './data-adapters/array-source.ts';
import type { DataSource } from './data-adapters/batch.ts';
import { classWeightsOf } from './data-adapters/class-weight.ts';
import { IterableSource, bothWeights } from './data-adapters/iterable-source.ts';
import {
  type FloatType,
  countRows,
  isBatchIterable,
  isTensor,
  named,
  readData,
  readWeights,
} from './data-adapters/read-data.ts';

/** What was given as data, before it is cut into batches. */
export interface GivenData {
  readonly x: unknown;
  readonly y: unknown;
  readonly sampleWeight: unknown;
  readonly classWeight: ReadonlyMap<number, number> | null;
}

/** Checks data in arrays: forms, numbers of rows, weights. `null` for data that comes in batches. */
export function readArrays(who: string, given: GivenData, float: FloatType): Arrays | null {
  if (isBatchIterable(given.x)) return null;
  if (given.x === undefined || given.x === null) {
    throw new TypeError(`[${who}] x must be given. Received: x=${show(given.x)}.`);
  }
  const x = readData(who, 'x', given.x, float);
  const y = given.y === undefined || given.y === null ? null : readData(who, 'y', given.y, float);
  let sampleWeight: Tree<Tensor> | null = readWeights(who, given.sampleWeight, { x, float });
  const rows = countRows(who, [...named('x', x), ...named('y', y), ...named('sampleWeight', sampleWeight)]);
  if (given.classWeight !== null) {
    if (sampleWeight !== null) throw bothWeights(who);
    if (!isTensor(y))
      throw new ValueError(`[${who}] classWeight needs one array of targets. Received: y=${show(given.y)}.`);
    sampleWeight = classWeightsOf(who, y, given.classWeight, float);
  }
  return { x, y, sampleWeight, rows };
}

export interface SourceOptions {
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly float: FloatType;
  readonly needsTargets: boolean;
}

/** Batches of the data, wherever it comes from. */
export function makeSource(who: string, given: GivenData, arrays: Arrays | null, options: SourceOptions): DataSource {
  if (arrays !== null) return new ArraySource(arrays, options);
  if (!isBatchIterable(given.x)) throw new TypeError(`[${who}] x must be data. Received: x=${show(given.x)}.`);
  for (const [name, value] of [
    ['y', given.y],
    ['sampleWeight', given.sampleWeight],
  ] as const) {
    if (value !== undefined && value !== null) {
      throw new ValueError(
        `[${who}] ${name} must be a part of the batches where x gives batches. Received: ${name} besides an iterable.`,
      );
    }
  }
  const { float, needsTargets } = options;
  return new IterableSource(given.x, { who, float, classWeight: given.classWeight, needsTargets });
}
