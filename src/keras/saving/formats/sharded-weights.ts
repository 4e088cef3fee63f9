import { type Config, isRecord } from '../../../core/config.ts';
import { checkNumber } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { warn } from '../../../core/print.ts';
import type { StoredGroup } from '../../../formats/arrays/stored.ts';
import type { FilePath } from '../../../formats/files/files.ts';
import { readHdf5, writeHdf5 } from '../../../formats/hdf5/hdf5.ts';
import { parseJson } from '../../../formats/json/json.ts';
import { mergeGroups } from '../groups.ts';
import type { SavableModel } from '../keras-saveable.ts';
import { saveableTree } from '../saveable-tree.ts';
import { planWeights } from '../saving-lib/read-weights.ts';
import { shardWeights } from '../saving-lib/shard-weights.ts';
import type { SourceFile } from '../source-file.ts';
import { checkBuilt } from './check-built.ts';
import type { Format } from './format.ts';
import { JSON_OBJECT } from './magic.ts';

/** The ending of the name of an index. */
export const INDEX_ENDING = '.weights.json';

/** The index of weights in several `.weights.h5` files, as Keras writes large models. {@link writeShards} writes it. */
export const shardedWeightsFormat: Format = {
  name: 'weights.json',
  endings: [INDEX_ENDING],
  holds: 'weights',
  hasNeighbors: true,
  matches: (file) => file.startsWith(JSON_OBJECT),
  readWeights: async (model, file, reading) => planWeights(saveableTree(model), await readShards(file), reading),
};

async function readShards({ who, bytes, readNeighbor }: SourceFile): Promise<StoredGroup> {
  const names = shardsOf(bytes, who);
  if (readNeighbor === null) {
    throw new ValueError(
      `[${who}] an index of weights must be given by its path, since it names files of the same folder. Received: the bytes of an index of ${names.join(', ')}. Pass its path.`,
    );
  }
  const trees = names.map(async (name) => readHdf5(await readNeighbor(name), `${who}: ${name}`));
  return mergeGroups(await Promise.all(trees));
}

/**
 * The names of the files that an index lists, which are in the folder of the index.
 * @throws ValueError if the file is not an index, or names files elsewhere.
 */
export function shardsOf(bytes: Uint8Array, who: string): readonly string[] {
  const json = parseJson(new TextDecoder().decode(bytes), who);
  const map = isRecord(json) ? (json as Config)['weight_map'] : undefined;
  if (!isRecord(map)) {
    throw new ValueError(`[${who}] an index of weights must have a weight_map. Received: ${show(json)}.`);
  }
  const names = [...new Set(Object.values(map).flat())];
  for (const name of names) {
    if (typeof name !== 'string' || name === '' || /[\\/]|^\.\.?$/.test(name)) {
      throw new ValueError(
        `[${who}] the files of a weight_map must be in the folder of the index. Received: ${show(name)}, which is not the name of a file.`,
      );
    }
  }
  return names as string[];
}

/** A file that is written: one of the shards, or the index, whose name is null. */
export interface WrittenFile {
  readonly name: string | null;
  /** Makes the content. Only one of the files is in memory at a time. */
  bytes(): Promise<Uint8Array>;
}

/**
 * The files of a model's weights, in the order in which they are written: the index, without which the others are not read,
 * comes last.
 *
 * @param maxShardSize the maximum size of the weights in a file, in GB
 * @throws ValueError if the model is not built, or a weight is larger than a file may be
 */
export function writeShards(
  model: SavableModel,
  path: FilePath,
  maxShardSize: number,
  who: string,
): readonly WrittenFile[] {
  checkBuilt(model, who);
  const maxBytes = checkNumber(who, 'maxShardSize', maxShardSize) * 1024 ** 3;
  if (maxBytes <= 0) {
    throw new ValueError(`[${who}] maxShardSize must be greater than 0. Received: maxShardSize=${maxShardSize}.`);
  }
  const { index, shards } = shardWeights(saveableTree(model), baseNameOf(path), maxBytes, who);
  const written = [...shards].map(([name, tree]) => ({ name, bytes: () => writeHdf5(tree, who) }));
  return [...written, { name: null, bytes: () => Promise.resolve(new TextEncoder().encode(index)) }];
}

/** The path of the index: as in Keras, `m.weights.h5` becomes `m.weights.json`, with a warning. */
export function shardedPath(who: string, path: FilePath): FilePath {
  const given = String(path);
  if (given.endsWith(INDEX_ENDING)) return path;
  if (!given.endsWith('.weights.h5')) {
    throw new ValueError(
      `[${who}] with maxShardSize, the name must end in .weights.json. Received: path=${show(given)}.`,
    );
  }
  const renamed = `${given.slice(0, -'.h5'.length)}.json`;
  warn(
    `[${who}] the index of several files ends in .weights.json. Received: path=${show(given)}. Writing ${show(renamed)}.`,
  );
  return path instanceof URL ? new URL(renamed) : renamed;
}

/** The beginning of the names of the files that an index lists: `m` for `folder/m.weights.json`. */
function baseNameOf(path: FilePath): string {
  const given = path instanceof URL ? decodeURIComponent(path.pathname) : path;
  const name = given.slice(Math.max(given.lastIndexOf('/'), given.lastIndexOf('\\')) + 1);
  return name.slice(0, -INDEX_ENDING.length);
}
