import { currentRevision } from '../../../compiler/graph/revision.ts';

/** Caches one item for each signature until a change of layers makes traces stale. */
export class StepCache<T> {
  readonly #entries = new Map<string, T>();
  #revision = -1;

  get(signature: string, make: () => T): T {
    const revision = currentRevision();
    if (revision !== this.#revision) {
      this.#entries.clear();
      this.#revision = revision;
    }
    const found = this.#entries.get(signature);
    if (found !== undefined) return found;
    const made = make();
    // Making the item may have built layers, which advances the revision.
    this.#revision = currentRevision();
    this.#entries.set(signature, made);
    return made;
  }

  clear(): void {
    this.#entries.clear();
  }
}
