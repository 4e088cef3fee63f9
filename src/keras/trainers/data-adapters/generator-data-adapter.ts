import { ValueError, show } from '../../../core/errors.ts';
import { flatten } from '../../../core/tree.ts';
import type { Batch, DataAdapter } from './data-adapter.ts';
import { inFeedTypes, readBatch } from './read-batch.ts';
import { type ExpectedData, isExpectedInput } from './expected-data.ts';
import { fits } from './is-batch-list.ts';
import type { BatchIterable } from '../../../core/data.ts';

/** Options of a {@link GeneratorDataAdapter}. */
export interface GeneratorDataOptions {
  readonly who: string;
  /** The data that the model expects, as it is when a batch is read: the first one may build the model. */
  readonly expected: () => ExpectedData;
  readonly classWeight: ReadonlyMap<number, number> | null;
  /** Whether every batch must have targets. */
  readonly needsTargets: boolean;
}

/**
 * Reads batches from an iterable or a generator, synchronous or asynchronous.
 * @see https://github.com/keras-team/keras/blob/master/keras/src/trainers/data_adapters/generator_data_adapter.py
 */
export class GeneratorDataAdapter implements DataAdapter {
  readonly batchCount = null;
  readonly rowCount = null;
  readonly #batches: BatchIterable;
  readonly #options: GeneratorDataOptions;

  constructor(batches: BatchIterable, options: GeneratorDataOptions) {
    this.#batches = batches;
    this.#options = options;
  }

  /** The batches of a list; `null` for those of a generator, which can be read once. */
  get known(): Iterable<Batch> | null {
    return Array.isArray(this.#batches) ? this.#read(this.#batches) : null;
  }

  examples(): Iterable<Batch> {
    return this.known ?? [];
  }

  *#read(batches: readonly unknown[]): Generator<Batch, void, undefined> {
    for (const item of batches) yield readItem(item, this.#options);
  }

  async *pass(): AsyncIterator<Batch> {
    for await (const item of this.#batches as AsyncIterable<unknown>) yield readItem(item, this.#options);
  }
}

/** Reads an item of an iterable: `x`, `[x]`, `[x, y]` or `[x, y, sampleWeight]`. */
function readItem(item: unknown, { who, expected, classWeight, needsTargets }: GeneratorDataOptions): Batch {
  const model = expected();
  const isParts = Array.isArray(item) && (needsTargets || !isInput(item, model));
  const parts: readonly unknown[] = isParts ? (item as readonly unknown[]) : [item];
  if (parts.length < 1 || parts.length > 3 || (needsTargets && parts.length < 2)) {
    throw new ValueError(
      `[${who}] an iterable must yield batches [x, y] or [x, y, sampleWeight]. Received: ${Array.isArray(item) ? `a list of ${parts.length}` : show(item)}.`,
    );
  }
  const [x, y, sampleWeight] = parts;
  return inFeedTypes(readBatch(who, { x, y, sampleWeight, classWeight }, model), model.float);
}

/** Whether a list is the rows of a model's only input, rather than a list `[x]` or `[x, y]`. */
function isInput(item: readonly unknown[], { inputs }: ExpectedData): boolean {
  const [only, second] = inputs === null ? [] : flatten(inputs, isExpectedInput);
  return only !== undefined && second === undefined && fits(item, only) && !fits(item[0], only);
}
