import { ValueError } from '../../core/errors.ts';
import { sameShape, showShape } from '../../core/shape.ts';
import { storedToTensor } from '../../formats/arrays/convert-stored.ts';
import type { SavedVariable } from './keras-saveable.ts';
import type { StoredArray } from '../../formats/arrays/stored.ts';
import type { Tensor } from '../../core/tensor.ts';

/** How a file is read. */
export interface Reading {
  /** `loadModel m.keras`: how errors begin. */
  readonly who: string;
  /** The member of the file that the weights are in, with `: ` behind it; '' if the file is nothing else. */
  readonly member: string;
  /** Leave out what does not fit, with a warning. */
  readonly skipMismatch: boolean;
  /** What to do about weights that do not fit. */
  readonly advice: string;
}

/**
 * What reading a file comes to: nothing is assigned before all of it is known to fit. What does not fit is an error or,
 * with `skipMismatch`, a warning.
 */
export class Plan {
  readonly warnings: string[] = [];
  readonly #reading: Reading;
  readonly #assignments: (readonly [SavedVariable, Tensor])[] = [];
  readonly #misfits: string[] = [];

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  get who(): string {
    return this.#reading.who;
  }

  /** Notes something that does not fit: `expected` what, `received` what. */
  misfit(where: string, expected: string, received: string): void {
    this.#misfits.push(`${this.#reading.member}${where} ${expected}. Received: ${received}.`);
  }

  /** Notes that a variable gets what is stored, if the shape is right. */
  assign(where: string, variable: SavedVariable, stored: StoredArray): boolean {
    if (!sameShape(stored.shape, variable.shape)) {
      this.misfit(where, `expects shape ${showShape(variable.shape)}`, `shape ${showShape(stored.shape)}`);
      return false;
    }
    this.#assignments.push([variable, storedToTensor(stored, variable.dtype, this.#reading.who)]);
    return true;
  }

  /** @throws ValueError if something does not fit, and nothing was asked to be left out. */
  check(): void {
    const { who, skipMismatch, advice } = this.#reading;
    const [first] = this.#misfits;
    if (first === undefined) return;
    if (skipMismatch) {
      this.warnings.push(...this.#misfits.map((misfit) => `[${who}] ${misfit} It is left as it was.`));
      this.#misfits.length = 0;
      return;
    }
    const others = this.#misfits.length - 1;
    const more = others === 0 ? '' : ` ${others} more ${others === 1 ? 'does' : 'do'} not fit.`;
    throw new ValueError(`[${who}] ${first}${more} ${advice}`);
  }

  /** Assigns all. */
  commit(): void {
    for (const [variable, value] of this.#assignments) variable.assign(value);
  }
}
