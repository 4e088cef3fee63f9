import { NotImplementedError, ValueError } from '../../../core/errors.ts';
import type { StoredGroup } from '../../../formats/arrays/stored.ts';
import { writeHdf5 } from '../../../formats/hdf5/hdf5.ts';
import { countElements } from '../groups.ts';
import { type SavableModel, isList, layerwise } from '../keras-saveable.ts';
import {
  isLegacyModel,
  legacyOptimizerState,
  legacyWeightsIn,
  readLegacyModel,
  writeLegacyModel,
  writeLegacyWeightsFile,
} from '../legacy/legacy-file.ts';
import { planLegacyWeights } from '../legacy/read-legacy-weights.ts';
import { planOptimizerState } from '../optimizer-state.ts';
import type { Plan, Reading } from '../plan.ts';
import { saveableTree } from '../saveable-tree.ts';
import { type Placed, walk } from '../walk.ts';
import { checkBuilt } from './check-built.ts';
import type { Format, WeightsReading } from './format.ts';
import { modelConfig } from './keras.ts';
import { HDF5 } from './magic.ts';

const endings = ['.h5', '.hdf5'];

/** The older format of whole models, of Keras 2 and tf.keras. */
export const h5Format: Format = {
  name: 'h5',
  endings,
  holds: 'model',
  supportsByName: true,
  matches: async (file) => file.startsWith(HDF5) && isLegacyModel(await file.hdf5()),
  readModel: async (file) => {
    const tree = await file.hdf5();
    const { model, compileConfig } = readLegacyModel(tree, file.who);
    return {
      node: model,
      compileConfig,
      member: 'model_config',
      compileMember: 'training_config',
      elements: countElements(tree),
      planWeights: (made, reading) => planModelWeights(made, tree, reading),
    };
  },
  readWeights: async (model, file, reading) => planWeights(model, await file.hdf5(), reading),
  write: async (model, includeOptimizer, who) => {
    if (!model.hasGraph) {
      throw new NotImplementedError(
        `[${who}] a model with a custom call cannot be written as .h5, which does not contain the shapes of its inputs. Received: ${model.className}. Use .keras, or write the weights alone.`,
      );
    }
    const [other] = includeOptimizer ? otherOptimizers(model) : [];
    if (other !== undefined) {
      throw new NotImplementedError(
        `[${who}] an .h5 contains the state of one optimizer, with which the model is compiled. Received: the optimizer ${JSON.stringify(other.saveable.name)} at ${other.path}. Use .keras, or omit the state with { includeOptimizer: false }.`,
      );
    }
    const state = includeOptimizer && model.compiled ? model.optimizer.variables : null;
    return writeHdf5(writeLegacyModel(modelConfig(model, includeOptimizer), layerwise(model), state), who);
  },
};

/** The older format of weights alone. */
export const h5WeightsFormat: Format = {
  name: 'h5 weights',
  endings,
  holds: 'weights',
  supportsByName: true,
  matches: async (file) => file.startsWith(HDF5) && legacyWeightsIn(await file.hdf5()) !== undefined,
  readWeights: async (model, file, reading) => planWeights(model, await file.hdf5(), reading),
  write: async (model, _includeOptimizer, who) => {
    checkBuilt(model, who);
    return writeHdf5(writeLegacyWeightsFile(layerwise(model)), who);
  },
};

/** The optimizers in fields of the model and of its layers. */
function otherOptimizers(model: SavableModel): readonly Placed[] {
  const compiled: ReadonlySet<unknown> = new Set(model.compiled ? model.optimizer.variables : []);
  return walk(saveableTree(model)).filter(
    ({ saveable: { makeSlots, ownVariables } }) => makeSlots !== undefined && !compiled.has(ownVariables[0]),
  );
}

function weightsIn(tree: StoredGroup, who: string): StoredGroup {
  const weights = legacyWeightsIn(tree);
  if (weights !== undefined) return weights;
  throw new ValueError(`[${who}] the file must contain weights. Received: none.`);
}

function planWeights(model: SavableModel, tree: StoredGroup, reading: WeightsReading): Plan {
  return planLegacyWeights(layerwise(model), weightsIn(tree, reading.who), reading);
}

function planModelWeights(model: SavableModel, tree: StoredGroup, reading: Reading): Plan {
  const plan = planWeights(model, tree, { ...reading, byName: false });
  const optimizer = new Map(saveableTree(model).children).get('optimizer');
  if (optimizer !== undefined && !isList(optimizer) && optimizer.makeSlots !== undefined) {
    planOptimizerState(plan, optimizer, optimizer.makeSlots, legacyOptimizerState(tree, reading.who));
  }
  return plan;
}
