import { currentRevision } from '../../../compiler/graph/revision.ts';

/** Keeps what was made for each signature, until layers change in a way that makes traces stale. */
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
    // Making it may have built layers, and so changed the count.
    this.#revision = currentRevision();
    this.#entries.set(signature, made);
    return made;
  }

  clear(): void {
    this.#entries.clear();
  }
}
