import type { Config, Json } from '../../../core/config.ts';
import { ValueError } from '../../../core/errors.ts';
import { GroupBuilder, groupAt } from '../groups.ts';
import { type ObjectNode, isObjectNode } from '../json-tree.ts';
import { parseJson } from '../../../formats/json/json.ts';
import { fromKeras, toKeras } from '../saving-lib/dialect.ts';
import { BACKEND, KERAS_VERSION } from '../keras-version.ts';
import type { LayerwiseModel, SavedVariable } from '../keras-saveable.ts';
import type { StoredArray, StoredGroup } from '../../../formats/arrays/stored.ts';
import { writeJson } from '../../../formats/json/write-json.ts';
import { stringOf } from './attributes.ts';
import { inKerasOrder } from './optimizer-order.ts';
import { readLegacyModelConfig } from './read-legacy-config.ts';
import { namedArrays } from './read-legacy-weights.ts';
import { readTrainingConfig } from './read-training-config.ts';
import { legacyModelConfig, legacyTrainingConfig } from './write-legacy-config.ts';
import { writeLegacyWeights, writeVariables } from './write-legacy-weights.ts';

/** The tree of a whole model's `.h5` in the older format. */
export function writeLegacyModel(
  json: Config,
  model: LayerwiseModel,
  optimizerVariables: readonly SavedVariable[] | null,
): StoredGroup {
  const builder = new GroupBuilder();
  builder.set('keras_version', KERAS_VERSION);
  builder.set('backend', BACKEND);
  const node = toKeras(json, true);
  if (isObjectNode(node)) {
    builder.set('model_config', writeJson(legacyModelConfig(node)));
    const training = optimizerVariables === null ? null : legacyTrainingConfig(node['compile_config']);
    if (training !== null) builder.set('training_config', writeJson(training));
  }
  writeLegacyWeights(builder.group('model_weights'), model);
  if (optimizerVariables !== null) writeVariables(builder.group('optimizer_weights'), optimizerVariables);
  return builder.build();
}

/** The tree of a weights file in the older format. */
export function writeLegacyWeightsFile(model: LayerwiseModel): StoredGroup {
  const builder = new GroupBuilder();
  writeLegacyWeights(builder, model);
  return builder.build();
}

/** The group of the weights in a file of the older format; undefined for other files. */
export function legacyWeightsIn(file: StoredGroup): StoredGroup | undefined {
  if (file.attributes.has('layer_names') || file.attributes.has('layer_names0')) return file;
  return groupAt(file, 'model_weights');
}

/** Whether a file is a whole model in the older format. */
export function isLegacyModel(file: StoredGroup): boolean {
  return file.attributes.has('model_config');
}

/** The model that a file describes, and its compile configuration. @throws ValueError if it is malformed. */
export function readLegacyModel(file: StoredGroup, who: string): { model: ObjectNode; compileConfig: Config | null } {
  const json = (attribute: string): Json | null => {
    const text = stringOf(file, attribute, who);
    return text === undefined ? null : fromKeras(parseJson(text, `${who}: ${attribute}`));
  };
  const model = json('model_config');
  if (model === null) {
    throw new ValueError(`[${who}] a model must have the attribute model_config. Received: none.`);
  }
  const training = json('training_config');
  return {
    model: readLegacyModelConfig(model, who),
    compileConfig: training === null ? null : readTrainingConfig(training, who),
  };
}

/** The state of the optimizer, in Keras's order; empty if there is none. */
export function legacyOptimizerState(file: StoredGroup, who: string): readonly StoredArray[] {
  const group = groupAt(file, 'optimizer_weights');
  return group === undefined ? [] : inKerasOrder(namedArrays(group, 'optimizer_weights', who));
}
