import { ValueError } from '../../core/errors.ts';
import { sameShape, showShape } from '../../core/shape.ts';
import { storedToTensor } from '../../formats/arrays/convert-stored.ts';
import type { SavedVariable } from './keras-saveable.ts';
import type { StoredArray } from '../../formats/arrays/stored.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { QuantizationMode } from './quantized-weights.ts';

/** Options of reading weights from a file. */
export interface Reading {
  /** The subject of error messages: `loadModel m.keras`. */
  readonly who: string;
  /** The member of the file that contains the weights, followed by `: `; '' if the file contains only weights. */
  readonly member: string;
  /** Whether to skip weights that do not fit, with a warning. */
  readonly skipMismatch: boolean;
  /** The last sentence of errors: a fix for weights that do not fit. */
  readonly advice: string;
  /** The names of custom classes in the file, by layer. @default those of the classes */
  readonly classNames?: ReadonlyMap<object, string> | undefined;
}

/**
 * The assignments that reading a file results in. None is made before all weights have been checked. A weight that does
 * not fit is an error or, with `skipMismatch`, a warning.
 */
export class Plan {
  readonly warnings: string[] = [];
  readonly #reading: Reading;
  readonly #assignments: (readonly [SavedVariable, Tensor])[] = [];
  readonly #actions: (() => void)[] = [];
  readonly #misfits: string[] = [];
  readonly #quantized = new Map<QuantizationMode, string[]>();

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  get who(): string {
    return this.#reading.who;
  }

  /** Records a mismatch: a rule, as the predicate of `where`, and the value received. */
  misfit(where: string, expected: string, received: string): void {
    this.#misfits.push(`${this.#reading.member}${where} ${expected}. Received: ${received}.`);
  }

  /** Records the assignment of a stored array to a variable. Returns whether their shapes are equal. */
  assign(where: string, variable: SavedVariable, stored: StoredArray): boolean {
    if (!sameShape(stored.shape, variable.shape)) {
      this.misfit(where, `must have shape ${showShape(variable.shape)}`, `shape ${showShape(stored.shape)}`);
      return false;
    }
    this.#assignments.push([variable, storedToTensor(stored, variable.dtype, this.#reading.who)]);
    return true;
  }

  /** Records a change other than an assignment, which cannot fail. */
  act(action: () => void): void {
    this.#actions.push(action);
  }

  /** Records that the weights of a layer were quantized in the file. */
  noteQuantized(mode: QuantizationMode, layer: string): void {
    this.#quantized.set(mode, [...(this.#quantized.get(mode) ?? []), JSON.stringify(layer)]);
  }

  /** @throws ValueError if there is a mismatch, unless `skipMismatch` is set. */
  check(): void {
    const { who, skipMismatch, advice } = this.#reading;
    const [first] = this.#misfits;
    for (const [mode, layers] of this.#quantized) {
      this.warnings.push(
        `[${who}] the weights of the layers ${layers.join(', ')} are quantized in the file (${mode}): they were dequantized, and the layers compute in floating-point numbers.`,
      );
    }
    this.#quantized.clear();
    if (first === undefined) return;
    if (skipMismatch) {
      this.warnings.push(...this.#misfits.map((misfit) => `[${who}] ${misfit} It is unchanged.`));
      this.#misfits.length = 0;
      return;
    }
    const others = this.#misfits.length - 1;
    const more = others === 0 ? '' : ` ${others} more ${others === 1 ? 'does' : 'do'} not fit.`;
    throw new ValueError(`[${who}] ${first}${more} ${advice}`);
  }

  /** Makes all assignments. */
  commit(): void {
    for (const [variable, value] of this.#assignments) variable.assign(value);
    for (const action of this.#actions) action();
  }
}
