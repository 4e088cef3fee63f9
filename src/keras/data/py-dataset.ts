import { checkBoolean, checkInteger, checkOptions } from '../../core/checks.ts';
import type { BatchOfGenerator } from '../../core/data.ts';
import { NotImplementedError } from '../../core/errors.ts';

/** Options of a {@link PyDataset}. */
export interface PyDatasetOptions {
  /** The number of calls of `getItem` that `fit` makes at the same time; with more than 1, it reads ahead. @default 1 */
  readonly workers?: number | undefined;
  /** Only false: functions cannot be sent to processes. @default false */
  readonly useMultiprocessing?: boolean | undefined;
  /** The number of batches that are read ahead, at most, if there are several workers. @default 10 */
  readonly maxQueueSize?: number | undefined;
}

/**
 * Batches by number: the base of classes that read or compute a batch where it is needed. A class defines `getItem` and `length`.
 * `fit` visits the batches in another random order in each epoch, unless `shuffle` is false, and calls `onEpochBegin` and
 * `onEpochEnd`.
 *
 * @throws TypeError if an option is unknown or has the wrong type; NotImplementedError for `useMultiprocessing`.
 * @example
 * class Squares extends utils.PyDataset {
 *   length = 3;
 *   getItem(index) {
 *     return [[[index]], [[index * index]]];
 *   }
 * }
 * const data = new Squares({ workers: 2 });
 * for await (const [x, y] of data) [x, y];
 * data.numBatches;    // 3
 * @see https://keras.io/api/utils/python_utils/#pydataset-class
 */
export abstract class PyDataset<Batch = BatchOfGenerator> implements AsyncIterable<Batch> {
  /** The number of calls of `getItem` at the same time. */
  workers: number;
  /** The number of batches that are read ahead, at most. */
  maxQueueSize: number;

  constructor(options: PyDatasetOptions = {}) {
    const who = new.target.name;
    checkOptions(who, options, ['workers', 'useMultiprocessing', 'maxQueueSize']);
    this.workers = checkInteger(who, 'workers', options.workers ?? 1, 0);
    this.maxQueueSize = checkInteger(who, 'maxQueueSize', options.maxQueueSize ?? 10, 1);
    if (checkBoolean(who, 'useMultiprocessing', options.useMultiprocessing ?? false)) {
      throw new NotImplementedError(
        `[${who}] useMultiprocessing must be false: functions cannot be sent to processes. Pass workers, and read asynchronously.`,
      );
    }
  }

  /** The number of batches in an epoch; null if they never end, where `fit` needs `stepsPerEpoch`. */
  abstract readonly length: number | null;

  /** The batch at a position, `[x, y]` or `[x, y, sampleWeight]`, or its promise. */
  abstract getItem(index: number): Batch | Promise<Batch>;

  /** Keras's name of `length`. */
  get numBatches(): number | null {
    return this.length;
  }

  /** Called before each epoch. */
  onEpochBegin(): void | Promise<void> {
    // For subclasses.
  }

  /** Called after each epoch, such as to draw other batches. */
  onEpochEnd(): void | Promise<void> {
    // For subclasses.
  }

  /** The batches in order, one after the other. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Batch, void, undefined> {
    const count = this.numBatches ?? Infinity;
    for (let i = 0; i < count; i++) yield await this.getItem(i);
  }
}
