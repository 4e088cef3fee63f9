import { type Config, isRecord } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import type { StoredGroup } from '../../../formats/arrays/stored.ts';
import { readHdf5 } from '../../../formats/hdf5/hdf5.ts';
import { parseJson } from '../../../formats/json/json.ts';
import { mergeGroups } from '../groups.ts';
import { saveableTree } from '../saveable-tree.ts';
import { planWeights } from '../saving-lib/read-weights.ts';
import type { SourceFile } from '../source-file.ts';
import type { Format } from './format.ts';
import { JSON_OBJECT } from './magic.ts';

/** The index of weights in several `.weights.h5` files, as Keras writes large models. It is only read. */
export const shardedWeightsFormat: Format = {
  name: 'weights.json',
  endings: ['.weights.json'],
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
