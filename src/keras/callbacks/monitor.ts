import { ValueError } from '../../core/errors.ts';
import { own } from '../../core/own.ts';
import { warn } from '../../core/print.ts';
import type { Shape } from '../../core/shape.ts';
import { type Field, choice } from '../saving/fields.ts';
import { checkScalar, notScalar } from './log-value.ts';
import type { CallbackModel, Logs } from './callback.ts';

/** Whether smaller (`min`) or larger (`max`) values are better; `auto` is known for the loss and Keras's metrics. */
export type MonitorMode = 'auto' | 'min' | 'max';

/** A field for `mode`. */
export function monitorMode(): Field<MonitorMode> {
  return choice(['auto', 'min', 'max'], 'auto');
}

/** The options of a callback that monitors a value. */
export interface Monitored {
  /** The name of the value. */
  readonly monitor: string;
  /** Whether smaller or larger values are better. */
  readonly mode: MonitorMode;
  /** The minimum change that counts as an improvement. @default 0 */
  readonly minDelta?: number;
}

/** Reads a monitored value, and determines whether it has improved. */
export class Monitor {
  readonly #who: string;
  readonly #name: string;
  readonly #mode: MonitorMode;
  readonly #minDelta: number;

  constructor(who: string, { monitor, mode, minDelta = 0 }: Monitored) {
    this.#who = who;
    this.#name = monitor;
    this.#mode = mode;
    this.#minDelta = Math.abs(minDelta);
  }

  /**
   * Checks, before the first step, that values can be compared.
   * @throws ValueError if it is unknown whether larger or smaller ones are better, or if they have axes.
   */
  check(model: CallbackModel, shapes: ReadonlyMap<string, Shape>): void {
    this.#direction(model);
    const shape = shapes.get(this.#name) ?? [];
    if (shape.length > 0) throw notScalar(this.#who, this.#name, shape);
  }

  /** Returns the value; null, with a warning, if there is none. */
  read(logs: Logs): number | null {
    const value = own(logs, this.#name);
    if (value !== undefined) return checkScalar(this.#who, this.#name, value);
    warn(
      `[${this.#who}] there is no value named ${JSON.stringify(this.#name)} to monitor. Available: ${Object.keys(logs).join(', ')}.`,
    );
    return null;
  }

  /** Whether a value is better than another by more than the minimum change; any value is better than null. */
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
      `[${this.#who}] mode must be 'max' or 'min' for ${JSON.stringify(this.#name)}, whose better direction is not known. Received: mode="auto".`,
    );
  }
}
