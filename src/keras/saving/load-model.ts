import { type Config, isRecord } from '../../core/config.ts';
import { Budget } from './budget.ts';
import { NotImplementedError, ValueError, show } from '../../core/errors.ts';
import { checkBoolean, checkOptions } from '../../core/checks.ts';
import type { ReadContext } from './read-context.ts';
import type { CustomObjects } from './registry.ts';
import type { Tree } from '../../core/tree.ts';
import { mapTree } from '../../core/tree.ts';
import { Input } from '../layers/core/input-layer.ts';
import { isShape } from '../layers/base/input-shape.ts';
import type { KerasTensor } from '../ops/base/keras-tensor.ts';
import type { ObjectNode } from './json-tree.ts';
import { countElements } from './groups.ts';
import { readHdf5 } from '../../formats/hdf5/hdf5.ts';
import { WEIGHTS_MEMBER, readArchive, readArchiveConfig, readArchiveWeights } from './keras/archive.ts';
import { isLegacyModel, legacyOptimizerState, legacyWeightsIn, readLegacyModel } from './legacy/legacy-file.ts';
import { planLegacyWeights } from './legacy/read-legacy-weights.ts';
import { planOptimizerState } from './optimizer-state.ts';
import type { Plan, Reading } from './plan.ts';
import { isList } from './saveable.ts';
import { sniff } from './sniff.ts';
import type { StoredGroup } from '../../formats/arrays/stored.ts';
import { planWeights } from './weights/read-weights.ts';
import { Model } from '../models/model.ts';
import { readLayer, spendWeights } from '../models/serialization.ts';
import { warn } from '../../core/print.ts';
import { layerwise, saveableOf } from './saveable-of.ts';
import { SharedObjects } from './shared-objects.ts';
import { type FileSource, type ReadFile, readSource } from './source.ts';

/** Options of {@link loadModel}. */
export interface LoadModelOptions {
  /** Classes and functions of the user's own, by the names that the file has for them. @default {} */
  readonly customObjects?: CustomObjects | undefined;
  /** Compile the model as it was, with the state of its optimizer. @default true */
  readonly compile?: boolean | undefined;
  /** Only true: code in files is never run. @default true */
  readonly safeMode?: boolean | undefined;
}

/**
 * Reads a model from a file, from here or from Keras, or from its bytes: `.keras`, or the `.h5` of tf.keras and Keras 2.
 * What the file is goes by what is in it.
 *
 * @throws ValueError if the file is damaged, or its weights do not fit the model that it describes.
 * @throws TypeError if it has a class or a function that is neither built in, nor registered, nor in `customObjects`.
 * @throws NotImplementedError if it has a Lambda layer whose function is not given: code in files is never run.
 * @example
 * const model = new Sequential([Input({ shape: [2] }), new layers.Dense(1, { kernelInitializer: 'ones' })]);
 * model.compile({ optimizer: 'adam', loss: 'mse' });
 * const again = await loadModel(await model.toBytes('keras'));
 * await again.predict([[1, 2]], { verbose: 0 });    // [[3]]
 * again.optimizer?.name;                            // 'adam'
 * @see https://keras.io/api/models/model_saving_apis/model_saving_and_loading/#load_model-function
 */
export async function loadModel(source: FileSource, options: LoadModelOptions = {}): Promise<Model> {
  checkOptions('loadModel', options, ['customObjects', 'compile', 'safeMode']);
  const compile = checkBoolean('loadModel', 'compile', options.compile ?? true);
  if (!checkBoolean('loadModel', 'safeMode', options.safeMode ?? true)) {
    throw new ValueError(
      '[loadModel] safeMode must be true: the code in a file is Python, which cannot run here. Received: safeMode=false. Pass the functions in customObjects.',
    );
  }
  const file = await readSource('loadModel', source);
  const { customObjects = {} } = options;
  const read = await readModelFile(file);
  const budget = new Budget(FREE_ELEMENTS + 4 * read.elements);
  const context: ReadContext = { customObjects, budget, sharedObjects: new SharedObjects() };
  const model = within(file.who, read.member, () => makeModel(read.node, context));
  if (compile && read.compileConfig !== null) {
    const { compileConfig } = read;
    within(file.who, read.compileMember, () => model.compileFromConfig(compileConfig, context));
  }
  const plan = read.plan(model);
  plan.commit();
  for (const warning of plan.warnings) warn(warning);
  return model;
}

