import { type Config, isRecord } from '../../core/config.ts';
import { ValueError } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import { type Tree, mapTree } from '../../core/tree.ts';
import type { Layer } from '../layers/base/layer.ts';
import { isShape } from '../layers/base/input-shape.ts';
import { Input } from '../layers/core/input-layer.ts';
import type { KerasTensor } from '../ops/base/keras-tensor.ts';
import type { ObjectNode } from '../saving/json-tree.ts';
import { isOfKeras } from '../saving/keras-module.ts';
import type { ReadContext } from '../saving/read-context.ts';
import { type LoadModelOptions, type Maker, type OnUncompiled, loadModelFile } from '../saving/formats/saving-api.ts';
import type { FileSource } from '../saving/formats/read-source.ts';
import type { AnyFeatureSpace } from './feature-space/feature-space.ts';
import { type AnyModel, Model } from './model.ts';
import type { LayerEntry } from './functional/read-config.ts';
import { readLayer, spendWeights } from './serialization.ts';

/**
 * Reads a model from a file or from its bytes: `.keras`, the `.h5` of tf.keras and Keras 2, or the `model.json` of a layers model
 * of TensorFlow.js. The format is detected from the content. The source may be a path, an address of the web, bytes, a `File`, a
 * `Blob` or a `Response`, and in browsers also `indexeddb://name.keras` and `opfs://folder/name.keras`.
 *
 * The files of weights that a `model.json` names are read from its folder. The source may also be a record, a map or a list of all
 * files, what `model.save` of TensorFlow.js passes to a handler, or where it saved the model: `indexeddb://name`,
 * `localstorage://name`.
 *
 * A FeatureSpace is read from its `.keras` file in the same way: `loadModel<utils.FeatureSpace>('space.keras')`.
 *
 * The type of the predictions is that of a model with one output; for others give it, as in
 * `loadModel<[Tensor, Tensor]>(…)` or `loadModel<{ mask: Tensor }>(…)`.
 *
 * @throws ValueError if the file is damaged, or its weights do not fit the model that it describes.
 * @throws TypeError if a class or a function is neither built in, nor registered, nor in `customObjects`.
 * @throws NotImplementedError if the function of a Lambda layer is missing: Python code in a file is never run.
 * @example
 * const model = new Sequential([Input({ shape: [2] }), new layers.Dense(1, { kernelInitializer: 'ones' })]);
 * model.compile({ optimizer: 'adam', loss: 'mse' });
 * const again = await loadModel(await model.toBytes('keras'));
 * await again.predict([[1, 2]], { verbose: 0 });    // [[3]]
 * again.optimizer.name;                             // 'adam'
 * @see https://keras.io/api/models/model_saving_apis/model_saving_and_loading/#load_model-function
 */
export async function loadModel<Output extends Tree<Tensor> = Tensor>(
  source: FileSource,
  options?: LoadModelOptions,
): Promise<Model<Output>>;
/** Reads a FeatureSpace from a `.keras` file. */
export async function loadModel<Saved extends AnyFeatureSpace>(
  source: FileSource,
  options?: LoadModelOptions,
): Promise<Saved>;
export async function loadModel(
  source: FileSource,
  options: LoadModelOptions = {},
): Promise<AnyModel | AnyFeatureSpace> {
  const made = await loadModelFile(source, options, makerOf);
  if (!isModel(made)) made.restored();
  return made;
}

/** Returns the function that makes the model, or the FeatureSpace, whose code is loaded with the first one. */
async function makerOf(described: ObjectNode): Promise<Maker<AnyModel | AnyFeatureSpace>> {
  if (!isOfSpace(described)) return makeModel;
  const { FeatureSpace } = await import('./feature-space/feature-space.ts');
  return (node, context) => {
    // Its preprocessors count among what the file may allocate, and may be shared.
    const read = (json: unknown): Layer => readLayer(json as LayerEntry, context) as Layer;
    return FeatureSpace.fromConfig(node.config, { ...context, readLayer: read });
  };
}

/** Reads a model, and reports why it was left uncompiled instead of warning. */
export async function loadModelAnd(
  onUncompiled: OnUncompiled,
  source: FileSource,
  options: LoadModelOptions,
): Promise<AnyModel> {
  return loadModelFile(source, options, () => Promise.resolve(makeModel), onUncompiled);
}

/** Makes the model that the JSON in a file describes, without reading weights. @throws ValueError if it is not a model */
export function makeModel(node: ObjectNode, context: ReadContext): AnyModel {
  const layer: unknown = isOfSpace(node) ? null : readLayer(node, context);
  if (!isModel(layer)) {
    throw new ValueError(`the file must contain a model. Received: ${node.class_name}.`);
  }
  if (!layer.hasGraph) buildByCall(layer, node);
  spendWeights(layer, context);
  return layer;
}

const isOfSpace = (node: ObjectNode): boolean => node.class_name === 'FeatureSpace' && isOfKeras(node);

const isModel = (layer: unknown): layer is AnyModel => layer instanceof Model;

/** Builds a subclassed model by a symbolic call, which builds the layers in its fields. */
function buildByCall(model: AnyModel, node: ObjectNode): void {
  const build = node['build_config'];
  const shape: unknown = isRecord(build) ? (build as Config)['input_shape'] : null;
  if (typeof shape !== 'object' || shape === null || Object.keys(shape).length === 0) return;
  const { dtype } = model;
  const inputs = mapTree(shape as Tree<readonly (number | null)[]>, isShape, (batchShape) =>
    Input({ batchShape, dtype }),
  );
  model.apply(inputs as KerasTensor);
}
