import type { Config, Json } from '../core/config.ts';
import { type DType, isFloat } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { snakeCase, uniqueName } from '../core/names.ts';
import { checkBoolean, checkOptions } from '../core/options.ts';
import { optionsOf } from '../core/registry.ts';
import { type Shape, isKnown, showShape } from '../core/shape.ts';
import { Tensor, type TensorLike, tensor } from '../core/tensor.ts';
import { type Tree, fillTree, flatten, mapTree } from '../core/tree.ts';
import type { Constraint } from '../constraints/index.ts';
import { labelScope } from '../graph/graph.ts';
import { input } from '../graph/leaves.ts';
import { advanceRevision } from '../graph/revision.ts';
import { Trace, traceOf } from '../graph/trace.ts';
import { Value } from '../graph/value.ts';
import { Variable } from '../graph/variable.ts';
import { get as getInitializer } from '../initializers/index.ts';
import { divide } from '../ops/elementwise.ts';
import { castTo } from '../ops/operand.ts';
import { type Regularizer, get as getRegularizer, serialize as serializeRegularizer } from '../regularizers/index.ts';
import { CallContext } from './call-context.ts';
import { policyConfig, readDType } from './dtype-policy.ts';
import { EagerCalls } from './eager-calls.ts';
import { type InputShape, checkInputShape, compatibleInputs, firstShape, shapesOf, showInputShape } from './input-shape.ts';
import { type InputSpec, checkInputSpec } from './input-spec.ts';
import { KerasTensor, type LayerNode, isKerasTensor } from './keras-tensor.ts';
import { type LayerOptions, LAYER_OPTIONS, checkName, classNameOf, readInputShape } from './layer-options.ts';
import { countElements, readWeights, writeWeights } from './layer-state.ts';
import { nameLayer } from './name-layer.ts';
import { findLayers } from './sublayers.ts';
import { type ApplyOptions, type Several, isTreeOf } from './apply-options.ts';
import { WeightList, type WeightOptions } from './weight-list.ts';

const isValue = (value: unknown): value is Value => value instanceof Value;
const isTensor = (value: unknown): value is Tensor => value instanceof Tensor;
const isLayer = (value: unknown): value is Layer => value instanceof Layer;

/**
 * The base of all layers. A layer gives `build` (make the weights for an input shape), `call` (write the output with
 * `ops`) and `getConfig`.
 *
 * @example
 * class Scale extends Layer {
 *   static className = 'Scale';
 *   factor = null;
 *   build(inputShape) { this.factor = this.addWeight({ name: 'factor', shape: [inputShape.at(-1)], initializer: 'ones' }); }
 *   call(x) { return ops.multiply(x, this.factor); }
 * }
 * @see https://keras.io/api/layers/base_layer/
 */
export abstract class Layer {
  /** What configs call the class. @default the name of the class, which minifiers change */
  static readonly className: string = 'Layer';

  readonly name: string;
  readonly dtype: DType;
  readonly autocast: boolean;
  readonly activityRegularizer: Regularizer | null;
  /** The shape of the input with the batch, if the options gave one. */
  readonly givenInputShape: Shape | null;
  /** Whether a mask passes through to the output. */
  supportsMasking = false;
  built = false;
  /** The shape that `build` was called with; null for a layer that was born built. */
  builtShape: InputShape | null = null;
  /** What every input must be like. */
  protected inputSpec: InputSpec | null = null;
  #trainable: boolean;
  #parentPath = '';
  readonly #own = new WeightList();
  readonly #eager = new EagerCalls();
  readonly #nodes: LayerNode[] = [];

  constructor(options: LayerOptions = {}, ownOptions: readonly string[] = []) {
    const className = classNameOf(new.target as unknown as typeof Layer);
    const named = typeof options.name === 'string' ? `${className} ${options.name}` : className;
    checkOptions(named, options, [...ownOptions, ...LAYER_OPTIONS]);
    this.name =
      options.name === undefined ? uniqueName(snakeCase(className)) : checkName(options.name, className);
    this.dtype = readDType(options.dtype, this.who);
    this.autocast = checkBoolean(this.who, 'autocast', options.autocast ?? true);
    this.activityRegularizer = getRegularizer(options.activityRegularizer, this.who);
    this.#trainable = checkBoolean(this.who, 'trainable', options.trainable ?? true);
    this.givenInputShape = readInputShape(options, this.who);
    // Whoever calls `build`, the user too, builds once and leaves the layer built.
    const make = this.build.bind(this);
    const build = (inputShape: InputShape): void => this.#build(inputShape, make);
    Object.defineProperty(this, 'build', { value: build, writable: true, configurable: true });
  }

  /** `BatchNormalization bn_1`: how errors name the layer. */
  get who(): string {
    return `${this.className} ${this.name}`;
  }

  get className(): string {
    return classNameOf(this.constructor as typeof Layer);
  }

  /** Whether training changes the weights; setting it sets it for the layers inside too. */
  get trainable(): boolean {
    return this.#trainable;
  }

  set trainable(value: boolean) {
    this.#trainable = checkBoolean(this.who, 'trainable', value);
    this.#own.setTrainable(value);
    for (const layer of this.sublayers) layer.trainable = value;
    advanceRevision();
  }

  /** The names of what holds this layer; setting it renames the variables, here and in the layers inside. */
  get parentPath(): string {
    return this.#parentPath;
  }

  set parentPath(value: string) {
    this.#parentPath = value;
    this.#own.setPath(this.path);
    for (const layer of this.sublayers) layer.parentPath = this.path;
  }

  /** `sequential/dense`: what the paths of its variables begin with. */
  get path(): string {
    return this.#parentPath === '' ? this.name : `${this.#parentPath}/${this.name}`;
  }

