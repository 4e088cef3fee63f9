import { ValueError, show } from '../../../core/errors.ts';
import { own } from '../../../core/own.ts';
import { Tensor } from '../../../core/tensor.ts';
import { type Column, inColumn, isFeatureData, placeOf, readColumn, valueOf } from './feature-data.ts';
import type { Cross, Feature } from './feature.ts';
import { isKerasTensor } from '../../ops/base/keras-tensor.ts';
import type { Layer } from '../../layers/base/layer.ts';
import { Discretization } from '../../layers/preprocessing/discretization.ts';
import type { HashedCrossing } from '../../layers/preprocessing/hashed-crossing.ts';
import { TokenLayer } from '../../layers/preprocessing/token-layer.ts';

/** The features of a FeatureSpace, and its crosses with their layers. */
export interface FeatureParts {
  readonly who: string;
  readonly features: ReadonlyMap<string, Feature>;
  readonly crosses: readonly Cross[];
  readonly crossers: Readonly<Record<string, HashedCrossing>>;
}

/** Data as the graph is fed with it. */
export interface FedData {
  /** The features, of which those that the host computes are preprocessed, and the crosses. */
  readonly fed: Readonly<Record<string, Tensor>>;
  /** Whether features have single values, so that the result is that of one row. */
  readonly isRow: boolean;
}

/** The names of the features that are preprocessed before the graph: those of layers of the host, and those that are crossed. */
function namesBeforeGraph({ features, crosses }: FeatureParts): ReadonlySet<string> {
  const ofHost = [...features].filter(([, { preprocessor }]) => preprocessor instanceof TokenLayer);
  return new Set([...ofHost.map(([name]) => name), ...crosses.flatMap(({ featureNames }) => featureNames)]);
}

/** Refuses a cross of a feature that is no category. @throws ValueError */
export function checkCrossed(who: string, cross: Cross, name: string, dtype: string): void {
  if (dtype.startsWith('int')) return;
  throw new ValueError(
    `[${who}] crosses must be of integers or strings. Received: ${show(cross.name)}, in which ${show(name)} is ${dtype}. Choose the type "float_discretized" for the feature.`,
  );
}

/** Preprocesses what the host computes. @throws TypeError or ValueError if the data does not fit the features */
export async function preprocessData(parts: FeatureParts, data: unknown): Promise<FedData> {
  const { who, features, crosses, crossers } = parts;
  const columns = readColumns(who, features, data);
  const early = namesBeforeGraph(parts);
  const fed: Record<string, Tensor> = {};
  for (const [name, given] of columns) {
    const { preprocessor } = features.get(name) as Feature;
    const column = inColumn(given);
    if (preprocessor instanceof TokenLayer) fed[name] = preprocessor.encode(column);
    else if (!(column instanceof Tensor)) continue;
    else if (!early.has(name)) fed[name] = column;
    else if (preprocessor instanceof Discretization) fed[name] = preprocessor.encode(column);
    else fed[name] = await preprocessor.apply(column);
  }
  for (const cross of crosses) {
    const operands = cross.featureNames.map((name) => fed[name] as Tensor);
    for (const [i, name] of cross.featureNames.entries()) checkCrossed(who, cross, name, operands[i]?.dtype ?? '');
    const crossed = own(crossers, cross.name)?.encode(operands);
    if (crossed !== undefined) fed[cross.name] = crossed;
  }
  return { fed, isRow: [...columns.values()].some(({ shape }) => shape.length === 0) };
}

function readColumns(who: string, features: ReadonlyMap<string, Feature>, data: unknown): ReadonlyMap<string, Column> {
  if (!isFeatureData(data)) {
    throw new TypeError(`[${who}] the data must be a record of features. Received: ${show(data)}.`);
  }
  if (Object.values(data).some(isKerasTensor)) {
    throw new TypeError(
      `[${who}] the data must be values. Received: symbolic tensors. Use getInputs() and getEncodedFeatures() for models.`,
    );
  }
  const unknown = Object.keys(data).find((name) => !features.has(name));
  if (unknown !== undefined) {
    throw new ValueError(
      `[${who}] the data must have the features ${show([...features.keys()])} only. Received: ${show(unknown)}, too.`,
    );
  }
  return new Map(
    [...features].map(([name, feature]) => [name, readColumn(placeOf(who, name), feature, valueOf(who, name, data))]),
  );
}

/** Features that are concatenated have the same rows. @throws ValueError if they do not */
export function checkRows(who: string, fed: Readonly<Record<string, Tensor>>): void {
  const counts = Object.entries(fed).map(([name, { shape }]) => [name, shape[0] ?? 1] as const);
  if (new Set(counts.map(([, count]) => count)).size < 2) return;
  const received = counts.map(([name, count]) => `${count} of ${show(name)}`).join(', ');
  throw new ValueError(`[${who}] the features must have the same number of rows. Received: ${received}.`);
}

/** The only row of a result of rank 2. */
export function withoutBatch(encoded: Tensor): Tensor {
  const { data, dtype, shape } = encoded;
  return shape.length === 2 && shape[0] === 1 ? new Tensor(data, shape.slice(1), dtype) : encoded;
}

/** The preprocessors that are called in the graph. */
export function preprocessorsInGraph(parts: FeatureParts): ReadonlyMap<string, Layer> {
  const early = namesBeforeGraph(parts);
  const late = [...parts.features].filter(([name]) => !early.has(name));
  return new Map(late.map(([name, { preprocessor }]) => [name, preprocessor]));
}
