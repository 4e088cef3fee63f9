import { type TrackedState, hasTrackedState } from '../../../core/tracking.ts';
import { Variable } from '../../../compiler/ir/variable.ts';
import { flatMembersOf } from '../../saving/members.ts';

const isVariable = (value: unknown): value is Variable => value instanceof Variable;

/** Whether something is a metric, or another object with state that is no weight. */
const isStateHolder = (value: unknown): value is TrackedState<Variable> =>
  typeof value === 'object' &&
  value !== null &&
  hasTrackedState(value) &&
  value.trackedState.length > 0 &&
  value.trackedState.every(isVariable);

/**
 * Finds the layers, variables and metrics in the fields of a layer.
 * @see https://github.com/keras-team/keras/blob/master/keras/src/utils/tracking.py
 */
export class Tracker<Layer> {
  readonly #owner: object;
  readonly #isLayer: (value: unknown) => value is Layer;
  /** The walks through nested layers that are under way. */
  readonly #walks = new Set<string>();
  readonly #lastFields: unknown[] = [];
  #changes = 0;

  constructor(owner: object, isLayer: (value: unknown) => value is Layer) {
    this.#owner = owner;
    this.#isLayer = isLayer;
  }

  get #members(): readonly (Layer | Variable | TrackedState<Variable>)[] {
    const isLayer = this.#isLayer;
    return flatMembersOf(
      this.#owner,
      (value): value is Layer | Variable | TrackedState<Variable> =>
        isLayer(value) || isVariable(value) || isStateHolder(value),
    );
  }

  /** The layers in the fields. */
  get layers(): readonly Layer[] {
    return this.#members.filter((value) => this.#isLayer(value));
  }

  /** The variables in the fields. */
  get variables(): readonly Variable[] {
    return this.#members.filter(isVariable);
  }

  /** The state of the metrics in the fields. */
  get metricState(): readonly Variable[] {
    return this.#members.filter(isStateHolder).flatMap((holder) => holder.trackedState);
  }

  /** A step of a recursive walk through nested layers: the results of all of them, or none if they form a cycle. */
  walk<T>(name: string, layers: readonly Layer[], step: (layer: Layer) => readonly T[]): readonly T[] {
    if (this.#walks.has(name)) return [];
    this.#walks.add(name);
    try {
      return layers.flatMap(step);
    } finally {
      this.#walks.delete(name);
    }
  }

  /**
   * The number of changes of the fields so far. Containers are compared by identity and size. Every step of a training asks
   * every layer, so that nothing is allocated unless something has changed.
   */
  get changes(): number {
    const fields = this.#owner as Readonly<Record<string, unknown>>;
    let count = 0;
    let isSame = true;
    const see = (value: unknown): void => {
      if (this.#lastFields[count] !== value) {
        this.#lastFields[count] = value;
        isSame = false;
      }
      count++;
    };
    for (const name in fields) {
      const value = fields[name];
      if (typeof value !== 'object' || value === null || !Object.hasOwn(fields, name)) continue;
      const size = this.#sizeOf(value);
      if (size === null) continue;
      see(value);
      if (size >= 0) see(size);
    }
    if (count !== this.#lastFields.length) {
      this.#lastFields.length = count;
      isSame = false;
    }
    if (!isSame) this.#changes++;
    return this.#changes;
  }

  /** The size of a container, −1 for another object that is watched, and null for one that answers for itself. */
  #sizeOf(value: object): number | null {
    if (Array.isArray(value)) return value.length;
    if (value instanceof Map || value instanceof Set) return value.size;
    return this.#isLayer(value) || isVariable(value) || !hasTrackedState(value) ? -1 : null;
  }
}
