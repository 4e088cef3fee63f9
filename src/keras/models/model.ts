import type { Config } from '../../core/config.ts';
import { isSerializedObject } from '../../core/config.ts';
import { NotImplementedError, ValueError, show } from '../../core/errors.ts';
import { checkOptions } from '../../core/checks.ts';
import { type ReadContext, defaultContext } from '../saving/read-context.ts';
import { findCustom } from '../saving/registry.ts';
import { WriteContext } from '../saving/write-context.ts';
import { type Shape, checkShape, sameShape, showShape } from '../../core/shape.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Tree } from '../../core/tree.ts';
import { advanceRevision } from '../../compiler/graph/revision.ts';
import { Value } from '../../compiler/graph/value.ts';
import type { CallContext } from '../layers/base/call-context.ts';
import { InputLayer } from '../layers/core/input-layer.ts';
import { type InputShape, shapesOf } from '../layers/base/input-shape.ts';
import { KerasTensor, isKerasTensor } from '../ops/base/keras-tensor.ts';
import { deserialize, serialize } from '../layers/index.ts';
import { classNameOf } from '../layers/base/layer-options.ts';
import { Layer } from '../layers/base/layer.ts';
import { deserializeOperation, isOperationConfig } from '../operations/all.ts';
import { Operation } from '../ops/base/operation.ts';
import { BaseModel, type ModelOptions, type Registration } from './base-model.ts';
import type { FloatType } from '../trainers/data-adapters/read-data.ts';
import type { InputSignature } from '../export/signature.ts';
import { type FunctionalOptions, isFunctional, layerOptions } from './functional/functional-options.ts';
import { Network } from './functional/network.ts';
import { type LayerEntry, readNetwork } from './functional/read-config.ts';
import { standardize } from './functional/standardize.ts';
import { networkConfig } from './functional/write-config.ts';

/**
 * Layers that are trained together. A model is made of symbolic tensors, its inputs and what layers made of them; or one's
 * own class extends it, keeps its layers in fields, and gives `call`.
 *
 * A layer that is called several times is one layer with one set of weights; a model may be called as a layer. Several
 * inputs or outputs are given in arrays or records, and data, losses and predictions then come in the same form. A mode
 * that a call fixed (`apply(x, { training: false })`) holds in training too.
 *
 * @throws TypeError if inputs or outputs are no symbolic tensors; ValueError if the outputs need an Input that is not
 * among the inputs, or two layers have one name.
 * @example
 * const [left, right] = [Input({ shape: [2], name: 'left' }), Input({ shape: [2], name: 'right' })];
 * const shared = new layers.Dense(1, { kernelInitializer: 'ones' });
 * const siamese = new Model({ inputs: { left, right }, outputs: [shared.apply(left), shared.apply(right)] });
 * await siamese.predict({ left: tensor([[1, 2]]), right: tensor([[3, 4]]) }, { verbose: 0 });    // [[[3]], [[7]]]
 * siamese.countParams();                           // 3
 *
 * class Residual extends Model {
 *   first = new layers.Dense(2, { activation: 'relu', kernelInitializer: 'zeros' });
 *   call(x) { return ops.add(x, this.first.apply(x)); }
 * }
 * const model = new Residual();
 * await model.predict([[1, 2]], { verbose: 0 });   // [[1, 2]]
 * model.countParams();                             // 6
 * @see https://keras.io/api/models/model/
 */
export class Model<Output extends Tree<Tensor> = Tree<Tensor>> extends BaseModel<Output> {
  static override readonly className: string = 'Model';

  readonly #network: Network | null = null;

  constructor(options: ModelOptions | FunctionalOptions<Output> = {}) {
    super(layerOptions(classNameOf(new.target), new.target === Model, options));
    if (!isFunctional(options)) return;
    const network = new Network(this.who, options.inputs, options.outputs);
    this.#network = network;
    this.builtShape = shapesOf(network.inputs, isKerasTensor);
    this.built = true;
  }

  /** The calls between the inputs and the outputs; null for a model that computes by a `call` of its own. */
  get network(): Network | null {
    return this.#network;
  }

  /** `Functional` for a model of symbolic tensors that is of no class of its own, as in Keras. */
  override get className(): string {
    return this.constructor === Model ? 'Functional' : super.className;
  }

  override get layers(): readonly Layer[] {
    return this.#network?.layers ?? this.sublayers;
  }

  override get sublayers(): readonly Layer[] {
    const fields = super.sublayers;
    return this.#network === null ? fields : [...new Set([...this.#network.layers, ...fields])];
  }

  override get hasGraph(): boolean {
    return this.#network !== null;
  }

  /** Layers that were called before the model was made keep the paths that they had then. */
  protected override get layersInPath(): readonly Layer[] {
    return this.#network === null ? super.layersInPath : [];
  }

