import type { Constraint } from '../../constraints/index.ts';
import type { Config } from '../../../core/config.ts';
import { type DType, isFloat } from '../../../core/dtype.ts';
import { checkBoolean } from '../../../core/checks.ts';
import { type Fields, type GivenOptions, argumentsOf, writeFields } from '../../saving/fields.ts';
import { type ReadContext, defaultContext } from '../../saving/read-context.ts';
import { titleOf } from '../../../core/names.ts';
import { type Shape, checkShape } from '../../../core/shape.ts';
import { Tensor, type TensorLike, isTensor, tensor } from '../../../core/tensor.ts';
import { type Tree, flatten, mapTree } from '../../../core/tree.ts';
import { constant, input } from '../../../compiler/graph/leaves.ts';
import { Trace, traceOf } from '../../../compiler/graph/trace.ts';
import { Value, type ValueType, isValue } from '../../../compiler/ir/value.ts';
import { Variable } from '../../../compiler/ir/variable.ts';
import { castTo } from '../../../compiler/builder/operand.ts';
import type { Regularizer } from '../../regularizers/index.ts';
import { finishCall } from './finish-call.ts';
import { type ApplyOptions, type Several, isTreeOf } from './apply-options.ts';
import { CallContext } from './call-context.ts';
import { callHooksOf } from './call-hooks.ts';
import { readCall, readCallOptions, withDefaults } from './call-options.ts';
import { checkSymbolicMask, isMaskOf, listMasks, setMasks } from './call-masks.ts';
import type { DTypePolicy } from '../../../core/dtype-policy.ts';
import { EagerCalls } from './eager-calls.ts';
import { checkTaken, checkWritten } from './forgotten-config.ts';
import * as shapes from './input-shape.ts';
import { type CheckedInput, type InputSpecs, checkInputCount, checkInputs } from './input-spec.ts';
import {
  type CallDetails,
  type CallMask,
  type Callable,
  type KerasTensor,
  type Node,
  isKerasTensor,
} from '../../ops/base/keras-tensor.ts';
import { fieldsOf } from './layer-fields.ts';
import type { LayerOptions } from './layer-options.ts';
import { classNameOf } from '../../saving/class-name.ts';
import { LayerState } from './layer-state.ts';
import { checkStrings, firstInput, firstOutput, recordCall } from '../../ops/base/node.ts';
import { type NamedArguments, mapRecord } from '../../ops/base/symbolic-arguments.ts';
import { reportErrorsAs } from '../../ops/base/report-errors.ts';
import type { ChannelBehavior, KerasCall, LinearForm, NormalizationParts } from './traits.ts';
import { addPlaceholders } from './placeholders.ts';
import { readLayerOptions } from './read-layer-options.ts';
import { Tracker } from './tracker.ts';
import { WeightList, type WeightOptions } from './weight-list.ts';

export type { ApplyOptions } from './apply-options.ts';
export type { LayerOptions } from './layer-options.ts';
export type { WeightOptions } from './weight-list.ts';

type InputShape = shapes.InputShape;

/**
 * The base of all layers. A layer has `build`, which makes the weights for an input shape, `call`, which computes the output
 * with `ops`, and `fields`, which describe its options; or it reads its options itself and overrides `getConfig`.
 *
 * @example
 * class Scale extends Layer {
 *   static className = 'Scale';
 *   build(inputShape) { this.factor = this.addWeight({ name: 'factor', shape: [inputShape.at(-1)], initializer: 'ones' }); }
 *   call(x, context) { return ops.multiply(x, context.read(this.factor)); }
 * }
 * const layer = new Scale();
 * await layer.apply([[1, 2]]);     // [[1, 2]]
 * layer.setWeights([[3, 10]]);
 * await layer.apply([[1, 2]]);     // [[3, 20]]
 * layer.countParams();             // 2
 *
 * class Power extends Layer {
 *   static className = 'Power';
 *   static fields = { exponent: fields.number(2, { min: 0 }) };
 *   call(x) { return ops.power(x, this.exponent); }
 * }
 * const cube = new Power({ exponent: 3 });
 * await cube.apply([1, 2]);        // [1, 8]
 * cube.getConfig().exponent;       // 3
 * @see https://keras.io/api/layers/base_layer/
 */
export abstract class Layer extends LayerState implements Callable {
  /** The class's name in configs. @default the name of the class, which minifiers change */
  static readonly className: string = 'Layer';
  /**
   * The options of the class, in the order of its configs: a subclass lists its additional options after those of its base.
   * They define the checks, the attributes, `getConfig` and `fromConfig`. Those of every layer come first, unless listed.
   */
  static readonly fields: Fields = {};
  /** The options that can be given by position, in order. @default those without a default, then the other `fields` */
  static readonly positional?: readonly string[];
  /** The form in which Keras writes the layer's calls into the configs of models. */
  static readonly kerasCall: KerasCall = {};

