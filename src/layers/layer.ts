import type { Config } from '../core/config.ts';
import { type DType, isFloat } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { snakeCase, uniqueName } from '../core/names.ts';
import { checkBoolean, checkOptions } from '../core/options.ts';
import { type Shape, checkShape, isKnown } from '../core/shape.ts';
import { Tensor, type TensorLike, tensor } from '../core/tensor.ts';
import { type Tree, fillTree, flatten, mapTree } from '../core/tree.ts';
import type { Constraint } from '../constraints/index.ts';
import { labelScope } from '../graph/graph.ts';
import { input } from '../graph/leaves.ts';
import { advanceRevision } from '../graph/revision.ts';
import { Trace, traceOf } from '../graph/trace.ts';
import { Value } from '../graph/value.ts';
import { Variable } from '../graph/variable.ts';
import { type InitializerLike, getInitializer } from '../initializers/index.ts';
import { castTo } from '../ops/operand.ts';
import { divide } from '../ops/elementwise.ts';
import { type CompiledFunction, jit } from '../program/jit.ts';
import { type RegularizerLike, getRegularizer, serializeRegularizer } from '../regularizers/index.ts';
import type { Regularizer } from '../regularizers/index.ts';
import { CallContext } from './call-context.ts';
import { type DTypeLike, policyConfig, readDType } from './dtype-policy.ts';
import { type InputSpec, checkInputSpec } from './input-spec.ts';
import { KerasTensor, type LayerNode, isKerasTensor } from './keras-tensor.ts';
import { countElements, readWeights, writeWeights } from './layer-state.ts';

/** The options that every layer takes. */
export interface LayerOptions {
  /** @default the class's name in snake_case, made unique */
  name?: string | undefined;
  /** Whether training changes the weights. @default true */
  trainable?: boolean | undefined;
  /** The type of weights and computation, or a policy's config. @default 'float32' */
  dtype?: DTypeLike | null | undefined;
  /** Cast floating inputs to `dtype`. @default true */
  autocast?: boolean | undefined;
  /** A penalty on the output, divided by the batch size. @default null */
  activityRegularizer?: RegularizerLike | null | undefined;
  /** The shape of the input without the batch; lets a Sequential model build at once. */
  inputShape?: Shape | undefined;
  /** The same with the batch. */
  batchInputShape?: Shape | undefined;
  /** The same for an input of rank 2. */
  inputDim?: number | undefined;
}

export const LAYER_OPTIONS = [
  'name', 'trainable', 'dtype', 'autocast', 'activityRegularizer', 'inputShape', 'batchInputShape', 'inputDim',
] as const;

export interface WeightOptions {
  readonly name: string;
  readonly shape: readonly number[];
  /** @default 'zeros' */
  readonly initializer?: InitializerLike;
  readonly regularizer?: Regularizer | null;
  readonly constraint?: Constraint | null;
  /** @default true */
  readonly trainable?: boolean;
  readonly dtype?: DType;
}

export interface ApplyOptions<Mask> {
  /** @default the mode of the enclosing call, else false */
  training?: boolean | undefined;
  /** Which entries of the input count. @default the mask attached to the input */
  mask?: Mask | null | undefined;
}

const isValue = (value: unknown): value is Value => value instanceof Value;

/**
 * The base of all layers. A layer gives `build` (make the weights for an input shape), `call` (write the output with
 * `ops`) and `getConfig`.
 *
 * @example
 * class Scale extends Layer {
 *   static override readonly className = 'Scale';
 *   factor = null;
 *   build(inputShape) { this.factor = this.addWeight({ name: 'factor', shape: [inputShape.at(-1)], initializer: 'ones' }); }
 *   call(x) { return ops.multiply(x, this.factor); }
 * }
 * @see https://keras.io/api/layers/base_layer/
 */