  override get outputNames(): readonly string[] | null {
    return this.#network?.outputNames ?? null;
  }

  /** What the model is fed, symbolically. @throws ValueError where that is not known. */
  get inputs(): readonly KerasTensor[] {
    return this.#known('inputs').flatInputs;
  }

  /** What the model gives, symbolically. @throws ValueError where that is not known. */
  get outputs(): readonly KerasTensor[] {
    return this.#known('outputs').flatOutputs;
  }

  /** The shapes of what the model is fed, in the form of the inputs. @throws ValueError where that is not known. */
  get inputShape(): InputShape {
    return shapesOf(this.#known('inputShape').inputs, isKerasTensor);
  }

  /** The shapes of what the model gives, in the form of the outputs. @throws ValueError where that is not known. */
  get outputShape(): InputShape {
    return shapesOf(this.#known('outputShape').outputs, isKerasTensor);
  }

  #known(what: string): Network {
    if (this.#network !== null) return this.#network;
    throw new ValueError(`[${this.who}] ${what} is only known of models made of inputs and outputs.`);
  }

  override get inputSignature(): Tree<InputSignature> | null {
    return this.#network?.inputs ?? super.inputSignature;
  }

  override get feedType(): FloatType {
    if (this.#network === null) return super.feedType;
    return this.#network.flatInputs.some(({ dtype }) => dtype === 'float64') ? 'float64' : 'float32';
  }

  protected override get summaryLayers(): readonly (Layer | Operation)[] {
    return this.#network?.operations ?? super.summaryLayers;
  }

  protected override get connections(): ReadonlyMap<Layer | Operation, string> | null {
    return this.#network === null || this.#network.isChain ? null : this.#network.connections;
  }

  override call(inputs: Tree<Value>, context: CallContext): Tree<Value> {
    if (this.#network !== null) return this.#network.run(inputs, context);
    throw new NotImplementedError(
      `[${this.who}] a model must say how it computes its outputs. Received: a class without call. Give it one, or call super({ inputs, outputs }).`,
    );
  }

  protected override get registration(): Registration {
    if (this.constructor !== Model) return super.registration;
    return { module: 'keras.src.models.functional', registered_name: 'Functional' };
  }

  override serialize(context: WriteContext): Config {
    const json = super.serialize(context);
    return this.#network === null ? json : { ...json, build_config: { input_shape: null } };
  }

  /** @param context records the layers that are written, so that shared layers can be marked */
  override getConfig(context: WriteContext = new WriteContext()): Config {
    // A class of one's own has its own arguments.
    if (this.#network === null || this.constructor !== Model) return super.getConfig();
    const write = (layer: Layer | Operation, calls: Config): Config => writeLayer(layer, context, calls);
    return { name: this.name, trainable: this.trainable, ...networkConfig(this.#network, write) };
  }

  /**
   * Makes a model of symbolic tensors from what `getConfig` gave, here or in Keras. The weights are new.
   * @throws ValueError if it is no such config; TypeError if it names a class that is unknown.
   */
  static override fromConfig(config: Config, context: ReadContext = defaultContext): Model {
    const { name, trainable } = config;
    const read = (entry: LayerEntry): Layer | Operation => readLayer(entry, context);
    return new this({
      ...readNetwork('Model', config, read),
      ...(typeof name === 'string' ? { name } : {}),
      ...(typeof trainable === 'boolean' ? { trainable } : {}),
    });
  }
}

/** The JSON of a layer, which may be a model, and of its calls. */
function writeLayer(layer: Layer | Operation, context: WriteContext, calls: Config = {}): Config {
  if (layer instanceof Operation) return { ...(layer.serialize() as object), ...calls };
  const write = (): Config => ({
    ...(layer instanceof BaseModel ? layer.serialize(context) : serialize(layer)),
    ...calls,
  });
  // An input belongs to one model, and has no state to share.
  return layer instanceof InputLayer ? write() : context.write(layer, write);
}

/**
 * The layer of an entry of a config, which may be a model.
 * @throws TypeError if it names a class that is unknown; ValueError if it is malformed.
 */
export function readLayer(entry: LayerEntry, context: ReadContext): Layer | Operation {
  if (isOperationConfig(entry)) return deserializeOperation(entry);
  const { sharedObjects } = context;
  const make = (): Layer => makeLayer(entry, context);
  return sharedObjects === undefined || entry.class_name === 'InputLayer' ? make() : sharedObjects.read(entry, make);
}

function makeLayer(entry: LayerEntry, context: ReadContext): Layer {
  const { class_name: className, config } = entry;
  if (findCustom(context.customObjects, className) === undefined) {
    if (className === 'Sequential') return Sequential.fromConfig(config, context);
    if (className === 'Functional' || className === 'Model') return Model.fromConfig(config, context);
  }
  const layer = deserialize(entry, context.customObjects);
  spendWeights(layer, context);
  return layer;
}

/** Subtracts the weights of a layer, and of the layers in it, from the budget of the file that it was read from. */
export function spendWeights(layer: Layer, { budget }: ReadContext): void {
  budget?.spendOnce(layer.who, 'weight', layer.ownWeights);
  for (const inner of layer.sublayers) spendWeights(inner, { budget, customObjects: {} });
}

/**
 * Layers one behind the other: each one's output is the next one's input.
 *
 * The model is built at once where the first layer says what it is fed (`inputShape`, or an `Input` in front), else by
 * `build` or by its first call.
 *
 * @throws ValueError if two layers have one name.
 * @example
 * const model = new Sequential([new layers.Dense(64, { activation: 'relu' }), new layers.Dense(10)]);
 * model.build([null, 784]);
 * model.outputShape;      // [null, 10]
 * model.countParams();    // 50890
 * @see https://keras.io/api/models/sequential/
 */
export class Sequential extends Model<Tensor> {
  static override readonly className: string = 'Sequential';

  readonly #layers: Layer[] = [];
  #input: InputLayer | null = null;
  #output: KerasTensor | null = null;

  constructor(layers: readonly (Layer | KerasTensor)[] | null = null, options: ModelOptions = {}) {
    checkOptions('Sequential', options, ['name', 'trainable', 'dtype']);
    super(options);
    const given: unknown = layers ?? [];
    if (!Array.isArray(given)) {
      throw new TypeError(`[${this.who}] layers must be a list of layers. Received: ${show(layers)}.`);
    }
    for (const layer of given as readonly (Layer | KerasTensor)[]) this.#push(layer);
    this.#rebuild();
  }

  override get layers(): readonly Layer[] {
    return [...this.#layers];
  }

  override get sublayers(): readonly Layer[] {
    return this.#layers;
  }

  override get hasGraph(): boolean {
    return true;
  }

  override get outputNames(): readonly string[] | null {
    const last = this.#layers.at(-1);
    return last === undefined ? null : [last.name];
  }

  override get network(): Network | null {
    const input = this.#input?.output ?? null;
    return input === null || this.#output === null ? null : new Network(this.who, input, this.#output);
  }

  /** What the model is fed, symbolically. @throws ValueError before the model is built. */
  override get inputs(): readonly KerasTensor[] {
    return [this.#known(this.#input?.output ?? null, 'inputs')];
  }

  /** What the model gives, symbolically. @throws ValueError before the model is built. */
  override get outputs(): readonly KerasTensor[] {
    return [this.#known(this.#output, 'outputs')];
  }

  /** The shape of what the model is fed. @throws ValueError before the model is built. */
  override get inputShape(): Shape {
    return this.#known(this.#input?.output ?? null, 'inputShape').shape;
  }

  /** The shape of what the model gives. @throws ValueError before the model is built. */
  override get outputShape(): Shape {
    return this.#known(this.#output, 'outputShape').shape;
  }

  #known(tensor: KerasTensor | null, what: string): KerasTensor {
    if (tensor !== null) return tensor;
    throw new ValueError(
      `[${this.who}] ${what} is not known before the model is built: build([…]) it, or add an Input first.`,
    );
  }

  override get inputSignature(): Tree<InputSignature> | null {
    return this.#input?.output ?? null;
  }

  override get feedType(): FloatType {
    const dtype = this.#input?.dtype ?? this.#layers[0]?.dtype ?? this.dtype;
    return dtype === 'float64' ? 'float64' : 'float32';
  }

  /**
   * Puts a layer on top.
   * @throws TypeError if it is no layer; ValueError if its name is taken. The model is as it was then.
   */
  add(layer: Layer | KerasTensor): void {
    this.#push(layer);
    try {
      this.#rebuild();
    } catch (error) {
      // A layer that cannot follow the others is not added.
      this.#layers.pop();
      this.#rebuild();
      throw error;
    }
  }

  /**
   * Takes the last layer off, and gives it.
   * @throws ValueError if there is none.
   */
  pop(): Layer {
    const layer = this.#layers.pop();
    if (layer === undefined)
      throw new ValueError(`[${this.who}] pop needs a layer to take off. Received: an empty model.`);
    this.#rebuild();
    return layer;
  }

  #push(given: Layer | KerasTensor): void {
    const layer = isKerasTensor(given) ? given.node.operation : given;
    if (layer instanceof InputLayer) {
      this.#setInput(layer);
      return;
    }
    if (!(layer instanceof Layer) || isKerasTensor(given)) {
      throw new TypeError(`[${this.who}] only layers and Input can be added. Received: ${show(given)}.`);
    }
    if (this.#layers.some((other) => other.name === layer.name && other !== layer)) {
      throw new ValueError(
        `[${this.who}] the layers must have different names. Received: a second layer named ${JSON.stringify(layer.name)}. Give it another one: { name: … }.`,
      );
    }
    if (this.#layers.length === 0 && this.#input === null && layer.givenInputShape !== null) {
      this.#setInput(new InputLayer({ batchShape: layer.givenInputShape, dtype: layer.dtype }));
    }
    this.#layers.push(layer);
  }

  #setInput(input: InputLayer): void {
    if (this.#input !== null || this.#layers.length > 0) {
      const came =
        this.#input === null
          ? `${this.#layers.length} layers before it`
          : `one of shape ${showShape(this.#input.batchShape)} before`;
      throw new ValueError(`[${this.who}] an Input must come first, and once. Received: ${came}.`);
    }
    this.#input = input;
  }

  /** Builds the model anew after a change, where it is known what it is fed. */
  #rebuild(): void {
    this.built = false;
    this.#output = null;
    advanceRevision();
    const [first] = this.#layers;
    if (first === undefined) return;
    if (this.#input !== null) this.build(this.#input.batchShape);
    else if (first instanceof Sequential && first.#input !== null) this.build(first.#input.batchShape);
  }

  override build(inputShape: InputShape): void {
    const [first] = this.#layers;
    if (first === undefined) {
      throw new ValueError(`[${this.who}] a model without layers cannot be built: add(layer) first.`);
    }
    const shape = checkShape(inputShape, this.who, 'inputShape');
    if (this.#input !== null && !sameShape(this.#input.batchShape, shape)) {
      throw new ValueError(
        `[${this.who}] the model is made for inputs of shape ${showShape(this.#input.batchShape)}. Received: inputShape=${showShape(shape)}.`,
      );
    }
    const input = this.#input ?? new InputLayer({ batchShape: shape, dtype: first.dtype });
    let output = input.output;
    for (const layer of this.#layers) {
      if (layer.parentPath === '') layer.parentPath = this.path;
      output = layer.apply(output);
    }
    this.#input = input;
    this.#output = output;
  }

  override call(inputs: Tree<Value>, context: CallContext): Tree<Value> {
    if (!(inputs instanceof Value)) {
      throw new ValueError(`[${this.who}] a Sequential model has one input. Received: several.`);
    }
    let value: Tree<Value> = this.#standardize(inputs);
    for (const [i, layer] of this.#layers.entries()) {
      value = layer.applyIn(context.trace, value, context.training, i === 0 ? context.mask : null);
    }
    return value;
  }

  /** The input in the type and the rank that the model is made for. */
  #standardize(input: Value): Value {
    const expected = this.#input?.output;
    return expected === undefined ? input : standardize(this.who, input, expected);
  }

  override computeOutputShape(inputShape: InputShape): Shape {
    return this.#layers.reduce<Shape>(
      (shape, layer) => layer.computeOutputShape(shape),
      checkShape(inputShape, this.who, 'inputShape'),
    );
  }

  protected override get registration(): Registration {
    return this.constructor === Sequential ? { module: 'keras', registered_name: null } : super.registration;
  }

  /** @param context records the layers that are written, so that shared layers can be marked */
  override getConfig(context: WriteContext = new WriteContext()): Config {
    const layers = [...(this.#input === null ? [] : [this.#input]), ...this.#layers];
    return {
      ...super.getConfig(context),
      layers: layers.map((layer) => writeLayer(layer, context)),
      ...(this.#output === null || this.#input === null ? {} : { build_input_shape: this.#input.batchShape }),
    };
  }

  /**
   * Makes a model from what `getConfig` gave, here or in Keras. The weights are new.
   * @throws ValueError if it is no such config; TypeError if it names a class that is unknown.
   */
  static override fromConfig(config: Config, context: ReadContext = defaultContext): Sequential {
    const { name, layers, build_input_shape: shape } = config;
    if (typeof name !== 'string' || !Array.isArray(layers) || !layers.every(isSerializedObject)) {
      throw new ValueError(`[Sequential] a config must have a name and a list of layers. Received: ${show(config)}.`);
    }
    const trainable = config['trainable'];
    const model = new Sequential(layers.map((entry) => readLayer(entry, context)) as readonly Layer[], {
      name,
      ...(typeof trainable === 'boolean' ? { trainable } : {}),
      dtype: (config['dtype'] ?? null) as never,
    });
    if (!model.built && Array.isArray(shape)) model.build(checkShape(shape, model.who, 'build_input_shape'));
    return model;
  }
}
