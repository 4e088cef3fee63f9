import { InternalError, ValueError, show } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import { checkBoolean, checkOptions } from '../../core/checks.ts';
import { type Tree, fillTree, flatten, mapTree, treePaths, unwrapSingle } from '../../core/tree.ts';
import { type ApplyOptions, isTreeOf } from '../layers/base/apply-options.ts';
import { InputLayer } from '../layers/core/input-layer.ts';
import { Lambda } from '../layers/core/lambda.ts';
import { type KerasTensor, type Node, isKerasTensor } from '../ops/base/keras-tensor.ts';
import { Layer } from '../layers/base/layer.ts';
import { Operation } from '../ops/base/operation.ts';
import { mapRecord } from '../ops/base/symbolic-arguments.ts';
import { type MadeTensor, callAgain } from './functional/call-again.ts';
import { operationOf } from './functional/call-graph.ts';
import { type AnyModel, Model, isModel } from './model.ts';
import { Sequential } from './sequential.ts';
import { isBuiltInModel } from '../saving/model-classes.ts';

/** Returns the replacement of a layer. */
export type CloneFunction = (layer: Layer) => Layer;

/** Calls a clone in place of `layer.apply(inputs, options)`, and returns the outputs. */
export type CloneCallFunction = (
  layer: Layer,
  inputs: KerasTensor,
  options: ApplyOptions<KerasTensor>,
) => Tree<KerasTensor>;

/** Returns the outputs of a repeated call: by default those of `repeat()`, which calls the layer's clone. */
export type RepeatFunction = (node: Node, inputs: MadeTensor, repeat: () => Tree<KerasTensor>) => Tree<KerasTensor>;

/** Options of {@link cloneModel}. */
export interface CloneOptions {
  /** The symbolic inputs of the new model, in the structure of those of the model. @default new inputs of the same shapes */
  readonly inputTensors?: Tree<KerasTensor> | null | undefined;
  /** Makes the replacement of each layer. @default a new layer with the same config */
  readonly cloneFunction?: CloneFunction | null | undefined;
  /** Calls each replacement, for models other than Sequential. @default `(layer, inputs, options) => layer.apply(inputs, options)` */
  readonly callFunction?: CloneCallFunction | null | undefined;
  /**
   * Whether models among the layers are cloned with the same functions, layer by layer, not as single layers. Those that are
   * Sequential do not get `callFunction`. @default false
   */
  readonly recursive?: boolean | undefined;
}

/**
 * Makes a new model with the same structure: new layers with the same configs, and new weights. A compiled model's clone is
 * compiled in the same way, with an optimizer and metrics of its own.
 *
 * `Lambda` layers and operations have no weights and are shared by both models.
 *
 * @throws ValueError if the model is of a custom class with its own `call`, which only that class can construct, if
 * `callFunction` is given for a Sequential model, or if `inputTensors` have another structure than the model's inputs.
 * @example
 * const model = new Sequential([Input({ shape: [3] }), new layers.Dense(2)]);
 * const twin = cloneModel(model);
 * twin.countParams();                       // 8
 * twin.layers[0] === model.layers[0];       // false
 * twin.setWeights(model.getWeights());
 *
 * const inputs = Input({ shape: [3] });
 * const base = new Model({ inputs, outputs: new layers.Dense(2).apply(inputs) });
 * const dropped = cloneModel(base, {
 *   cloneFunction: (layer) => layer,
 *   callFunction: (layer, x, options) => new layers.Dropout(0.5).apply(layer.apply(x, options)),
 * });
 * dropped.layers.length;                    // 3
 * @see https://keras.io/api/models/model_saving_apis/model_saving_and_loading/#clonemodel-function
 */
export function cloneModel<Output extends Tree<Tensor>>(
  model: Model<Output>,
  options: CloneOptions = {},
): Model<Output> {
  checkOptions('cloneModel', options, ['inputTensors', 'cloneFunction', 'callFunction', 'recursive']);
  return cloneWith(model, options, new Map()) as Model<Output>;
}

