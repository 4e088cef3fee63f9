import { type Config, type Json, isRecord } from '../../core/config.ts';

/** The layers written so far of one model, so that a layer written several times is marked as one shared object. */
export class WriteContext {
  readonly #entries = new Map<object, object[]>();

  /** Writes a layer, and records which object its entry describes. */
  write<T extends object>(layer: object, write: () => T): T {
    const entries = this.#entries.get(layer) ?? [];
    this.#entries.set(layer, entries);
    const entry = write();
    entries.push(entry);
    return entry;
  }

  /** Records the entries of a config, in which a shared object is the same JSON object wherever it occurs. */
  record(config: Config): Config {
    const look = (json: Json): void => {
      if (Array.isArray(json)) json.forEach(look);
      if (!isRecord(json)) return;
      if ('class_name' in json) this.write(json, () => json);
      Object.values(json as Config).forEach(look);
    };
    look(config);
    return config;
  }

  /** Numbers the entries of every layer that was written more than once, as Keras marks shared objects. */
  numberSharedLayers(): void {
    const shared = [...this.#entries.values()].filter((entries) => entries.length > 1);
    for (const [i, entries] of shared.entries()) {
      for (const entry of entries) Object.assign(entry, { shared_object_id: i + 1 });
    }
  }
}