/** What a file says, before a model is made of it. */
interface ReadModelFile {
  readonly node: ObjectNode;
  readonly compileConfig: Config | null;
  /** The members that the model and what it was compiled with are described in. */
  readonly member: string;
  readonly compileMember: string;
  /** How many elements the arrays in the file have. */
  readonly elements: number;
  /** Finds the weights for the model, and checks them. */
  readonly plan: (model: Model) => Plan;
}

const ADVICE = 'The file contradicts itself: save the model anew.';

async function readModelFile(file: ReadFile): Promise<ReadModelFile> {
  const { who, bytes } = file;
  const container = sniff(bytes);
  const reading = { who, member: '', skipMismatch: false, advice: ADVICE };
  if (container === 'zip') {
    const members = readArchive(bytes, who);
    const node = readArchiveConfig(members, who);
    const tree = await readArchiveWeights(members, who);
    return {
      node,
      compileConfig: configOf(node['compile_config']),
      member: 'config.json',
      compileMember: 'compile_config',
      elements: countElements(tree),
      plan: (model) => planWeights(saveableOf(model), tree, { ...reading, member: `${WEIGHTS_MEMBER}: ` }),
    };
  }
  if (container === 'hdf5') {
    const tree = await readHdf5(bytes, who);
    if (isLegacyModel(tree)) {
      const { model, compileConfig } = readLegacyModel(tree, who);
      const plan = (made: Model): Plan => planLegacy(made, tree, reading);
      const elements = countElements(tree);
      return { node: model, compileConfig, member: 'model_config', compileMember: 'training_config', elements, plan };
    }
  }
  const what = container === 'unknown' ? `${bytes.length} bytes that are neither` : 'a file of weights alone';
  throw new ValueError(
    `[${who}] a model must come from a .keras or .h5 file. Received: ${what}. Weights alone go into a model with loadWeights.`,
  );
}

function configOf(value: unknown): Config | null {
  return isRecord(value) && Object.keys(value).length > 0 ? (value as Config) : null;
}

function planLegacy(model: Model, tree: StoredGroup, reading: Reading): Plan {
  const weights = legacyWeightsIn(tree);
  if (weights === undefined) throw new ValueError(`[${reading.who}] the file must have weights. Received: none.`);
  const plan = planLegacyWeights(layerwise(model), weights, { ...reading, byName: false });
  const optimizer = new Map(saveableOf(model).children).get('optimizer');
  if (optimizer !== undefined && !isList(optimizer) && optimizer.makeSlots !== undefined) {
    planOptimizerState(plan, optimizer, optimizer.makeSlots, legacyOptimizerState(tree, reading.who));
  }
  return plan;
}

/** The elements that weights and metrics may have in addition to four times those in the file. */
const FREE_ELEMENTS = 2 ** 22;

/** The weights are not allocated yet: their sizes are compared with the file's first. */
function makeModel(node: ObjectNode, context: ReadContext): Model {
  const layer: unknown = readLayer(node, context);
  if (!isModel(layer)) {
    throw new ValueError(`the file must hold a model. Received: ${node.class_name}.`);
  }
  if (!layer.hasGraph) buildByCall(layer, node);
  spendWeights(layer, context);
  return layer;
}

const isModel = (layer: unknown): layer is Model => layer instanceof Model;

/** Layers in the fields of a model of the user's own are built where its `call` meets them. */
function buildByCall(model: Model, node: ObjectNode): void {
  const build = node['build_config'];
  const shape: unknown = isRecord(build) ? (build as Config)['input_shape'] : null;
  if (typeof shape !== 'object' || shape === null || Object.keys(shape).length === 0) return;
  const { dtype } = model;
  const inputs = mapTree(shape as Tree<readonly (number | null)[]>, isShape, (batchShape) =>
    Input({ batchShape, dtype }),
  );
  model.apply(inputs as KerasTensor);
}

/** Runs a step of reading; its errors name the file and the member that it reads. */
function within<T>(who: string, member: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    const message = `[${who}] ${member}: ${error instanceof Error ? error.message : show(error)}`;
    for (const kind of [NotImplementedError, ValueError, TypeError]) {
      if (error instanceof kind) throw new kind(message, { cause: error });
    }
    throw error;
  }
}
