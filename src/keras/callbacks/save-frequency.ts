import { show } from '../../core/errors.ts';

/** When files are written: after each epoch, or each time after so many batches. */
export class SaveFrequency {
  /** What the user gave. */
  readonly value: 'epoch' | number;
  #since = 0;
  #last: number | null = null;

  /** @throws TypeError if it is neither. */
  constructor(who: string, value: unknown) {
    if (value !== 'epoch' && (typeof value !== 'number' || !Number.isInteger(value) || value < 1)) {
      throw new TypeError(`[${who}] saveFreq must be "epoch" or an integer ≥ 1. Received: saveFreq=${show(value)}.`);
    }
    this.value = value;
  }

  /** Whether a file is due after a batch of an epoch, counted from 0. Batches of all epochs are counted together. */
  isDueAfter(batch: number): boolean {
    if (this.value === 'epoch') return false;
    this.#since += this.#last === null || batch <= this.#last ? batch + 1 : batch - this.#last;
    this.#last = batch;
    if (this.#since < this.value) return false;
    this.#since = 0;
    return true;
  }
}
