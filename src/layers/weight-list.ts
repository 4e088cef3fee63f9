import type { Constraint } from '../constraints/index.ts';
import type { Variable } from '../graph/variable.ts';
import type { Regularizer } from '../regularizers/index.ts';

/** A weight of a layer, with what was asked for when it was made. */
interface Entry {
  readonly variable: Variable;
  /** Whether training changes it while its layer is not frozen. */
  readonly trainable: boolean;
  readonly regularizer: Regularizer | null;
  readonly constraint: Constraint | null;
}

/** A layer's own weights, in the order in which they were made. */
export class WeightList {
  readonly #entries: Entry[] = [];

  add(entry: Entry): void {
    this.#entries.push(entry);
  }

  get length(): number {
    return this.#entries.length;
  }

  /** Forgets the weights made since there were `length`, for a build that failed. */
  truncate(length: number): void {
    this.#entries.length = length;
  }

  /** Keras's order: trainable ones, then the others. Freezing does not change it. */
  get variables(): readonly Variable[] {
    const trainable = this.#entries.filter((entry) => entry.trainable);
    const others = this.#entries.filter((entry) => !entry.trainable);
    return [...trainable, ...others].map(({ variable }) => variable);
  }

  /** Freezes the weights that training changes, or lets it change them again. */
  setTrainable(value: boolean): void {
    for (const { variable, trainable } of this.#entries) if (trainable) variable.trainable = value;
  }

  /** Names the variables after what holds the layer. */
  setPath(path: string): void {
    for (const { variable } of this.#entries) variable.path = `${path}/${variable.name}`;
  }

  get regularizers(): readonly (readonly [Variable, Regularizer])[] {
    return this.#entries.flatMap(({ variable, regularizer }) =>
      regularizer === null ? [] : [[variable, regularizer] as const],
    );
  }

  get constraints(): readonly (readonly [Variable, Constraint])[] {
    return this.#entries.flatMap(({ variable, constraint }) =>
      constraint === null ? [] : [[variable, constraint] as const],
    );
  }
}
