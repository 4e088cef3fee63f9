import { type Config, isRecord } from '../../../core/config.ts';
import { countElements } from '../groups.ts';
import { type ObjectNode, without } from '../json-tree.ts';
import type { SavableLayer, SavableModel } from '../keras-saveable.ts';
import { withCurrentLayers } from '../legacy/older-layers.ts';
import { withCurrentCompilation } from '../legacy/read-training-config.ts';
import { saveableTree } from '../saveable-tree.ts';
import {
  WEIGHTS_MEMBER,
  archiveMembers,
  readArchiveConfig,
  readArchiveWeights,
  readAssets,
  writeArchive,
} from '../saving-lib/archive.ts';
import type { Plan, Reading } from '../plan.ts';
import { planWeights } from '../saving-lib/read-weights.ts';
import { weightsTree } from '../saving-lib/write-weights.ts';
import { WriteContext } from '../write-context.ts';
import type { Format } from './format.ts';
import { ZIP } from './magic.ts';

const inMember = { member: `${WEIGHTS_MEMBER}: ` };

/** The format of Keras 3: a zip archive of the model's JSON and its weights. */
export const kerasFormat: Format = {
  name: 'keras',
  endings: ['.keras'],
  holds: 'model',
  matches: (file) => file.isFolder || file.startsWith(ZIP),
  readModel: async (file) => {
    const node = withCurrentLayers(readArchiveConfig(await file.zip(), file.who)) as ObjectNode;
    const tree = await readArchiveWeights(await file.zip(), file.who);
    const assets = readAssets(await file.zip());
    const plan = (layer: SavableLayer, reading: Reading): Plan =>
      planWeights(saveableTree(layer, true, reading.classNames), tree, { ...reading, ...inMember }, assets);
    return {
      node,
      compileConfig: compileConfigOf(node),
      member: 'config.json',
      compileMember: 'compile_config',
      elements: countElements(tree),
      ...{ planWeights: plan, planLayer: plan },
    };
  },
  readWeights: async (model, file, reading) => {
    const tree = await readArchiveWeights(await file.zip(), file.who);
    return planWeights(saveableTree(model), tree, { ...reading, ...inMember }, readAssets(await file.zip()));
  },
  write: async (model, includeOptimizer) => writeArchive(await membersOf(model, includeOptimizer)),
};

/** The bytes of a file of a layer that is no model, from its JSON. */
export async function layerFile(layer: SavableLayer, json: Config): Promise<Uint8Array> {
  return writeArchive(await archiveMembers(json, weightsTree(saveableTree(layer)), new Date()));
}

/** The members of a model's `.keras` file. */
export function membersOf(model: SavableModel, includeOptimizer: boolean): Promise<ReadonlyMap<string, Uint8Array>> {
  const weights = weightsTree(saveableTree(model, includeOptimizer));
  return archiveMembers(modelConfig(model, includeOptimizer), weights, new Date());
}

/** The arguments of `compile` in the JSON of a model; null if it was not compiled. */
export function compileConfigOf({ compile_config: config = null }: ObjectNode): Config | null {
  return isRecord(config) && Object.keys(config).length > 0 ? withCurrentCompilation(config) : null;
}

/** Keras's JSON of a model, in which shared layers are numbered. */
export function modelConfig(model: SavableModel, includeOptimizer: boolean): Config {
  const context = new WriteContext();
  const json = model.serialize(context);
  context.numberSharedLayers();
  return includeOptimizer ? json : without(json, 'compile_config');
}
