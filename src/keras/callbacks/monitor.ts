import { ValueError } from '../../core/errors.ts';
import type { CallbackModel } from './callback.ts';

/** Whether less (`min`) or more (`max`) is better; `auto` knows it of the loss and of Keras's metrics. */
export type MonitorMode = 'auto' | 'min' | 'max';

/** Tells whether a watched value has improved. */
export class Monitor {
  readonly #who: string;
  readonly #name: string;
  readonly #mode: MonitorMode;
  readonly #minDelta: number;

  constructor(who: string, name: string, mode: MonitorMode, minDelta: number) {
    this.#who = who;
    this.#name = name;
    this.#mode = mode;
    this.#minDelta = Math.abs(minDelta);
  }

  /** Whether a value is better than another by more than the smallest change that counts; anything beats none. */
  isBetter(model: CallbackModel, value: number, than: number | null): boolean {
    const direction = this.#direction(model);
    if (than === null) return true;
    return direction === 'up' ? value - this.#minDelta > than : value + this.#minDelta < than;
  }

  #direction(model: CallbackModel): 'up' | 'down' {
    if (this.#mode !== 'auto') return this.#mode === 'max' ? 'up' : 'down';
    const metric = this.#name.startsWith('val_') ? this.#name.slice(4) : this.#name;
    const known = metric === 'loss' ? 'down' : model.metricDirection(metric);
    if (known !== null) return known;
    throw new ValueError(
      `[${this.#who}] it is not known whether more or less of ${JSON.stringify(this.#name)} is better: give mode: 'max' or 'min'.`,
    );
  }
}
