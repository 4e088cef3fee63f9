import { show } from '../../core/errors.ts';
import { type Field, field } from '../saving/fields.ts';

/** A field for `saveFreq`. */
export function saveFrequency(): Field<'epoch' | number> {
  return field({
    byDefault: 'epoch',
    read: (who, option, given) => {
      if (given === 'epoch' || (typeof given === 'number' && Number.isInteger(given) && given >= 1)) return given;
      throw new TypeError(`[${who}] ${option} must be "epoch" or an integer ≥ 1. Received: ${option}=${show(given)}.`);
    },
  });
}

/** Counts batches to determine when a file is due: after a number of batches of all epochs. */
export class SaveFrequency {
  readonly #frequency: 'epoch' | number;
  #since = 0;
  #last: number | null = null;

  constructor(frequency: 'epoch' | number) {
    this.#frequency = frequency;
  }

  /** Returns whether a file is due after a batch of an epoch, counted from 0. */
  isDueAfter(batch: number): boolean {
    if (this.#frequency === 'epoch') return false;
    this.#since += this.#last === null || batch <= this.#last ? batch + 1 : batch - this.#last;
    this.#last = batch;
    if (this.#since < this.#frequency) return false;
    this.#since = 0;
    return true;
  }
}
