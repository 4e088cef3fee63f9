import { ValueError } from '../../../core/errors.ts';
import { warn } from '../../../core/print.ts';
import type { Batch, DataSource } from './batch.ts';

type Pass = Iterator<Batch> | AsyncIterator<Batch>;

/**
 * Cuts passes over the data into epochs. Without a number of steps an epoch is a pass; with one, the next epoch goes
 * on where the last one ended, and a pass that ends begins again with the next epoch.
 */
export class Epochs {
  readonly #source: DataSource;
  readonly #steps: number | null;
  readonly #who: string;
  #current: Pass | null = null;
  #seen = 0;
  #begun = 0;

  constructor(who: string, source: DataSource, steps: number | null) {
    this.#who = who;
    this.#source = source;
    this.#steps = steps;
  }

  /** Steps in an epoch, `null` if nobody knows before its end. */
  get stepCount(): number | null {
    return this.#steps ?? this.#source.batchCount;
  }

  /** The batches of the next epoch. */
  async *next(): AsyncGenerator<Batch, void, undefined> {
    this.#begun++;
    const goesOn = this.#current !== null && this.#steps !== null;
    let pass = goesOn && this.#current !== null ? this.#current : this.#start();
    const limit = this.#steps ?? Infinity;
    let step = 0;
    try {
      while (step < limit && !this.#isOver) {
        let item = await pass.next();
        if (item.done === true && step === 0 && goesOn) {
          // The last epoch ended where the data did.
          pass = this.#start();
          item = await pass.next();
        }
        if (item.done === true) {
          this.#current = null;
          if (step === 0) throw this.#nothingLeft();
          break;
        }
        this.#seen++;
        step++;
        yield item.value;
      }
      if (this.#isOver) this.#current = null;
      if (this.#steps !== null && step < this.#steps) this.#warnOfEnd(step);
    } finally {
      // A pass that nobody will go on with is told so: it may hold a file open.
      if (this.#steps === null) await pass.return?.();
    }
  }

  /** Whether the pass has given all its batches. */
  get #isOver(): boolean {
    return this.#source.batchCount !== null && this.#seen >= this.#source.batchCount;
  }

  #start(): Pass {
    const pass = this.#source.pass();
    this.#current = pass;
    this.#seen = 0;
    return pass;
  }

  #warnOfEnd(step: number): void {
    warn(
      `[${this.#who}] the data ended after ${step} of ${this.#steps} steps, and so does the epoch. Give data for all steps, or fewer steps.`,
    );
  }

  #nothingLeft(): ValueError {
    return new ValueError(
      `[${this.#who}] the data gave no batch in pass ${this.#begun}. A generator can be read once: give an iterable that can be read again, or the number of steps in an epoch.`,
    );
  }
}
