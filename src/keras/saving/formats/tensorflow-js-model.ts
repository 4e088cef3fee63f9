import { type Config, isRecord } from '../../../core/config.ts';
import { ValueError } from '../../../core/errors.ts';
import { DEEPEST, type StoredGroup } from '../../../formats/arrays/stored.ts';
import type { StoredModel } from './format.ts';
import { GroupBuilder } from '../groups.ts';
import { type SavableModel, isList, layerwise } from '../keras-saveable.ts';
import { readLegacyModelConfig } from '../legacy/read-legacy-config.ts';
import { readTrainingConfig, withCurrentCompilation } from '../legacy/read-training-config.ts';
import type { ObjectNode } from '../json-tree.ts';
import { planOptimizerState } from '../optimizer-state.ts';
import type { Plan, Reading } from '../plan.ts';
import { planWeights as planNumberedWeights } from '../saving-lib/read-weights.ts';
import { saveableTree } from '../saveable-tree.ts';
import type { SourceFile } from '../source-file.ts';
import type { FileWeight } from '../tensorflow-js/decode-weights.ts';
import { planNamedWeights } from '../tensorflow-js/match-names.ts';
import { type ModelFile, readModelFile, readWeights } from '../tensorflow-js/model-file.ts';
import { optimizerState } from '../tensorflow-js/optimizer-slots.ts';
import { readTopology } from '../tensorflow-js/read-layers.ts';
import { readTraining } from '../tensorflow-js/read-training.ts';

/** Reads a layers model of TensorFlow.js. @throws ValueError if it is damaged; NotImplementedError for a graph model */
export async function readTensorFlowJsModel(file: SourceFile): Promise<StoredModel> {
  const { who } = file;
  const read = readModelFile(file);
  const { topology, trainingConfig, groups } = read;
  if (topology === null) {
    throw new ValueError(
      `[${who}] a model must have a modelTopology. Received: weights alone. Make the model, and read them with loadWeights.`,
    );
  }
  const { json, warnings } = readTopology(topology, who);
  const node = readLegacyModelConfig(json, who, 'modelTopology');
  const compileConfig = compileConfigOf(read, topology, node, who);
  const weights = await readWeights(file, groups);
  return {
    node,
    compileConfig,
    member: 'modelTopology',
    compileMember: trainingConfig === null ? 'training_config' : 'trainingConfig',
    elements: weights.reduce((sum, { array }) => sum + (array?.data.length ?? 0), 0),
    warnings: [...read.warnings, ...warnings],
    planWeights: (model, reading) => {
      const plan = planWeights(model, weights, reading);
      planOptimizer(plan, model, read, weights);
      return plan;
    },
  };
}

/** Matches the weights of a `model.json` of TensorFlow.js with those of a model. */
export async function readTensorFlowJsWeights(model: SavableModel, file: SourceFile, reading: Reading): Promise<Plan> {
  return planWeights(model, await readWeights(file, readModelFile(file).groups), reading);
}

/** The arguments of `compile` that TensorFlow.js saved, or those that Keras did, which the converter keeps. */
function compileConfigOf(
  { trainingConfig }: ModelFile,
  topology: Config,
  node: ObjectNode,
  who: string,
): Config | null {
  if (trainingConfig !== null) return readTraining(trainingConfig, who);
  const { training_config: ofKeras = null } = topology;
  if (ofKeras !== null) return readTrainingConfig(ofKeras, who);
  const { compile_config: current = null } = node;
  return isRecord(current) && Object.keys(current).length > 0 ? withCurrentCompilation(current) : null;
}

/** The name of a weight in a `.keras` file, whose converter keeps its path: `layers/dense/vars/0`. */
const NUMBERED = /(?:^|\/)vars\/\d+$/;

function planWeights(model: SavableModel, weights: readonly FileWeight[], reading: Reading): Plan {
  const own = weights.filter(({ isOptimizer }) => !isOptimizer);
  if (own.length > 0 && own.every(({ name }) => NUMBERED.test(name) && name.split('/').length <= DEEPEST)) {
    return planNumberedWeights(saveableTree(model), treeOf(own), reading);
  }
  return planNamedWeights(layerwise(model), own, reading);
}

function treeOf(weights: readonly FileWeight[]): StoredGroup {
  const tree = new GroupBuilder();
  for (const { name, array } of weights) if (array !== null) tree.add(name, array);
  return tree.build();
}

function planOptimizer(
  plan: Plan,
  model: SavableModel,
  { trainingConfig }: ModelFile,
  weights: readonly FileWeight[],
): void {
  const optimizer = new Map(saveableTree(model).children).get('optimizer');
  if (optimizer === undefined || isList(optimizer) || optimizer.makeSlots === undefined) return;
  const state = optimizerState(
    weights.filter(({ isOptimizer }) => isOptimizer),
    trainingConfig,
  );
  planOptimizerState(plan, optimizer, optimizer.makeSlots, state);
}