  /** The layer's name, unique in a model. */
  readonly name: string;
  /** The types of its weights and computation in Keras. Half precision is kept in files; only a GPU computes in it. */
  declare readonly dtypePolicy: DTypePolicy;
  /** Whether floating inputs are cast to `dtype`. */
  declare readonly autocast: boolean;
  /** A penalty on the output, added to the loss; null for none. */
  declare readonly activityRegularizer: Regularizer | null;
  /** The shape of the input with the batch, if the options state it. */
  readonly givenInputShape: Shape | null;
  /** Whether a mask passes through to the output. */
  supportsMasking = false;
  /** Whether a policy of half precision leaves the computation in float32, as that of statistics in Keras. */
  computesInFloat32 = false;
  /** Whether the weights exist. */
  built = false;
  /** The argument of `build`; null before. */
  builtShape: InputShape | null = null;
  /** The requirements on the input, or on each of several; null for none. */
  protected inputSpec: InputSpecs | null = null;
  #trainable: boolean;
  #parentPath = '';
  #revision = 0;
  readonly #tracker = new Tracker(this, (value): value is Layer => value instanceof Layer);
  readonly #own = new WeightList();
  readonly #eager: EagerCalls = new EagerCalls(this);
  readonly #nodes: Node[] = [];
  readonly #undescribed: readonly string[];

  /**
   * @param options the options object; each option becomes the attribute of its name
   * @param others the positional arguments by name, for a class whose `fields` describe them; or, for a class without
   * `fields`, the names of the options that it reads itself
   */
  constructor(options: LayerOptions = {}, others: GivenOptions | readonly string[] = {}) {
    super();
    const read = readLayerOptions(new.target, this.className, options, others);
    this.name = read.name;
    this.givenInputShape = read.inputShape;
    this.#trainable = read.trainable;
    this.#undescribed = read.undescribed;
    Object.assign(this, read.attributes);
    // Users call `build`, and classes override it: each instance wraps its own, so that either way it builds once and
    // leaves the layer built. A hook in the place of `build` would miss the calls of users, or the overrides of classes.
    const make = this.build.bind(this);
    const build = (inputShape: InputShape): void => this.#build(inputShape, make);
    Object.defineProperty(this, 'build', { value: build, writable: true, configurable: true });
  }

  /** The type of its weights and computation. */
  get dtype(): DType {
    return this.dtypePolicy.dtype;
  }

  /** The type of its computation in Keras's terms: that of the policy, such as `'float16'`. */
  get computeDtype(): string {
    return this.dtypePolicy.computeDtype;
  }

  /** The type of floating inputs in Keras's terms: that of the computation. */
  get inputDtype(): string {
    return this.computeDtype;
  }

  /** The type of its weights in Keras's terms: that of the policy, such as `'float32'`. */
  get variableDtype(): string {
    return this.dtypePolicy.variableDtype;
  }

  /** `BatchNormalization bn_1`: how errors name the layer. */
  get who(): string {
    return titleOf(this.className, this.name);
  }

  /** The name of the class in configs. */
  get className(): string {
    return classNameOf(this.constructor);
  }

  /**
   * Whether training changes the weights; setting it also sets it for nested layers. A change applies from the next step,
   * where Keras requires another `compile`; weights that the optimizer was built without require one here too.
   */
  get trainable(): boolean {
    return this.#trainable;
  }

