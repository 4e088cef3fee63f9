import { show } from '../../core/errors.ts';
import type { Arrays } from './data-adapters/array-source.ts';
import type { DataSource } from './data-adapters/batch.ts';
import { type FloatType, isBatchIterable } from './data-adapters/read-data.ts';
import type { FitSettings, ValidationData } from './fit-options.ts';
import { type GivenData, makeSource, readArrays } from './read-source.ts';

/** Data with what is known of it as a whole. */
export interface FitData {
  readonly source: DataSource;
  /** The whole of it, if it is in arrays. */
  readonly arrays: Arrays | null;
}

export function readFitData(
  who: string,
  given: GivenData,
  arrays: Arrays | null,
  settings: Pick<FitSettings, 'batchSize' | 'shuffle'>,
  float: FloatType,
): FitData {
  const { batchSize, shuffle } = settings;
  return { arrays, source: makeSource(who, given, arrays, { batchSize, shuffle, float, needsTargets: true }) };
}

/** The data to validate with: `[x, y]`, `[x, y, sampleWeight]`, or an iterable of batches. */
export function readValidation(
  who: string,
  given: ValidationData | null | undefined,
  settings: FitSettings,
  float: FloatType,
): FitData | null {
  if (given === null || given === undefined) return null;
  const ofValidation = { batchSize: settings.validationBatchSize, shuffle: false };
  const name = `${who}, validationData`;
  if (isBatchIterable(given)) {
    const data = { x: given, y: null, sampleWeight: null, classWeight: null };
    return readFitData(name, data, null, ofValidation, float);
  }
  const parts: unknown = given;
  if (!Array.isArray(parts) || parts.length < 2 || parts.length > 3) {
    throw new TypeError(
      `[${who}] validationData must be [x, y], [x, y, sampleWeight] or an iterable of batches. Received: ${show(given)}.`,
    );
  }
  const [x, y, sampleWeight] = parts as readonly unknown[];
  const data = { x, y, sampleWeight, classWeight: null };
  return readFitData(name, data, readArrays(name, data, float), ofValidation, float);
}
