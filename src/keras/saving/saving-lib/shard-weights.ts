import { ValueError } from '../../../core/errors.ts';
import type { StoredGroup } from '../../../formats/arrays/stored.ts';
import { GroupBuilder } from '../groups.ts';
import type { Saveable } from '../keras-saveable.ts';
import { type StoredState, storedStates } from './write-weights.ts';

/** The weights of a model in several files. */
export interface Shards {
  /** The JSON of the index: the total size in bytes, and the files of each group of weights. */
  readonly index: string;
  /** The content of each file, by its name. */
  readonly shards: ReadonlyMap<string, StoredGroup>;
}

/** A file under construction. */
interface Shard {
  readonly name: string;
  readonly groups: GroupBuilder;
  size: number;
}

/** Distributes the state of a saveable over files in Keras's layout: as many weights as fit, in order, go into each. */
class Sharding {
  readonly #baseName: string;
  readonly #maxBytes: number;
  readonly #who: string;
  readonly #shards: Shard[] = [];
  readonly #files = new Map<string, string | string[]>();
  #totalSize = 0;

  constructor(baseName: string, maxBytes: number, who: string) {
    this.#baseName = baseName;
    this.#maxBytes = maxBytes;
    this.#who = who;
  }

  add(state: StoredState): void {
    let shard = this.#shards.at(-1) ?? this.#next();
    // As in Keras, a group that is continued in another file has its name in the first.
    let group = shard.groups.group(state.path);
    group.set('name', state.name);
    for (const [key, array] of state.arrays) {
      const size = array.data.byteLength;
      this.#checkSize(`${state.path}/${key}`, size);
      if (shard.size + size > this.#maxBytes) {
        shard = this.#next();
        group = shard.groups.group(state.path);
      }
      group.add(key, array);
      shard.size += size;
      this.#totalSize += size;
      this.#record(`/${state.path}`, shard.name);
    }
  }

  #next(): Shard {
    const name = `${this.#baseName}_${String(this.#shards.length).padStart(5, '0')}.weights.h5`;
    const shard = { name, groups: new GroupBuilder(), size: 0 };
    this.#shards.push(shard);
    return shard;
  }

  #checkSize(path: string, size: number): void {
    if (size <= this.#maxBytes) return;
    throw new ValueError(
      `[${this.#who}] each weight must fit into a file. Received: maxShardSize=${this.#maxBytes / 1024 ** 3}, which are ${this.#maxBytes} bytes, where ${path} has ${size}. Increase maxShardSize.`,
    );
  }

  /** Keras writes one name for a group of a single weight, and a list for others. */
  #record(path: string, file: string): void {
    const known = this.#files.get(path);
    const list = typeof known === 'string' ? [known] : known;
    this.#files.set(path, list === undefined ? file : [...new Set([...list, file])]);
  }

  finish(): Shards {
    const json = { metadata: { total_size: this.#totalSize }, weight_map: Object.fromEntries(this.#files) };
    const shards = this.#shards.map(({ name, groups }) => [name, groups.build()] as const);
    return { index: JSON.stringify(json, null, 4), shards: new Map(shards) };
  }
}

/**
 * The state of a saveable and its descendants in several files and an index of them, as Keras writes large models.
 *
 * @param baseName the beginning of the names of the files: `m` for `m_00000.weights.h5`
 * @param maxBytes the maximum size of the weights in a file
 * @throws ValueError if a weight is larger than that
 */
export function shardWeights(root: Saveable, baseName: string, maxBytes: number, who: string): Shards {
  const sharding = new Sharding(baseName, maxBytes, who);
  for (const state of storedStates(root)) sharding.add(state);
  return sharding.finish();
}