  /** The symbolic calls so far. */
  get inboundNodes(): readonly LayerNode[] {
    return this.#nodes;
  }

  /** Makes the weights for inputs of this shape. */
  build(inputShape: InputShape): void {
    void inputShape;
  }

  /** Writes the output with `evenkeel/ops`. */
  abstract call(inputs: Tree<Value>, context: CallContext): Tree<Value>;

  /** The mask of the output, given that of the input. */
  computeMask(inputs: Tree<Value>, mask: Value | null): Value | null {
    void inputs;
    return this.supportsMasking ? mask : null;
  }

  /** Builds the layer, if it is not. */
  ensureBuilt(inputShape: InputShape): void {
    if (!this.built) this.build(inputShape);
    this.built = true;
  }

  #build(inputShape: InputShape, make: (inputShape: InputShape) => void): void {
    const shape = checkInputShape(inputShape, this.who);
    if (this.built && this.weights.length > 0) {
      if (this.builtShape !== null && compatibleInputs(shape, this.builtShape)) return;
      const came = this.builtShape === null ? '' : `, for inputShape=${showInputShape(this.builtShape)}`;
      throw new ValueError(
        `[${this.who}] a layer with weights is built once${came}. Received: inputShape=${showInputShape(shape)}. Make a new layer for it.`,
      );
    }
    this.#checkInput(firstShape(shape));
    const before = this.#own.length;
    try {
      nameLayer(this.who, () => make(shape));
    } catch (error) {
      this.#own.truncate(before);
      throw error;
    }
    for (const layer of this.sublayers) if (layer.parentPath === '') layer.parentPath = this.path;
    this.builtShape = shape;
    this.built = true;
  }

  #checkInput(shape: Shape | undefined): void {
    if (this.inputSpec !== null && shape !== undefined) checkInputSpec(this.inputSpec, shape, this.who);
  }

  /**
   * Calls the layer: a symbolic tensor or value gives its like at once, an array a promise.
   * Builds the layer first, if it was not.
   */
  apply(inputs: KerasTensor | Several<KerasTensor>, options?: ApplyOptions<never>): KerasTensor;
  apply(inputs: Value | Several<Value>, options?: ApplyOptions<Value>): Value;
  apply(inputs: TensorLike | Several<Tensor>, options?: ApplyOptions<TensorLike>): Promise<Tensor>;
  apply(
    inputs: Tree<KerasTensor> | Tree<Value> | TensorLike | Several<Tensor>,
    options: ApplyOptions<never> | ApplyOptions<Value> | ApplyOptions<TensorLike> = {},
  ): KerasTensor | Value | Promise<Tensor> {
    checkOptions(`${this.who} apply`, options, ['training', 'mask']);
    const training = options.training ?? null;
    if (isTreeOf(inputs, isKerasTensor)) return this.#applySymbolically(inputs, training) as KerasTensor;
    const mask = options.mask ?? null;
    if (isTreeOf(inputs, isValue)) {
      const trace = traceOf(flatten(inputs, isValue)) ?? new Trace();
      return this.applyIn(trace, inputs, training, mask as Value | null) as Value;
    }
    const arrays = isTreeOf(inputs, isTensor) ? inputs : tensor(inputs as TensorLike);
    return this.#eager.run(this, arrays, training ?? false, mask as TensorLike | null) as Promise<Tensor>;
  }

  /** Calls the layer inside a trace: checks, casts, `call`, penalties and masks. */
  applyIn(trace: Trace, inputs: Tree<Value>, training: boolean | null, mask: Value | null): Tree<Value> {
    const [first] = flatten(inputs, isValue);
    this.#checkInput(first?.shape);
    if (!this.built) this.ensureBuilt(shapesOf(inputs, isValue));
    const mode = training ?? trace.training ?? false;
    const incoming = mask ?? (first === undefined ? null : trace.maskOf(first));
    const cast = mapTree(inputs, isValue, (value) =>
      this.autocast && isFloat(value.dtype) ? castTo(value, this.dtype) : value,
    );
    const outer = trace.training;
    trace.training = mode;
    try {
      const outputs = nameLayer(this.who, () => this.call(cast, new CallContext(trace, mode, incoming)));
      this.#finishCall(trace, inputs, flatten(outputs, isValue), incoming);
      return outputs;
    } finally {
      trace.training = outer;
    }
  }

  #finishCall(trace: Trace, inputs: Tree<Value>, outputs: readonly Value[], incoming: Value | null): void {
    const regularizer = this.activityRegularizer;
    for (const value of regularizer === null ? [] : outputs) {
      const penalty = regularizer?.call(value) ?? value;
      trace.addLoss(value.rank === 0 ? penalty : divide(penalty, Math.max(1, value.shape[0] ?? 1)));
    }
    labelScope([...outputs, ...trace.losses], flatten(inputs, isValue), this.name);
    if (outputs.every((value) => trace.maskOf(value) !== null)) return;
    const outgoing = this.computeMask(inputs, incoming);
    if (outgoing !== null) for (const value of outputs) trace.setMask(value, outgoing);
  }

  #applySymbolically(inputs: Tree<KerasTensor>, training: boolean | null): Tree<KerasTensor> {
    return this.recordCall(inputs, this.inferOutput(inputs, training), training);
  }

  /** Notes a symbolic call, for models to repeat, and gives its outputs. */
  protected recordCall<T extends { readonly shape: Shape; readonly dtype: DType }>(
    inputs: Tree<KerasTensor>,
    types: Tree<T>,
    training: boolean | null,
  ): Tree<KerasTensor> {
    return types as never;
  }
}
