import { ValueError, show } from '../../../core/errors.ts';
import { PyDataset } from '../../data/py-dataset.ts';
import { ArrayDataAdapter } from './array-data-adapter.ts';
import type { DataAdapter } from './data-adapter.ts';
import { GeneratorDataAdapter } from './generator-data-adapter.ts';
import { PyDatasetAdapter } from './py-dataset-adapter.ts';
import { type GivenData, readBatch } from './read-batch.ts';
import type { ExpectedData } from './expected-data.ts';
import { isBatchList } from './is-batch-list.ts';
import type { BatchIterable } from '../../../core/data.ts';
import { isBatchIterable } from './read-data.ts';

/** Options for cutting data into batches. */
export interface BatchingOptions {
  /** Rows in a batch, for data in arrays. */
  readonly batchSize: number;
  /** Whether every pass visits the rows in a new order, for data in arrays; the batches of a `PyDataset`. */
  readonly shuffle: boolean;
  /** The data that the model expects, as it is when a batch is read. */
  readonly expected: () => ExpectedData;
  /** Whether every batch must have targets, for iterables. */
  readonly needsTargets: boolean;
}

/**
 * The adapter for the data that `fit`, `evaluate` or `predict` received: arrays, or an iterable of batches.
 * @throws TypeError if something is not data; ValueError if rows or weights do not fit.
 */
export function getDataAdapter(who: string, given: GivenData, options: BatchingOptions): DataAdapter {
  const { x, classWeight } = given;
  const model = options.expected();
  const isList = (given.y ?? given.sampleWeight ?? null) === null && isBatchList(x, model);
  if (!isList && !isBatchIterable(x)) {
    if (x === undefined || x === null) throw new TypeError(`[${who}] x must be given. Received: x=${show(x)}.`);
    const { batchSize, shuffle } = options;
    return new ArrayDataAdapter(readBatch(who, given, model), { batchSize, shuffle, float: model.float });
  }
  for (const name of ['y', 'sampleWeight'] as const) {
    if (given[name] === undefined || given[name] === null) continue;
    throw new ValueError(
      `[${who}] ${name} must be part of the batches where x is an iterable of batches. Received: ${name} and an iterable.`,
    );
  }
  const { expected, needsTargets } = options;
  const how = { who, expected, classWeight, needsTargets };
  if (x instanceof PyDataset) return new PyDatasetAdapter(x as PyDataset, options.shuffle, how);
  return new GeneratorDataAdapter(x as BatchIterable, how);
}

/**
 * The adapter for `validationData`: `[x, y]`, `[x, y, sampleWeight]`, or an iterable of batches; `null` without any.
 * @throws TypeError if it is none of these; ValueError if rows or weights do not fit.
 */
export function getValidationAdapter(who: string, given: unknown, options: BatchingOptions): DataAdapter | null {
  if (given === null || given === undefined) return null;
  const read = (x: unknown, y: unknown, sampleWeight: unknown): DataAdapter =>
    getDataAdapter(`${who}, validationData`, { x, y, sampleWeight, classWeight: null }, options);
  if (isBatchIterable(given) || isBatchList(given, options.expected())) return read(given, null, null);
  if (Array.isArray(given) && (given.length === 2 || given.length === 3)) {
    const [x, y, sampleWeight] = given as readonly unknown[];
    return read(x, y, sampleWeight);
  }
  throw new TypeError(
    `[${who}] validationData must be [x, y], [x, y, sampleWeight] or an iterable of batches. Received: ${show(given)}.`,
  );
}

/**
 * Splits data into training data and validation data, which is the last part of the rows.
 * @throws ValueError if the data is an iterable, or one side has no rows.
 */
export function trainValidationSplit(
  who: string,
  data: DataAdapter,
  validationSplit: number,
  validation: BatchingOptions,
  isWeightedByClass: boolean,
): readonly [training: DataAdapter, validation: DataAdapter] {
  if (!(data instanceof ArrayDataAdapter)) {
    throw new ValueError(`[${who}] validationSplit needs data in arrays. Received: an iterable of batches.`);
  }
  const count = Math.floor(data.rowCount * (1 - validationSplit));
  if (count === 0 || count === data.rowCount) {
    throw new ValueError(
      `[${who}] validationSplit must leave rows on both sides. Received: validationSplit=${validationSplit} of ${data.rowCount} rows.`,
    );
  }
  const { batchSize, shuffle } = validation;
  return data.split(count, { batchSize, shuffle, float: validation.expected().float }, isWeightedByClass);
}
