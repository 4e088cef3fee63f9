import { ValueError } from '../../core/errors.ts';
import { Turns } from '../../core/event-loop.ts';
import { warn } from '../../core/print.ts';
import type { Batch, DataAdapter } from './data-adapters/data-adapter.ts';

type Pass = Iterator<Batch> | AsyncIterator<Batch>;

/** Closes a pass without waiting for it. */
function closeQuietly(pass: Pass): void {
  void Promise.resolve(pass.return?.()).catch(() => undefined);
}

/**
 * Cuts passes over the data into epochs.
 *
 * Without a number of steps an epoch is one pass. With one, an epoch continues where the last epoch ended; an epoch during
 * which the pass ends is short, and the next epoch starts a new pass.
 * @see https://github.com/keras-team/keras/blob/master/keras/src/trainers/epoch_iterator.py
 */
export class EpochIterator {
  readonly #who: string;
  readonly #data: DataAdapter;
  readonly #steps: number | null;
  #current: Pass | null = null;
  /** Batches of the current pass so far. */
  #seen = 0;
  /** Epochs started so far. */
  #started = 0;
  readonly #signal: AbortSignal | null;
  readonly #turns = new Turns();

  constructor(who: string, data: DataAdapter, steps: number | null, signal: AbortSignal | null = null) {
    this.#signal = signal;
    this.#who = who;
    this.#data = data;
    this.#steps = steps;
    if (steps === null && data.isEndless === true) {
      throw new ValueError(
        `[${who}] data that never ends needs the number of steps in an epoch. Received: a dataset without an end. Pass stepsPerEpoch, validationSteps or steps.`,
      );
    }
  }

  /** Steps in an epoch; `null` if that is unknown before the end of the first one. */
  get stepCount(): number | null {
    return this.#steps ?? this.#data.batchCount;
  }

  /** All rows, if they are in memory, in one batch or several; `null` if they arrive batch by batch. */
  get known(): Iterable<Batch> | null {
    return this.#data.known;
  }

  /** Rows in an epoch; `null` if that is unknown. */
  get rowCount(): number | null {
    return this.#steps === null ? this.#data.rowCount : null;
  }

  /** Batches of all sizes and types that a number of epochs visits, the first one first; none if they are unknown. */
  *examples(epochs: number): Generator<Batch, void, undefined> {
    const { batchCount } = this.#data;
    const steps = this.#steps === null ? Infinity : this.#steps * epochs;
    let count = 0;
    for (const batch of this.#data.examples()) {
      // The second example of arrays is their last batch.
      const position = batchCount !== null && count > 0 ? batchCount : count + 1;
      if (position > steps) return;
      count++;
      yield batch;
    }
  }

  /** Iterates over the batches of the next epoch, with turns of the event loop between them. */
  async *enumerateEpoch(): AsyncGenerator<Batch, void, undefined> {
    this.#started++;
    await this.#data.onEpochBegin?.();
    const continued = this.#steps === null ? null : this.#current;
    let pass = continued ?? this.#start();
    const limit = this.#steps ?? Infinity;
    let step = 0;
    let isComplete = false;
    try {
      while (step < limit && !this.#isOver) {
        let item = await this.#next(pass);
        if (item.done === true && step === 0 && continued !== null) {
          // The last epoch ended exactly at the end of the data.
          pass = this.#start();
          item = await this.#next(pass);
        }
        if (item.done === true) {
          this.#current = null;
          break;
        }
        this.#seen++;
        step++;
        yield item.value;
        await this.#turns.next();
      }
      if (step === 0) throw this.#noBatch();
      if (this.#isOver) {
        this.#current = null;
        // A dataset does what is due after its last element: it keeps its cache, or closes a file.
        if ((await this.#next(pass)).done !== true) await pass.return?.();
      }
      if (this.#steps !== null && step < this.#steps) this.#warnOfEnd(step);
      isComplete = true;
    } finally {
      // The pass will not be continued: a generator may hold a file open.
      if (this.#steps === null) {
        this.#current = null;
        if (this.#signal?.aborted === true) closeQuietly(pass);
        else await pass.return?.();
      }
      if (isComplete) await this.#data.onEpochEnd?.();
    }
  }

  /** The next batch; rejected when the signal aborts, even if the data never yields again. */
  async #next(pass: Pass): Promise<IteratorResult<Batch>> {
    const signal = this.#signal;
    if (signal === null) return pass.next();
    signal.throwIfAborted();
    let abort = (): void => undefined;
    const aborted = new Promise<never>((_, reject) => {
      abort = () => reject(signal.reason as Error);
      signal.addEventListener('abort', abort, { once: true });
    });
    try {
      return await Promise.race([pass.next(), aborted]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /**
   * Closes a pass that no further epoch continues, as a generator may hold a file open. A generator that waits for data
   * closes when it is resumed, so that this does not wait for it.
   */
  close(): void {
    const pass = this.#current;
    this.#current = null;
    if (pass !== null) closeQuietly(pass);
  }

  /** Whether the pass has yielded all its batches. */
  get #isOver(): boolean {
    return this.#data.batchCount !== null && this.#seen >= this.#data.batchCount;
  }

  #start(): Pass {
    const pass = this.#data.pass();
    this.#current = pass;
    this.#seen = 0;
    return pass;
  }

  #warnOfEnd(step: number): void {
    warn(
      `[${this.#who}] the data ended after ${step} of ${this.#steps} steps, which ends the epoch. Pass data for all steps, or fewer steps.`,
    );
  }

  #noBatch(): ValueError {
    return new ValueError(
      `[${this.#who}] the data yielded no batch in pass ${this.#started}. A generator can be read once: pass an iterable that can be read again, or the number of steps in an epoch.`,
    );
  }
}
