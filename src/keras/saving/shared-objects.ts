/** An entry of a config, which describes one object. */
interface Entry {
  readonly class_name?: unknown;
  readonly config?: unknown;
}

/** The objects that have been read from one file, so that entries with one `shared_object_id` become one object. */
export class SharedObjects {
  readonly #byId = new Map<string, object>();
  readonly #byContent = new Map<string, object>();

  /** The object that an entry describes: an earlier one if the entry is marked as shared, otherwise a new one. */
  read<T extends object>(entry: object, make: () => T): T {
    const id = 'shared_object_id' in entry ? String(entry.shared_object_id) : null;
    const content = contentOf(entry);
    // Keras does not mark the first occurrence of a shared object, but describes the same object there, name included.
    const known = id === null ? undefined : (this.#byId.get(id) ?? this.#byContent.get(content));
    const object = (known as T | undefined) ?? make();
    if (id !== null) this.#byId.set(id, object);
    if (known === undefined && !this.#byContent.has(content)) this.#byContent.set(content, object);
    return object;
  }
}

function contentOf(entry: Entry): string {
  const { class_name: name, config } = entry;
  return JSON.stringify([name, config], (key, value: unknown) => (key === 'shared_object_id' ? undefined : value));
}
