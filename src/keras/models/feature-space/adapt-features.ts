import { ValueError, show } from '../../../core/errors.ts';
import type { Layer } from '../../layers/base/layer.ts';
import { Discretization } from '../../layers/preprocessing/discretization.ts';
import { IndexLookup } from '../../layers/preprocessing/index-lookup.ts';
import { Normalization } from '../../layers/preprocessing/normalization.ts';
import { TextVectorization } from '../../layers/preprocessing/text-vectorization.ts';
import { holdsVocabulary } from '../../saving/keras-saveable.ts';
import type { Feature } from './feature.ts';
import {
  type Column,
  type FeatureData,
  inColumn,
  isFeatureData,
  joined,
  placeOf,
  readColumn,
  rowOf,
  valueOf,
} from './feature-data.ts';
import { readTogether } from './lockstep.ts';

/** An element of a dataset: the values of the features, or a list of which the first is that, such as `[x, y]`. */
export type FeatureElement = FeatureData | readonly [x: FeatureData, ...rest: unknown[]];

/** Data of `FeatureSpace.adapt`: a record of arrays, or an iterable of records, each of one row or of a batch. */
export type FeatureDataset = FeatureData | Iterable<FeatureElement> | AsyncIterable<FeatureElement>;

/** A layer that learns from data. */
interface Adaptable extends Layer {
  adapt(data: AsyncIterable<Column>): Promise<void>;
}

const isAdaptable = (layer: Layer): layer is Adaptable => 'adapt' in layer && typeof layer.adapt === 'function';

/** Whether a layer has something to learn from data: nothing that it would learn was given to it. */
export function canAdapt(layer: Layer): layer is Adaptable {
  if (layer instanceof Normalization) return layer.inputMean === null;
  if (layer instanceof Discretization) return layer.numBins !== null;
  const lookup = layer instanceof TextVectorization ? layer.lookupLayer : layer;
  return isAdaptable(layer) && !(lookup instanceof IndexLookup && lookup.hasGivenVocabulary);
}

/** Whether a layer that was read from a file has learned from data. */
export function hasLearned(layer: Layer): boolean {
  if (layer instanceof Normalization) return layer.built;
  if (layer instanceof Discretization) return layer.boundaries !== null;
  return !holdsVocabulary(layer) || layer.hasVocabulary;
}

/** The number of single values that are given to a layer at once, as in Keras. */
const BATCH = 32;

/**
 * Adapts the preprocessors of features in one pass over the data.
 * @param learned receives the names of the features whose preprocessors have learned, also if others fail
 */
export async function adaptFeatures(
  who: string,
  features: ReadonlyMap<string, Feature>,
  dataset: FeatureDataset,
  learned: Set<string>,
): Promise<void> {
  const elements = elementsOf(who, features, dataset);
  const consumers = [...features].map(([name, feature]) => async (all: AsyncIterable<FeatureElement>) => {
    const { preprocessor } = feature;
    if (!isAdaptable(preprocessor)) return;
    await preprocessor.adapt(columnsOf(who, name, feature, all));
    learned.add(name);
  });
  await readTogether(elements, consumers);
}

function elementsOf(
  who: string,
  features: ReadonlyMap<string, Feature>,
  dataset: unknown,
): Iterable<FeatureElement> | AsyncIterable<FeatureElement> {
  if (isFeatureData(dataset)) return rowsOf(who, features, dataset);
  const isIterable =
    typeof dataset === 'object' && dataset !== null && (Symbol.iterator in dataset || Symbol.asyncIterator in dataset);
  if (isIterable) return dataset as Iterable<FeatureElement>;
  throw new TypeError(
    `[${who}] adapt needs a record of arrays, or an iterable of records. Received: dataset=${show(dataset)}.`,
  );
}

/** The rows of a record of arrays. */
function* rowsOf(
  who: string,
  features: ReadonlyMap<string, Feature>,
  data: FeatureData,
): Generator<Readonly<Record<string, never>>> {
  const columns = [...features].map(
    ([name, feature]) => [name, readColumn(placeOf(who, name), feature, valueOf(who, name, data))] as const,
  );
  const counts = columns.map(([name, { shape }]) => {
    if (shape[0] !== undefined) return shape[0];
    throw new ValueError(`[${who}] adapt needs arrays. Received: one value for the feature ${show(name)}.`);
  });
  if (new Set(counts).size > 1) {
    throw new ValueError(
      `[${who}] the features must have the same number of rows. Received: ${columns.map(([name], i) => `${String(counts[i])} of ${show(name)}`).join(', ')}.`,
    );
  }
  for (let row = 0; row < (counts[0] ?? 0); row++) {
    const values = columns.map(([name, column]) => [name, rowOf(column, row)] as const);
    // Columns are read as they are.
    yield Object.fromEntries(values) as Readonly<Record<string, never>>;
  }
}

/** The values of a feature in the elements: single ones in batches, and batches as they are. */
async function* columnsOf(
  who: string,
  name: string,
  feature: Feature,
  elements: AsyncIterable<FeatureElement>,
): AsyncGenerator<Column> {
  let rank: number | null = null;
  let single: Column[] = [];
  for await (const element of elements) {
    const data: unknown = Array.isArray(element) ? (element as readonly unknown[])[0] : element;
    if (!isFeatureData(data)) {
      throw new TypeError(`[${who}] an element of the dataset must be a record of features. Received: ${show(data)}.`);
    }
    const column = readColumn(placeOf(who, name), feature, valueOf(who, name, data));
    rank ??= column.shape.length;
    if (column.shape.length !== rank) {
      throw new ValueError(
        `[${who}] the values of a feature must have one rank. Received: ranks ${rank} and ${column.shape.length} for ${show(name)}.`,
      );
    }
    if (rank > 0) {
      yield inColumn(column);
      continue;
    }
    single.push(column);
    if (single.length < BATCH) continue;
    yield inColumn(joined(single));
    single = [];
  }
  if (single.length > 0) yield inColumn(joined(single));
}
