import { ValueError } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import { checkOptions } from '../../core/checks.ts';
import { type Tree, fillTree, flatten } from '../../core/tree.ts';
import { InputLayer } from '../layers/core/input-layer.ts';
import { Lambda } from '../layers/core/lambda.ts';
import { type KerasTensor, type Node, isKerasTensor } from '../ops/base/keras-tensor.ts';
import { Layer } from '../layers/base/layer.ts';
import { Operation } from '../ops/base/operation.ts';
import { type MadeTensor, callAgain } from './functional/call-again.ts';
import { operationOf } from './functional/call-graph.ts';
import { Model, isModel } from './model.ts';
import { Sequential } from './sequential.ts';
import { isBuiltInModel } from './serialization.ts';

/** Returns the replacement of a layer. */
export type CloneFunction = (layer: Layer) => Layer;

/** Returns the outputs of a repeated call: by default those of `repeat()`, which calls the layer's clone. */
export type CallFunction = (node: Node, inputs: MadeTensor, repeat: () => Tree<KerasTensor>) => Tree<KerasTensor>;

/** Options of {@link cloneModel}. */
export interface CloneOptions {
  /** Makes the replacement of each layer. @default a new layer with the same config */
  readonly cloneFunction?: CloneFunction | undefined;
}

/**
 * Makes a new model with the same structure: new layers with the same configs, and new weights.
 *
 * `Lambda` layers and operations have no weights and are shared by both models.
 *
 * @throws ValueError if the model is of a custom class with its own `call`, which only that class can construct.
 * @example
 * const model = new Sequential([Input({ shape: [3] }), new layers.Dense(2)]);
 * const twin = cloneModel(model);
 * twin.countParams();                       // 8
 * twin.layers[0] === model.layers[0];       // false
 * twin.setWeights(model.getWeights());
 * @see https://keras.io/api/models/model_saving_apis/model_saving_and_loading/#clonemodel-function
 */
export function cloneModel(model: Model, options: CloneOptions = {}): Model {
  checkOptions('cloneModel', options, ['cloneFunction']);
  const { cloneFunction = copyLayer } = options;
  return rebuildModel(model, 'cloneModel', cloneFunction, (_, __, repeat) => repeat());
}

/** A new layer with the same config; a `Lambda`, whose function has no config, is returned itself. */
export function copyLayer(layer: Layer): Layer {
  if (layer instanceof Lambda) return layer;
  if (isModel(layer) && isBuiltInModel(layer)) return cloneModel(layer);
  return (layer.constructor as typeof Layer).fromConfig(layer.getConfig());
}

/** Rebuilds a model call by call. */
export function rebuildModel(model: Model, who: string, clone: CloneFunction, call: CallFunction): Model {
  if (model instanceof Sequential && !model.built) {
    return new Sequential(model.layers.map(clone), { name: model.name, trainable: model.trainable });
  }
  const { network } = model;
  const stack = model instanceof Sequential ? model.layers : null;
  if (network === null || !isBuiltInModel(model)) {
    throw new ValueError(
      `[${who}] the model must be made of inputs and outputs, or be Sequential. Received: ${model.who}, of a custom class. Construct a new instance of that class.`,
    );
  }
  const clones = new Map<Layer, Layer>();
  const cloneOf = (layer: Layer | Operation): Layer | Operation => {
    if (layer instanceof Operation) return layer;
    const found = clones.get(layer) ?? clone(layer);
    clones.set(layer, found);
    return found;
  };
  const made = new Map<KerasTensor, KerasTensor>();
  const madeFor: MadeTensor = (tensor) => made.get(tensor) ?? tensor;
  for (const tensor of network.flatInputs) {
    const { shape, dtype, name } = tensor;
    made.set(tensor, new InputLayer({ batchShape: shape, dtype, name }).output);
  }
  for (const node of network.levels.flat()) {
    if (node.operation instanceof InputLayer) continue;
    const outputs = call(node, madeFor, () => callAgain(node, madeFor, cloneOf(operationOf(node))));
    for (const [i, tensor] of flatten(outputs, isKerasTensor).entries()) {
      const before = node.outputs[i];
      if (before === undefined) continue;
      made.set(before, tensor);
    }
  }
  const { name, trainable } = model;
  if (stack !== null) {
    const cloned = stack.flatMap((layer) => clones.get(layer) ?? []);
    return new Sequential([...network.flatInputs.map(madeFor), ...cloned], { name, trainable });
  }
  const inputs = fillTree(network.inputs, isKerasTensor, network.flatInputs.map(madeFor));
  const outputs = fillTree(network.outputs, isKerasTensor, network.flatOutputs.map(madeFor));
  return new Model<Tree<Tensor>>({ inputs, outputs, name, trainable });
}
