import { tensorToStored } from '../../../formats/arrays/convert-stored.ts';
import type { GroupBuilder } from '../groups.ts';
import type { LayerwiseModel, SavedVariable } from '../keras-saveable.ts';
import { setStrings } from './attributes.ts';
import { BACKEND, KERAS_VERSION } from '../keras-version.ts';

/** Writes the weights of a model layer by layer, in Keras's `.h5` layout. */
export function writeLegacyWeights(group: GroupBuilder, model: LayerwiseModel): void {
  setStrings(
    group,
    'layer_names',
    model.layers.map(({ name }) => name),
  );
  group.set('backend', BACKEND);
  group.set('keras_version', KERAS_VERSION);
  for (const { name, weights } of [...model.layers].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    writeVariables(group.group(name), weights);
  }
  writeVariables(group.group('top_level_model_weights'), model.ownWeights);
}

/** Writes variables under their paths; the order is that of the attribute `weight_names`. */
export function writeVariables(group: GroupBuilder, variables: readonly SavedVariable[]): void {
  const names: string[] = [];
  for (const variable of variables) {
    let name = variable.path;
    for (let i = 1; names.includes(name); i++) name = `${variable.path}_${i}`;
    names.push(name);
    group.add(name, tensorToStored(variable.value));
  }
  setStrings(group, 'weight_names', names);
}