export abstract class Layer {
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
  /** What every input must be like, once built. */
  protected inputSpec: InputSpec | null = null;
  /** The names of what holds this layer, for the paths of its variables. */
  parentPath = '';
  /** The shape `build` was called with. */
  builtShape: Shape | null = null;
  #trainable: boolean;
  readonly #own: Variable[] = [];
  readonly #regularizers = new Map<Variable, Regularizer>();
  readonly #constraints = new Map<Variable, Constraint>();
  readonly #compiled = new Map<string, CompiledFunction>();
  readonly #nodes: LayerNode[] = [];

  constructor(options: LayerOptions = {}, ownOptions: readonly string[] = []) {
    const className = (new.target as typeof Layer).className;
    checkOptions(`${className}${options.name === undefined ? '' : ` ${options.name}`}`, options, [...ownOptions, ...LAYER_OPTIONS]);
    if (options.name !== undefined && (typeof options.name !== 'string' || options.name.includes('/'))) {
      throw new ValueError(`[${className}] name must be a string without "/". Received: name=${JSON.stringify(options.name)}.`);
    }
    this.name = options.name ?? uniqueName(snakeCase(className));
    this.dtype = readDType(options.dtype, this.who);
    this.autocast = checkBoolean(this.who, 'autocast', options.autocast ?? true);
    this.activityRegularizer = getRegularizer(options.activityRegularizer ?? null, this.who);
    this.#trainable = checkBoolean(this.who, 'trainable', options.trainable ?? true);
    this.givenInputShape = readInputShape(options, this.who);
  }

  /** `BatchNormalization bn_1`: how errors name the layer. */
  get who(): string {
    return `${this.className} ${this.name}`;
  }

  get className(): string {
    return (this.constructor as typeof Layer).className;
  }

  /** Whether training changes the weights; setting it sets it for the layers inside too. */
  get trainable(): boolean {
    return this.#trainable;
  }

  set trainable(value: boolean) {
    this.#trainable = checkBoolean(this.who, 'trainable', value);
    for (const layer of this.sublayers) layer.trainable = value;
    advanceRevision();
  }

  /** Makes the weights for inputs of this shape. */
  build(inputShape: Shape): void {
    void inputShape;
  }

  /** Writes the output with `evenkeel/ops`. */
  abstract call(inputs: Tree<Value>, context: CallContext): Tree<Value>;

  /** The mask of the output, given that of the input. */
  computeMask(inputs: Tree<Value>, mask: Value | null): Value | null {
    void inputs;
    return this.supportsMasking ? mask : null;
  }

  /** Builds the layer once. */
  ensureBuilt(inputShape: Shape): void {
    if (this.built) return;
    const shape = checkShape(inputShape, this.who, 'inputShape');
    const before = this.#own.length;
    try {
      this.build(shape);
    } catch (error) {
      this.#own.length = before;
      throw error;
    }
    this.builtShape = shape;
    this.built = true;
  }

  /**
   * Calls the layer: a symbolic tensor or value gives its like at once, an array a promise.
   * Builds the layer first, if it was not.
   */
  apply(inputs: KerasTensor, options?: ApplyOptions<never>): KerasTensor;
  apply(inputs: Value, options?: ApplyOptions<Value>): Value;
  apply(inputs: TensorLike, options?: ApplyOptions<TensorLike>): Promise<Tensor>;
  apply(
    inputs: KerasTensor | Value | TensorLike,
    options: ApplyOptions<never> | ApplyOptions<Value> | ApplyOptions<TensorLike> = {},
  ): KerasTensor | Value | Promise<Tensor> {
    checkOptions(`${this.who} apply`, options, ['training', 'mask']);
    const training = options.training ?? null;
    if (isKerasTensor(inputs)) return this.#applySymbolically(inputs, training) as KerasTensor;
    const mask = options.mask ?? null;
    if (isValue(inputs)) {
      const trace = traceOf([inputs]) ?? new Trace();
      return this.applyIn(trace, inputs, training, mask === null ? null : (mask as Value)) as Value;
    }
    return this.#applyEagerly(inputs, training ?? false, mask as TensorLike | null);
  }

