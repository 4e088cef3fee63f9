import type { BatchIterable } from '../../../core/data.ts';
import { Dataset } from '../../data/dataset.ts';
import type { Batch, DataAdapter } from './data-adapter.ts';
import { type GeneratorDataOptions, readItem } from './read-item.ts';

/**
 * Reads batches from an iterable or a generator, synchronous or asynchronous.
 * @see https://github.com/keras-team/keras/blob/master/keras/src/trainers/data_adapters/generator_data_adapter.py
 */
export class GeneratorDataAdapter implements DataAdapter {
  readonly rowCount = null;
  readonly #batches: BatchIterable;
  readonly #options: GeneratorDataOptions;

  constructor(batches: BatchIterable, options: GeneratorDataOptions) {
    this.#batches = batches;
    this.#options = options;
  }

  /** The number of batches of a dataset that knows it; `null` for other iterables. */
  get batchCount(): number | null {
    const count = this.#batches instanceof Dataset ? this.#batches.cardinality() : null;
    return count === Infinity ? null : count;
  }

  get isEndless(): boolean {
    return this.#batches instanceof Dataset && this.#batches.cardinality() === Infinity;
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