  set trainable(value: boolean) {
    this.#trainable = checkBoolean(this.who, 'trainable', value);
    this.#holdVariables();
    this.#own.setTrainable(value);
    this.#tracker.walk('trainable', this.sublayers, (layer) => {
      layer.trainable = value;
      return [];
    });
    this.invalidateTraces();
  }

  /** The number of changes that made the traces of the layer stale. */
  get revision(): number {
    return this.#revision + this.#tracker.changes;
  }

  /** Marks the programs that have traced the layer as stale, after a change of a setting. */
  protected invalidateTraces(): void {
    this.#revision++;
  }

  /** The path of the enclosing layer or model; setting it renames the variables, including those of nested layers. */
  get parentPath(): string {
    return this.#parentPath;
  }

  set parentPath(value: string) {
    this.#parentPath = value;
    this.#own.setPath(this.path);
    this.#tracker.walk('parentPath', this.layersInPath, (layer) => {
      layer.parentPath = this.path;
      return [];
    });
  }

  /** The prefix of the paths of its variables: `sequential/dense`. */
  get path(): string {
    return this.#parentPath === '' ? this.name : `${this.#parentPath}/${this.name}`;
  }

  /** The symbolic calls so far. */
  get inboundNodes(): readonly Node[] {
    return this.#nodes;
  }

  /**
   * The symbolic input of the layer's first call: a tensor, or several in a list or record. With it a model can start or end
   * at any layer of another one.
   *
   * @throws ValueError if the layer has not been called on a symbolic tensor.
   * @example
   * const inputs = Input({ shape: [4] });
   * const hidden = new layers.Dense(3, { name: 'hidden' });
   * const base = new Model({ inputs, outputs: new layers.Dense(1).apply(hidden.apply(inputs)) });
   * const features = new Model({ inputs: base.input, outputs: base.getLayer('hidden').output });
   * features.outputShape;                    // [null, 3]
   * hidden.input === inputs;                 // true
   * @see https://keras.io/getting_started/faq/#how-can-i-obtain-the-output-of-an-intermediate-layer-feature-extraction
   */
  get input(): KerasTensor {
    return firstInput(this);
  }

  /**
   * The symbolic output of the layer's first call: a tensor, or several in a list or record.
   * @throws ValueError if the layer has not been called on a symbolic tensor.
   */
  get output(): KerasTensor {
    return firstOutput(this);
  }

  /** The maps of a channel with which the layer commutes in inference; null for none. A subclass does not inherit it. */
  get channelBehavior(): ChannelBehavior | null {
    return null;
  }

  /** Refuses a number of rows that the layer cannot be trained with, before a training begins. @throws ValueError */
  checkBatchSize(_rows: number): void {
    // Any number, for most layers.
  }

  /** The statistics and coefficients of a layer that normalizes; null for other layers. */
  get normalizationParts(): NormalizationParts | null {
    return null;
  }

  /** The layer as a product with kernels; null for other layers. A subclass does not inherit it. */
  get linearForm(): LinearForm | null {
    return null;
  }

  /** Creates the weights for inputs of this shape. */
  build(_inputShape: InputShape): void {
    // Nothing, for layers without weights.
  }

  #build(inputShape: InputShape, make: (inputShape: InputShape) => void): void {
    const shape = shapes.checkInputShape(inputShape, this.who);
    const inputs = shapes.isShape(shape) ? [shape] : flatten<Shape>(shape, shapes.isShape);
    checkInputCount(this.inputSpec, inputs.length, this.who);
    if (this.built && this.weights.length > 0) {
      shapes.checkRebuild(this.who, shape, this.builtShape);
      return;
    }
    this.#checkInputs(inputs.map((each) => ({ shape: each })));
    const count = this.#own.length;
    try {
      reportErrorsAs(this.who, () => make(shape));
    } catch (error) {
      this.#own.truncate(count);
      throw error;
    }
    for (const layer of this.layersInPath) if (layer.parentPath === '') layer.parentPath = this.path;
    this.builtShape = shape;
    this.built = true;
  }

  /** Builds the layer unless it is built. */
  ensureBuilt(inputShape: InputShape): void {
    if (!this.built) this.build(inputShape);
    this.built = true;
  }

  /** Computes the output with `evenkeel/ops`. */
  abstract call(inputs: Tree<Value>, context: CallContext): Tree<Value>;

  /** The mask of the output for a mask of the input. */
  computeMask(_inputs: Tree<Value>, mask: Value | null): Value | null {
    return this.supportsMasking ? mask : null;
  }

  /**
   * Calls the layer, and builds it first if necessary. Returns a symbolic tensor or value for one of its kind, and a
   * promise for an array.
   */
  apply(inputs: KerasTensor | Several<KerasTensor>, options?: ApplyOptions<KerasTensor>): KerasTensor;
  apply(inputs: Value | Several<Value>, options?: ApplyOptions<Value>): Value;
  apply(inputs: TensorLike | Several<Tensor>, options?: ApplyOptions<TensorLike>): Promise<Tensor>;
  apply(
    inputs: Tree<KerasTensor> | Tree<Value> | TensorLike | Several<Tensor>,
    options: ApplyOptions<KerasTensor> | ApplyOptions<Value> | ApplyOptions<TensorLike> = {},
  ): Tree<KerasTensor> | Tree<Value> | Promise<Tensor> {
    const { kerasCall } = this.constructor as typeof Layer;
    const { training, mask, named } = readCall(this.who, kerasCall, options);
    if (isTreeOf(inputs, isKerasTensor)) {
      const given = readCallOptions(this.who, kerasCall, named, isKerasTensor);
      return this.applySymbolically(inputs, { training, mask: checkSymbolicMask(this.who, mask), options: given });
    }
    if (isTreeOf(inputs, isValue)) {
      const trace = traceOf(flatten(inputs, isValue)) ?? new Trace();
      const given = readCallOptions(this.who, kerasCall, named, isValue);
      return this.applyIn(trace, inputs, training, mask as CallMask<Value>, given);
    }
    const given = readCallOptions(this.who, kerasCall, named, isTensor);
    // As in Keras, the mode is by default that of the argument of the class's `call`.
    return this.#applyEagerly(inputs, training ?? kerasCall.training ?? false, mask as CallMask<TensorLike>, given);
  }

  /**
   * Calls the layer inside a trace: checks, casts, `call`, penalties and masks.
   * @param mask the mask of the first input, or a list of masks of the inputs
   * @param options the further options by name; tensors are constants
   */
  applyIn(
    trace: Trace,
    inputs: Tree<Value>,
    training: boolean | null,
    mask: CallMask<Value>,
    options: NamedArguments = {},
  ): Tree<Value> {
    const [itsMask = null, ...otherMasks] = listMasks(mask);
    const [first] = this.#checkInputs(flatten(inputs, isValue));
    const unbuild = this.built ? null : this.#unbuilding();
    trace.dependOn(this);
    const hooks = callHooksOf(trace);
    const { kerasCall } = this.constructor as typeof Layer;
    const asked = training ?? trace.training ?? kerasCall.training ?? false;
    const mode = hooks.training?.(this, asked) ?? asked;
    const incoming = itsMask ?? (first === undefined ? null : trace.maskOf(first));
    const autocast = (value: Value): Value =>
      this.autocast && isFloat(value.dtype) ? castTo(value, this.dtype) : value;
    const cast = mapTree(inputs, isValue, autocast);
    const given = mapRecord(mapRecord(options, isTensor, constant), isValue, autocast);
    const context = new CallContext(trace, mode, incoming, withDefaults(kerasCall, given));
    const outer = trace.training;
    trace.training = mode;
    const restoreMasks = setMasks(trace, flatten(inputs, isValue).slice(1), otherMasks);
    try {
      if (!this.built) this.ensureBuilt(shapes.shapesOf(inputs, isValue));
      const outputs = reportErrorsAs(this.who, () => this.call(cast, context));
      const results = flatten(outputs, isValue);
      finishCall(this, trace, { inputs, outputs: results, mask: incoming });
      hooks.called?.({
        ...{ layer: this, training: mode, mask: incoming },
        ...{ inputs: flatten(inputs, isValue), outputs: results },
      });
      return outputs;
    } catch (error) {
      unbuild?.();
      throw error;
    } finally {
      trace.training = outer;
      restoreMasks();
    }
  }

  /** Returns a function that restores the current state, for a layer that a failing call has built. */
  #unbuilding(): () => void {
    const { inputSpec, builtShape } = this;
    const count = this.#own.length;
    return () => {
      // A layer with nested layers is not restored: those that succeeded remain built.
      if (this.sublayers.length > 0) return;
      this.#own.truncate(count);
      Object.assign(this, { inputSpec, builtShape, built: false });
    };
  }

  #checkInputs<T extends CheckedInput>(inputs: readonly T[]): readonly T[] {
    if (inputs.length > 0) checkInputs(this.inputSpec, inputs, this.who);
    return inputs;
  }

  /** Checks a shape that a user passed, for layers that compute the output shape without a call. */
  protected checkedShape(inputShape: Shape): Shape {
    const shape = checkShape(inputShape, this.who, 'inputShape');
    this.#checkInputs([{ shape }]);
    return shape;
  }

  /** Calls the layer on symbolic tensors, as `apply` does, with every detail that a config can contain. */
  applySymbolically(inputs: Tree<KerasTensor>, details: CallDetails = {}): Tree<KerasTensor> {
    checkStrings(this, inputs);
    return this.recordCall(inputs, this.#infer(inputs, details), details);
  }

  /** Records a symbolic call, for models to repeat, and returns its outputs. */
  protected recordCall(inputs: Tree<KerasTensor>, types: Tree<ValueType>, details?: CallDetails): Tree<KerasTensor> {
    return recordCall(this, this.#nodes, inputs, types, details);
  }

  /** Calls the layer on placeholders, to infer the types of the outputs. */
  #infer(inputs: Tree<ValueType>, { training = null, mask = null, options = {} }: CallDetails = {}): Tree<Value> {
    const trace = new Trace();
    const placeholders = addPlaceholders(trace, inputs);
    const masks = listMasks(mask).map((each) => (each === null ? null : input('mask', each.shape, each.dtype)));
    const given = mapRecord(options, isKerasTensor, ({ name, shape, dtype }) => input(name, shape, dtype));
    return this.applyIn(trace, placeholders, training, masks, given);
  }

  /** Reads the arrays that `apply` received: one array or tensors, unless the layer takes several arrays. */
  protected readArrays(given: TensorLike | Several<Tensor>): Tree<Tensor> {
    return isTreeOf(given, isTensor) ? given : tensor(given);
  }

  async #applyEagerly(
    given: TensorLike | Several<Tensor>,
    training: boolean,
    mask: CallMask<TensorLike>,
    options: NamedArguments,
  ): Promise<Tensor> {
    const inputs = this.readArrays(given);
    const masks = isMaskOf(mask, isTensor) ? listMasks(mask) : [tensor(mask as TensorLike)];
    // Inference comes first, so that a call that fails does not leave the layer built.
    if (!this.built) this.#infer(inputs, { training, options });
    return this.#eager.run({ inputs, training, masks, options });
  }

  /** The shape of the output for inputs of this shape. */
  computeOutputShape(inputShape: InputShape): Shape {
    const given = shapes.checkInputShape(inputShape, this.who) as Tree<Shape>;
    const types = mapTree(given, shapes.isShape, (shape): ValueType => ({ shape, dtype: this.dtype }));
    // For a layer that is not built, a copy is built instead.
    const layerClass = this.constructor as unknown as { fromConfig(config: Config): Layer };
    const layer = this.built ? this : layerClass.fromConfig(this.getConfig());
    return flatten(layer.#infer(types), isValue)[0]?.shape ?? [];
  }

  /** Makes a weight of this layer. */
  protected addWeight(options: WeightOptions = {}): Variable {
    const variable = this.#own.make(options, this.path, this.dtype, this.who);
    if (!this.#trainable) variable.trainable = false;
    return variable;
  }

  /** The layers in the fields of this one: in lists, records, Map, Set and other objects too, nested to any depth. */
  get sublayers(): readonly Layer[] {
    return this.#tracker.layers;
  }

  /** The nested layers whose paths begin with that of this one. */
  protected get layersInPath(): readonly Layer[] {
    return this.sublayers;
  }

  /** The weights of this layer without nested layers, those in its fields included: trainable, then non-trainable. */
  get ownWeights(): readonly Variable[] {
    this.#holdVariables();
    return this.#own.variables;
  }

  #holdVariables(): void {
    this.#own.hold(this.#tracker.variables, this.path, !this.#trainable);
  }

  /** All weights: those of this layer, trainable before non-trainable, then those of nested layers. */
  get weights(): readonly Variable[] {
    const nested = this.#tracker.walk('weights', this.sublayers, (layer) => layer.weights);
    return [...new Set([...this.ownWeights, ...nested])];
  }

  /** The weights, and the state of the metrics in the fields of this layer and of nested layers. */
  get variables(): readonly Variable[] {
    const nested = this.#tracker.walk('variables', this.sublayers, (layer) => layer.variables);
    return [...new Set([...this.weights, ...this.#tracker.metricState, ...nested])];
  }

  /** The regularizer of each weight that has one, including nested layers. */
  get weightRegularizers(): ReadonlyMap<Variable, Regularizer> {
    const nested = this.#tracker.walk('regularizers', this.sublayers, (layer) => [...layer.weightRegularizers]);
    return new Map([...this.#own.regularizers, ...nested]);
  }

  /** The constraint of each weight that has one, including nested layers. */
  get weightConstraints(): ReadonlyMap<Variable, Constraint> {
    const nested = this.#tracker.walk('constraints', this.sublayers, (layer) => [...layer.weightConstraints]);
    return new Map([...this.#own.constraints, ...nested]);
  }

  /** The constructor's arguments as Keras's JSON, from which `fromConfig` makes an equal layer. */
  getConfig(): Config {
    const { fields } = this.constructor as typeof Layer;
    const isInherited = this.getConfig === Layer.prototype.getConfig && fields === Layer.fields;
    checkWritten(this.who, isInherited, this.constructor.length, this.#undescribed);
    return writeFields(this.who, fieldsOf(this.constructor as typeof Layer), this);
  }

  /** Makes a layer from the result of `getConfig`, here or in Keras. */
  static fromConfig(config: Config, context: ReadContext = defaultContext): Layer {
    const layerClass = this as unknown as new (...args: readonly unknown[]) => Layer;
    const layer = new layerClass(...argumentsOf(fieldsOf(this), config, context));
    checkTaken(layer.className, layer.name, config['name']);
    return layer;
  }
}
