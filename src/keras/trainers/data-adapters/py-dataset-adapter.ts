import { ValueError, show } from '../../../core/errors.ts';
import { RandomStream, drawSeed } from '../../../core/random.ts';
import { pipelined } from '../../data/pipelined.ts';
import type { PyDataset } from '../../data/py-dataset.ts';
import type { Batch, DataAdapter } from './data-adapter.ts';
import { type GeneratorDataOptions, readItem } from './read-item.ts';

/**
 * Reads batches by number from a `PyDataset`.
 * @see https://github.com/keras-team/keras/blob/master/keras/src/trainers/data_adapters/py_dataset_adapter.py
 */
export class PyDatasetAdapter implements DataAdapter {
  readonly rowCount = null;
  readonly known = null;
  readonly #dataset: PyDataset;
  readonly #shuffle: boolean;
  readonly #options: GeneratorDataOptions;
  /** The position of the next batch of a dataset that never ends. */
  #next = 0;

  constructor(dataset: PyDataset, shuffle: boolean, options: GeneratorDataOptions) {
    const { who } = options;
    if (typeof (dataset as Partial<PyDataset>).getItem !== 'function') {
      throw new TypeError(`[${who}] a PyDataset must define getItem(index). Received: ${show(dataset)}.`);
    }
    const count: unknown = dataset.numBatches;
    if (count !== null && !(typeof count === 'number' && Number.isInteger(count) && count >= 0)) {
      throw new TypeError(
        `[${who}] a PyDataset must define length, an integer ≥ 0 or null. Received: length=${show(count)}.`,
      );
    }
    if (count === 0) throw new ValueError(`[${who}] a PyDataset must have batches. Received: length=0.`);
    this.#dataset = dataset;
    this.#shuffle = shuffle;
    this.#options = options;
  }

  get batchCount(): number | null {
    return this.#dataset.numBatches;
  }

  get isEndless(): boolean {
    return this.batchCount === null;
  }

  examples(): Iterable<Batch> {
    return [];
  }

  async onEpochBegin(): Promise<void> {
    await this.#dataset.onEpochBegin();
  }

  async onEpochEnd(): Promise<void> {
    await this.#dataset.onEpochEnd();
  }

  async *pass(): AsyncIterator<Batch> {
    const { workers, maxQueueSize } = this.#dataset;
    const indices = this.#indices();
    const read = (index: number): unknown => this.#dataset.getItem(index);
    if (workers > 1) {
      const items = pipelined(indices, read, { ahead: maxQueueSize, workers });
      for await (const item of items) yield readItem(item, this.#options);
    } else {
      for await (const index of indices) yield readItem(await read(index), this.#options);
    }
  }

  async *#indices(): AsyncGenerator<number, void, undefined> {
    const count = this.batchCount;
    if (count === null) for (;;) yield this.#next++;
    const order = this.#shuffle ? new RandomStream(drawSeed()).permutation(count) : null;
    for (let i = 0; i < count; i++) yield order?.[i] ?? i;
  }
}