function cloneWith(model: AnyModel, options: CloneOptions, clones: Map<Layer, Layer>): AnyModel {
  const { cloneFunction, callFunction = null, inputTensors = null } = options;
  const isRecursive = checkBoolean('cloneModel', 'recursive', options.recursive ?? false);
  if (callFunction !== null && model instanceof Sequential) {
    throw new ValueError(
      `[cloneModel] callFunction is for models made of inputs and outputs, since a Sequential model only lists its layers. Received: ${model.who}.`,
    );
  }
  const clone: CloneFunction = (layer) => {
    const inner = isRecursive && isModel(layer) && isBuiltInModel(layer) ? layer : null;
    const given = { ...options, inputTensors: null, callFunction: inner instanceof Sequential ? null : callFunction };
    const made =
      clones.get(layer) ?? (inner === null ? (cloneFunction ?? copyLayer)(layer) : cloneWith(inner, given, clones));
    clones.set(layer, made);
    return made;
  };
  const call: RepeatFunction = (node, madeFor, repeat) => {
    const layer = operationOf(node);
    const isUsual = layer instanceof Layer && node.arguments === null && !Array.isArray(node.mask);
    if (callFunction === null || !isUsual) return repeat();
    const inputs = mapTree(node.inputs, isKerasTensor, madeFor) as KerasTensor;
    const mask = isKerasTensor(node.mask) ? { mask: madeFor(node.mask) } : {};
    const training = node.training === null ? {} : { training: node.training };
    const named = mapRecord(node.options, isKerasTensor, madeFor);
    return callFunction(clone(layer), inputs, { ...named, ...training, ...mask });
  };
  const made = rebuildModel(model, 'cloneModel', clone, call, inputTensors);
  made.compileLike(model);
  return made;
}

/** A new layer with the same config; a `Lambda`, whose function has no config, is returned itself. */
export function copyLayer(layer: Layer): Layer {
  if (layer instanceof Lambda) return layer;
  if (isModel(layer) && isBuiltInModel(layer)) return cloneModel(layer);
  return (layer.constructor as typeof Layer).fromConfig(layer.getConfig());
}

/** Rebuilds a model call by call, on new inputs or on the tensors given. */
export function rebuildModel(
  model: AnyModel,
  who: string,
  clone: CloneFunction,
  call: RepeatFunction,
  inputTensors: Tree<KerasTensor> | null = null,
): AnyModel {
  if (model instanceof Sequential && !model.built) {
    const first = inputTensors === null ? [] : [asInput(checkInputTensors(who, inputTensors, null)[0])];
    return new Sequential([...first, ...model.layers.map(clone)], { name: model.name, trainable: model.trainable });
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
  const given = inputTensors === null ? null : checkInputTensors(who, inputTensors, network.inputs);
  for (const [i, tensor] of network.flatInputs.entries()) {
    const { shape, dtype, isString, name } = tensor;
    const type = isString ? 'string' : dtype;
    made.set(tensor, given?.[i] ?? new InputLayer({ batchShape: shape, dtype: type, name }).output);
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
    return new Sequential([...network.flatInputs.map(madeFor).map(asInput), ...cloned], { name, trainable });
  }
  const inputs = fillTree(network.inputs, isKerasTensor, network.flatInputs.map(madeFor));
  const outputs = fillTree(network.outputs, isKerasTensor, network.flatOutputs.map(madeFor));
  return new Model<Tree<Tensor>>({ inputs, outputs, name, trainable });
}

/** @throws TypeError unless all are symbolic tensors; ValueError if their structure is not that of the model's inputs */
function checkInputTensors(
  who: string,
  given: Tree<KerasTensor>,
  inputs: Tree<KerasTensor> | null,
): readonly KerasTensor[] {
  if (!isTreeOf(given, isKerasTensor)) {
    throw new TypeError(`[${who}] inputTensors must be symbolic tensors. Received: inputTensors=${show(given)}.`);
  }
  const tensors = flatten(unwrapSingle(given, isKerasTensor), isKerasTensor);
  const expected = inputs === null ? [''] : treePaths(unwrapSingle(inputs, isKerasTensor), isKerasTensor);
  const received = treePaths(unwrapSingle(given, isKerasTensor), isKerasTensor);
  if (expected.length === received.length && expected.every((path) => received.includes(path))) {
    return expected.map((path) => tensors[received.indexOf(path)]).filter((tensor) => tensor !== undefined);
  }
  const paths = (all: readonly string[]): string => show(all.map((path) => `input${path}`));
  throw new ValueError(
    `[${who}] inputTensors must have the structure of the model's inputs, ${paths(expected)}. Received: ${paths(received)}.`,
  );
}

/** The input of a stack: a tensor between layers is replaced with a new Input of its shape. */
function asInput(tensor: KerasTensor | undefined): KerasTensor {
  if (tensor === undefined) throw new InternalError('a stack has no input.');
  const { shape, dtype, node } = tensor;
  return node.operation instanceof InputLayer ? tensor : new InputLayer({ batchShape: shape, dtype }).output;
}
