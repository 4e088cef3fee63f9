import { ValueError } from '../../core/errors.ts';
import { type KnownShape, showShape, sizeOf } from '../../core/shape.ts';

/** A named array that an object has, or is about to allocate. */
export interface SizedState {
  readonly name: string;
  readonly shape: KnownShape;
}

/**
 * A limit on the elements that objects read from one file may allocate. The sizes that a file declares are compared with
 * the values that it contains, so that a small file cannot demand a large amount of memory.
 */
export class Budget {
  #remaining: number;
  readonly #counted = new WeakSet<SizedState>();

  constructor(elements: number) {
    this.#remaining = elements;
  }

  /**
   * Subtracts the elements of an array that is about to be allocated.
   * @throws ValueError if more elements are declared than remain.
   */
  spend(who: string, what: string, shape: KnownShape): void {
    const count = sizeOf(shape);
    if (count <= this.#remaining) {
      this.#remaining -= count;
      return;
    }
    throw new ValueError(
      `[${who}] the sizes that a file declares must match the values that it contains. Received: ${what} of shape ${showShape(shape)}, for which the file has no values.`,
    );
  }

  /** Subtracts the elements of variables, each of them once, even if it is passed repeatedly. */
  spendOnce(who: string, kind: string, variables: readonly SizedState[]): void {
    for (const variable of variables) {
      if (this.#counted.has(variable)) continue;
      this.spend(who, `the ${kind} ${variable.name}`, variable.shape);
      this.#counted.add(variable);
    }
  }
}