  /** Calls the layer inside a trace: checks, casts, `call`, penalties and masks. */
  applyIn(trace: Trace, inputs: Tree<Value>, training: boolean | null, mask: Value | null): Tree<Value> {
    const values = flatten(inputs, isValue);
    const [first] = values;
    if (first !== undefined) {
      this.ensureBuilt(first.shape);
      if (this.inputSpec !== null) checkInputSpec(this.inputSpec, first.shape, this.who);
    }
    const mode = training ?? trace.training ?? false;
    const incoming = mask ?? (first === undefined ? null : trace.maskOf(first));
    const cast = mapTree(inputs, isValue, (value) =>
      this.autocast && isFloat(value.dtype) ? castTo(value, this.dtype) : value,
    );
    const outer = trace.training;
    trace.training = mode;
    try {
      const outputs = this.call(cast, new CallContext(trace, mode, incoming));
      this.#finishCall(trace, inputs, outputs, incoming);
      return outputs;
    } finally {
      trace.training = outer;
    }
  }

  #finishCall(trace: Trace, inputs: Tree<Value>, outputs: Tree<Value>, incoming: Value | null): void {
    const values = flatten(outputs, isValue);
    labelScope(values, flatten(inputs, isValue), this.name);
    const outgoing = this.computeMask(inputs, incoming);
    for (const value of values) {
      if (outgoing !== null) trace.setMask(value, outgoing);
      if (this.activityRegularizer !== null) {
        const penalty = this.activityRegularizer.call(value);
        trace.addLoss(divide(penalty, value.shape[0] ?? 1));
      }
    }
  }

  #applySymbolically(inputs: Tree<KerasTensor>, training: boolean | null): Tree<KerasTensor> {
    const types = this.inferOutput(inputs, training);
    const outputs: KerasTensor[] = [];
    const node: LayerNode = { layer: this, index: this.#nodes.length, inputs, outputs, training };
    const tree = mapTree(types, isValue, (value) => {
      const made = new KerasTensor(value, this.name, node, outputs.length);
      outputs.push(made);
      return made;
    });
    this.#nodes.push(node);
    return tree;
  }

  /** Calls the layer on stand-ins of given shapes, for the types of the outputs. */
  protected inferOutput(inputs: Tree<KerasTensor>, training: boolean | null): Tree<Value> {
    const trace = new Trace();
    const standIns = flatten(inputs, isKerasTensor).map((given, i) => input(`input_${i}`, given.shape, given.dtype));
    for (const value of standIns) trace.adopt(value);
    return this.applyIn(trace, fillTree(inputs, isKerasTensor, standIns), training, null);
  }

  async #applyEagerly(inputs: TensorLike, training: boolean, mask: TensorLike | null): Promise<Tensor> {
    const x = inputs instanceof Tensor ? inputs : tensor(inputs);
    this.ensureBuilt(x.shape);
    const key = `${training ? 'training' : 'inference'}${mask === null ? '' : ', masked'}`;
    let compiled = this.#compiled.get(key);
    if (compiled === undefined) {
      compiled = jit((value: Value, maskValue?: Value) => this.apply(value, { training, mask: maskValue ?? null }));
      this.#compiled.set(key, compiled);
    }
    const output = await (mask === null ? compiled(x) : compiled(x, tensor(mask)));
    return output as Tensor;
  }

  /** The shape of the output for an input of this shape. */
  computeOutputShape(inputShape: Shape): Shape {
    const layer = this.built ? this : this.#copy();
    const node: LayerNode = { layer, index: 0, inputs: [], outputs: [], training: null };
    const given = new KerasTensor({ shape: checkShape(inputShape, this.who, 'inputShape'), dtype: this.dtype }, '', node, 0);
    const [output] = flatten(layer.inferOutput(given, null), isValue);
    return output?.shape ?? [];
  }

  #copy(): Layer {
    return (this.constructor as unknown as { fromConfig(config: Config): Layer }).fromConfig(this.getConfig());
  }

  /** Makes a weight of this layer. */
  protected addWeight(options: WeightOptions): Variable {
    const initializer = getInitializer(options.initializer ?? 'zeros', this.who);
    const dtype = options.dtype ?? this.dtype;
    if (!isKnown(options.shape)) {
      throw new ValueError(`[${this.who}] every size of the weight ${options.name} must be known.`);
    }
    const path = [this.parentPath, this.name, options.name].filter((part) => part !== '').join('/');
    const variable = new Variable(initializer.call(options.shape, dtype), {
      name: options.name,
      path,
      trainable: options.trainable ?? true,
      dtype,
    });
    if (options.regularizer) this.#regularizers.set(variable, options.regularizer);
    if (options.constraint) this.#constraints.set(variable, options.constraint);
    this.#own.push(variable);
    return variable;
  }

  /** The layers that this one holds in its fields, in arrays and records too. */
  get sublayers(): readonly Layer[] {
    const found = new Set<Layer>();
    const collect = (value: unknown, depth: number): void => {
      if (value instanceof Layer) found.add(value);
      else if (Array.isArray(value) && depth < 4) for (const entry of value as unknown[]) collect(entry, depth + 1);
    };
    for (const value of Object.values(this)) collect(value, 0);
    found.delete(this);
    return [...found];
  }

  /** All weights: own trainable ones, own others, then those of the layers inside. */
  get weights(): readonly Variable[] {
    const own = [...this.#own.filter((v) => v.trainable), ...this.#own.filter((v) => !v.trainable)];
    return [...new Set([...own, ...this.sublayers.flatMap((layer) => layer.weights)])];
  }

  get trainableWeights(): readonly Variable[] {
    if (!this.trainable) return [];
    const own = this.#own.filter((variable) => variable.trainable);
    return [...new Set([...own, ...this.sublayers.flatMap((layer) => layer.trainableWeights)])];
  }

  get nonTrainableWeights(): readonly Variable[] {
    const trainable = new Set(this.trainableWeights);
    return this.weights.filter((variable) => !trainable.has(variable));
  }

  /** The regularizer of each weight that has one, inner layers included. */
  get weightRegularizers(): ReadonlyMap<Variable, Regularizer> {
    return new Map([...this.#regularizers, ...this.sublayers.flatMap((layer) => [...layer.weightRegularizers])]);
  }

  /** The constraint of each weight that has one, inner layers included. */
  get weightConstraints(): ReadonlyMap<Variable, Constraint> {
    return new Map([...this.#constraints, ...this.sublayers.flatMap((layer) => [...layer.weightConstraints])]);
  }

  /** Copies of the weights, in the order of `weights`. */
  getWeights(): Tensor[] {
    return readWeights(this.weights);
  }

  /** Replaces the weights. @throws ValueError if the number or a shape does not fit; nothing has changed then. */
  setWeights(values: readonly TensorLike[]): void {
    writeWeights(this.weights, values, this.who);
  }

  /** How many numbers the weights hold. @throws ValueError before the layer is built. */
  countParams(): number {
    if (!this.built) {
      throw new ValueError(`[${this.who}] countParams needs a built layer: call it on an input or build([…]) first.`);
    }
    return countElements(this.weights);
  }

  /** The arguments to make this layer again, as Keras's JSON. */
  getConfig(): Config {
    const regularizer = this.activityRegularizer;
    return {
      name: this.name,
      trainable: this.trainable,
      dtype: policyConfig(this.dtype),
      ...(regularizer === null ? {} : { activity_regularizer: { ...serializeRegularizer(regularizer) } }),
    };
  }
}


function readInputShape(options: LayerOptions, who: string): Shape | null {
  const { inputShape, batchInputShape, inputDim } = options;
  if (batchInputShape !== undefined) return checkShape(batchInputShape, who, 'batchInputShape');
  if (inputShape !== undefined) return [null, ...checkShape(inputShape, who, 'inputShape')];
  if (inputDim !== undefined) return [null, ...checkShape([inputDim], who, 'inputDim')];
  return null;
}
