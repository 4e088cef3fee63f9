import { type Config, type Json, isRecord } from '../../core/config.ts';
import type { BatchIterable, DataLike, TargetsLike } from '../../core/data.ts';
import { ValueError, show } from '../../core/errors.ts';
import { printLines } from '../../core/print.ts';
import type { Shape } from '../../core/shape.ts';
import type { Tensor, TensorLike } from '../../core/tensor.ts';
import { type Tree, flatten } from '../../core/tree.ts';
import type { Value } from '../../compiler/ir/value.ts';
import type { Variable } from '../../compiler/ir/variable.ts';
import type { FilePath } from '../../formats/files/files.ts';
import { terminal } from '#terminal';
import type { CallbackModel, LayerClass, Logs } from '../callbacks/callback-model.ts';
import type { History } from '../callbacks/history.ts';
import type { ExportOptions } from '../export/export-onnx.ts';
import type { InputSignature } from '../export/signature.ts';
import type { Several } from '../layers/base/apply-options.ts';
import type { CallContext } from '../layers/base/call-context.ts';
import { type InputShape, shapesOf } from '../layers/base/input-shape.ts';
import { classNameOf } from '../saving/class-name.ts';
import { Layer } from '../layers/base/layer.ts';
import { type CallDetails, type KerasTensor, isKerasTensor } from '../ops/base/keras-tensor.ts';
import { flatMembersOf } from '../saving/members.ts';
import { Metric } from '../metrics/metric.ts';
import type { Optimizer } from '../optimizers/index.ts';
import { writtenName } from '../saving/object-registration.ts';
import { type ReadContext, defaultContext } from '../saving/read-context.ts';
import type { FileFormat } from '../saving/formats/formats.ts';
import {
  type LoadWeightsOptions,
  type SaveOptions,
  type SaveWeightsOptions,
  type ToBytesOptions,
  loadModelWeights,
  modelBytes,
  saveModel,
  saveModelWeights,
} from '../saving/formats/saving-api.ts';
import { type ToJsonOptions, modelToJson } from '../saving/formats/model-json.ts';
import type { FileSource } from '../saving/formats/read-source.ts';
import { WriteContext } from '../saving/write-context.ts';
import { compileOptionsOf } from '../trainers/compile/compile-config.ts';
import type { CompileOptions } from '../trainers/compile/compile-options.ts';
import type { ExpectedData, FloatType } from '../trainers/data-adapters/expected-data.ts';
import { type EvaluateOptions, type FitOptions, type PredictOptions, splitArguments } from '../trainers/fit-options.ts';
import { type OnBatchOptions, Trainer, type TrainOnBatchOptions } from '../trainers/trainer.ts';
import type { Network } from './functional/network.ts';
import { type LayerEntry, readNetwork } from './functional/read-config.ts';
import {
  type FunctionalOptions,
  type FunctionalSettings,
  type ModelOptions,
  type Symbolic,
  isFunctional,
  layerOptions,
  modelOptions,
} from './model-options.ts';
import { runsCustomCode } from './custom-code.ts';
import { findLayer } from './find-layer.ts';
import { isBuiltInModel, registerModelClass } from '../saving/model-classes.ts';
import { readLayer, writeLayer } from './serialization.ts';
import { type PrintFunction, type SummaryOptions, checkSummaryOptions, summaryText } from './summary/summary.ts';
import { FunctionalTopology } from './topology/functional-topology.ts';
import { SubclassTopology } from './topology/subclass-topology.ts';
import { checkNesting, expectedDataOf, readArrays } from './topology/encoding.ts';
import type { Registration, Topology } from './topology/topology.ts';

/**
 * Layers that are trained together. A model is made of symbolic tensors, `new Model({ inputs, outputs })` or
 * `new Model(inputs, outputs)`; or a class extends it, keeps
 * its layers in fields, and defines `call`.
 *
 * A layer that is called several times has one set of weights; a model can be called as a layer. Several inputs or outputs
 * are in arrays or records, and data, losses and predictions have the same structure. A mode that a call fixes
 * (`apply(x, { training: false })`) also holds in training.
 *
 * @throws TypeError if inputs or outputs are not symbolic tensors; ValueError if the outputs need an Input that is not
 * among the inputs, or two layers have the same name.
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
export class Model<Output extends Tree<Tensor> = Tensor> extends Layer implements CallbackModel {
  static override readonly className: string = 'Model';

  /** Set to true, for example by a callback, to end the training after the current step. */
  stopTraining = false;
  /** The epoch that `fit` starts with, counted from 0; a callback may set it in `onTrainBegin`. */
  initialEpoch = 0;
  /** The result of the last `fit`; `null` before. */
  history: History | null = null;
  readonly #topology: Topology;
  readonly #trainer: Trainer = new Trainer(this);

  constructor(options?: ModelOptions | FunctionalOptions<Output>);
  constructor(inputs: Tree<KerasTensor>, outputs: Symbolic<Output>, options?: FunctionalSettings);
  constructor(
    first: ModelOptions | FunctionalOptions<Output> | Tree<KerasTensor> = {},
    outputs?: Symbolic<Output>,
    others: FunctionalSettings = {},
  ) {
    const options = modelOptions(classNameOf(new.target), first, outputs, others);
    super(layerOptions(classNameOf(new.target), new.target === Model, options));
    this.#topology = this.makeTopology(options);
    if (!isFunctional(options)) return;
    this.builtShape = this.inputShape;
    this.built = true;
  }

  /** Makes the topology for the constructor's options. */
  protected makeTopology(options: ModelOptions | FunctionalOptions<Output>): Topology {
    return isFunctional(options)
      ? new FunctionalTopology(this, options.inputs, options.outputs)
      : new SubclassTopology(this);
  }

  /** The arrangement of the layers. */
  get topology(): Topology {
    return this.#topology;
  }

  /** The calls between the inputs and the outputs; `null` if they are unknown. */
  get network(): Network | null {
    return this.#topology.network;
  }

  /** `Functional` for a model of symbolic tensors that is not of a subclass, as in Keras. */
  override get className(): string {
    return this.constructor === Model ? 'Functional' : super.className;
  }

  /** The layers; of the layers that represent inputs, those that Keras counts. */
  get layers(): readonly Layer[] {
    return this.#topology.layers(super.sublayers);
  }

  override get sublayers(): readonly Layer[] {
    return this.#topology.sublayers(super.sublayers);
  }

  protected override get layersInPath(): readonly Layer[] {
    return this.#topology.layersInPath(super.sublayers);
  }

  /** Whether the model is made of symbolic tensors or of a stack of layers, not by the `call` of a class. */
  get hasGraph(): boolean {
    return this.#topology.hasGraph;
  }

  /** Whether calling the model runs code of the user, in a layer, a model or a function. */
  get runsCustomCode(): boolean {
    return runsCustomCode(this);
  }

  /** The names of the outputs; `null` if they have none. */
  get outputNames(): readonly string[] | null {
    return this.#topology.outputNames;
  }

  /** The symbolic inputs. @throws ValueError if they are unknown. */
  get inputs(): readonly KerasTensor[] {
    return flatten(this.#topology.inputs('inputs'), isKerasTensor);
  }

  /** The symbolic outputs. @throws ValueError if they are unknown. */
  get outputs(): readonly KerasTensor[] {
    return flatten(this.#topology.outputs('outputs'), isKerasTensor);
  }

  /**
   * The symbolic input, in the structure of the inputs. That of a model whose class defines `call`, or of a Sequential model
   * that is a layer of another model, is the input of its first call, as for layers.
   *
   * @throws ValueError if it is unknown.
   */
  override get input(): KerasTensor {
    return (this.#topology.ownTensors(this.inboundNodes)?.inputs as KerasTensor | undefined) ?? super.input;
  }

  /** The symbolic output, in the structure of the outputs; see `input`. @throws ValueError if it is unknown. */
  override get output(): KerasTensor {
    return (this.#topology.ownTensors(this.inboundNodes)?.outputs as KerasTensor | undefined) ?? super.output;
  }

  /** The data that the model expects: its inputs and outputs as far as they are known. */
  get expectedData(): ExpectedData {
    return expectedDataOf(this.#topology, this.builtShape);
  }

  /** The shapes of the inputs, in the structure of the inputs. @throws ValueError if they are unknown. */
  get inputShape(): InputShape {
    return shapesOf(this.#topology.inputs('inputShape'), isKerasTensor);
  }

  /** The shapes of the outputs, in the structure of the outputs. @throws ValueError if they are unknown. */
  get outputShape(): InputShape {
    return shapesOf(this.#topology.outputs('outputShape'), isKerasTensor);
  }

  /** The shape, the type and the name of each input; `null` before the model is built. */
  get inputSignature(): Tree<InputSignature> | null {
    return this.#topology.inputSignature(this.builtShape);
  }

  /** The type in which floating-point data is fed. */
  get feedType(): FloatType {
    return this.#topology.feedType;
  }

  override applySymbolically(inputs: Tree<KerasTensor>, details?: CallDetails): Tree<KerasTensor> {
    checkNesting(this.who, this.#topology);
    return super.applySymbolically(inputs, details);
  }

  override build(inputShape: InputShape): void {
    this.#topology.build(inputShape);
  }

  override call(inputs: Tree<Value>, context: CallContext): Tree<Value> {
    return this.#topology.run(inputs, context);
  }

  protected override readArrays(given: TensorLike | Several<Tensor>): Tree<Tensor> {
    return readArrays(this.who, given, this.expectedData);
  }

  override computeOutputShape(inputShape: InputShape): Shape {
    return this.#topology.outputShape(inputShape) ?? super.computeOutputShape(inputShape);
  }

  /** The optimizer that `compile` received. @throws ValueError before `compile`; see `compiled`. */
  get optimizer(): Optimizer {
    const { compiled } = this.#trainer;
    if (compiled !== null) return compiled.optimizer;
    throw new ValueError(`[${this.who}] optimizer is known after compile. Received: a model that is not compiled.`);
  }

  /**
   * Configures training: the optimizer, the loss and the metrics.
   *
   * @throws TypeError if a name is unknown; ValueError if an option is not supported. The model is unchanged then.
   * @example
   * const model = new Sequential([new layers.Dense(10, { activation: 'softmax' })]);
   * model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] });
   * model.optimizer.name;    // 'adam'
   * const line = new Sequential([new layers.Dense(1)]);
   * line.compile({ loss: 'mse', detectAnomaly: true });
   * const text = await line.trainOnBatch([[1, NaN]], [[0]]).catch(({ message }) => message);
   * text.includes('NaN at [0, 1] of x, in training step 1');    // true
   * @see https://keras.io/api/models/model_training_apis/#compile-method
   */
  compile(options: CompileOptions = {}): void {
    this.#trainer.compile(options, defaultContext);
  }

  /** Compiles with a config that `getCompileConfig` returned, here or in Keras. @throws TypeError if it is no record */
  compileFromConfig(config: Config, context: ReadContext = defaultContext): void {
    if (!isRecord(config)) {
      throw new TypeError(`[${this.who}] compileFromConfig expects a config object. Received: ${show(config)}.`);
    }
    this.#trainer.compile(compileOptionsOf(config), context);
    if (this.built && this.compiled) this.optimizer.build(this.trainableWeights);
  }

  /** Compiles like another model, if that is compiled, with an optimizer and metrics of its own. */
  compileLike(model: AnyModel): void {
    const compiled = model.#trainer.compiled;
    if (compiled !== null) this.#trainer.compile(compiled.copyOptions(), defaultContext);
  }

  /** The options that `compile` received, as Keras's JSON; empty before. */
  getCompileConfig(): Config {
    return this.#trainer.compiled?.getConfig() ?? {};
  }

  /**
   * Trains the model. The data is arrays with a row for each example, or an iterable of batches `[x, y]` or
   * `[x, y, sampleWeight]`.
   *
   * @throws ValueError if data or options do not fit; nothing has changed then.
   * @throws AbortError, the signal's reason, after the current step; the weights are those of the last complete step.
   * @example
   * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'zeros' })]);
   * model.compile({ optimizer: 'sgd', loss: 'mse' });
   * const { history } = await model.fit([[1], [2]], [[2], [4]], { epochs: 3, verbose: 0 });
   * history.loss.length;    // 3
   * history.loss[0];        // 10
   * @see https://keras.io/api/models/model_training_apis/#fit-method
   */
  fit(batches: BatchIterable, options?: FitOptions): Promise<History>;
  fit(x: DataLike | BatchIterable, y?: TargetsLike | null, options?: FitOptions): Promise<History>;
  async fit(
    x: DataLike | BatchIterable,
    second?: TargetsLike | FitOptions | null,
    third?: FitOptions,
  ): Promise<History> {
    const [y, options] = splitArguments<FitOptions>('fit', x, second, third);
    this.history = await this.#trainer.fit(x, y, options);
    return this.history;
  }

  /**
   * Computes the loss and the metrics on data.
   *
   * @throws ValueError if data or options do not fit.
   * @example
   * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones' })]);
   * model.compile({ loss: 'mse', metrics: ['mae'] });
   * await model.evaluate([[1], [2]], [[2], [4]], { verbose: 0 });    // { loss: 2.5, mae: 1.5 }
   * @see https://keras.io/api/models/model_training_apis/#evaluate-method
   */
  evaluate(batches: BatchIterable, options?: EvaluateOptions): Promise<Logs>;
  evaluate(x: DataLike | BatchIterable, y?: TargetsLike | null, options?: EvaluateOptions): Promise<Logs>;
  async evaluate(
    x: DataLike | BatchIterable,
    second?: TargetsLike | EvaluateOptions | null,
    third?: EvaluateOptions,
  ): Promise<Logs> {
    const [y, options] = splitArguments<EvaluateOptions>('evaluate', x, second, third);
    return this.#trainer.evaluate(x, y, options);
  }

  /**
   * Computes the outputs for data, in the structure of the model's outputs.
   *
   * @throws ValueError if data or options do not fit.
   * @example
   * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones' })]);
   * await model.predict([[1, 2], [3, 4]], { verbose: 0 });    // [[3], [7]]
   * @see https://keras.io/api/models/model_training_apis/#predict-method
   */
  async predict(x: DataLike | BatchIterable, options: PredictOptions = {}): Promise<Output> {
    return (await this.#trainer.predict(x, options)) as Output;
  }

  /**
   * Runs one training step. The loss and the metrics are those of this batch.
   *
   * @throws ValueError if data or options do not fit.
   * @example
   * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'zeros' })]);
   * model.compile({ optimizer: 'sgd', loss: 'mse' });
   * await model.trainOnBatch([[1], [2]], [[2], [4]]);    // { loss: 10 }
   * @see https://keras.io/api/models/model_training_apis/#train_on_batch-method
   */
  async trainOnBatch(x: DataLike, y?: TargetsLike | null, options: TrainOnBatchOptions = {}): Promise<Logs> {
    return this.#trainer.trainOnBatch(x, y ?? null, options);
  }

  /**
   * Computes the loss and the metrics of one batch.
   *
   * @throws ValueError if data or options do not fit.
   * @example
   * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones' })]);
   * model.compile({ loss: 'mse' });
   * await model.testOnBatch([[1], [2]], [[2], [4]]);    // { loss: 2.5 }
   * @see https://keras.io/api/models/model_training_apis/#test_on_batch-method
   */
  async testOnBatch(x: DataLike, y?: TargetsLike | null, options: OnBatchOptions = {}): Promise<Logs> {
    return this.#trainer.testOnBatch(x, y ?? null, options);
  }

  /**
   * Computes the outputs for one batch.
   *
   * @throws ValueError if data does not fit.
   * @example
   * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones' })]);
   * await model.predictOnBatch([[1, 2], [3, 4]]);    // [[3], [7]]
   * @see https://keras.io/api/models/model_training_apis/#predict_on_batch-method
   */
  async predictOnBatch(x: DataLike): Promise<Output> {
    return (await this.#trainer.predictOnBatch(x)) as Output;
  }

  /**
   * Computes the loss of a batch within a training or evaluation step: that of `compile`, plus the penalties of layers and
   * weights. A class can override it to compute another loss with `ops`, and update metrics that it keeps in fields, which
   * are then reported and reset like those of `compile`.
   *
   * @param context the mode in `training`, and the trace that metrics update, where Keras passes `training`
   * @returns a scalar; `null` if there is no loss
   * @example
   * class Shrinking extends Model {
   *   dense = new layers.Dense(1, { kernelInitializer: 'ones' });
   *   size = new metrics.Mean({ name: 'size' });
   *   call(x) { return this.dense.apply(x); }
   *   computeLoss(x, y, yPred, sampleWeight, context) {
   *     const size = ops.mean(ops.square(yPred));
   *     this.size.updateState(context.trace, size);
   *     return ops.add(super.computeLoss(x, y, yPred, sampleWeight, context), size);
   *   }
   * }
   * const model = new Shrinking();
   * model.compile({ loss: 'mse' });
   * await model.evaluate([[1, 2]], [[2]], { verbose: 0 });    // { loss: 10, size: 9 }
   * @see https://keras.io/guides/custom_train_step_in_tensorflow/
   */
  computeLoss(
    x: Tree<Value>,
    y: Tree<Value> | null,
    yPred: Tree<Value>,
    sampleWeight: Tree<Value> | null,
    context: CallContext,
  ): Value | null {
    return this.#trainer.computeLoss({ x, y, yPred, sampleWeight }, context.trace);
  }

  /**
   * Updates the metrics of `compile` with a batch within a step, and returns the values to report, by name. A class can
   * override it to update or report others.
   */
  computeMetrics(
    x: Tree<Value>,
    y: Tree<Value> | null,
    yPred: Tree<Value>,
    sampleWeight: Tree<Value> | null,
    context: CallContext,
  ): Readonly<Record<string, Value>> {
    return this.#trainer.computeMetrics({ x, y, yPred, sampleWeight }, context.trace);
  }

  /**
   * Fetches the weights, the state of the optimizer and that of the metrics from the memory of the GPU, on an engine where
   * training leaves them there; on others it does nothing. `fit` does so after each epoch, and what writes files before; after
   * `trainOnBatch`, reading `value` of a variable, or `getWeights`, needs it.
   *
   * @throws Error if the GPU's device is lost; the state is then that of the last time it was fetched.
   * @example
   * const model = new Sequential([Input({ shape: [1] }), new layers.Dense(1, { kernelInitializer: 'ones' })]);
   * model.compile({ optimizer: new optimizers.SGD(0.5), loss: 'mse' });
   * await model.trainOnBatch([[1]], [[0]]);
   * await model.syncState();
   * model.getWeights()[0];    // [[0]]
   * @see https://github.com/keras-team/keras/blob/master/keras/src/backend/jax/trainer.py
   */
  syncState(): Promise<void> {
    return this.#trainer.syncState();
  }

  /** Returns the loss and the metrics so far, from their state. @throws ValueError before `compile`. */
  async getMetricsResult(): Promise<Logs> {
    return this.#trainer.getMetricsResult();
  }

  /** The metrics that `compile` received, once data has shown the shapes, and those in the fields of the model. */
  get metrics(): readonly Metric[] {
    return this.#trainer.compiled?.allMetrics ?? this.fieldMetrics;
  }

  /** The metrics in the fields of the model. */
  get fieldMetrics(): readonly Metric[] {
    return flatMembersOf(this, isLayerOrMetric).filter(isMetric);
  }

  /** Whether the model is compiled. */
  get compiled(): boolean {
    return this.#trainer.compiled !== null;
  }

  /** Resets the reported loss and the metrics to their initial state. */
  resetMetrics(): void {
    this.#trainer.compiled?.resetMetrics();
  }

  /** The state of the metrics between steps. */
  get metricsVariables(): readonly Variable[] {
    return this.#trainer.compiled?.metricVariables ?? [];
  }

  /** Whether a larger (`up`) or a smaller (`down`) value of a compiled metric is better; `null` if that is unknown. */
  metricDirection(name: string): 'up' | 'down' | null {
    return this.#trainer.compiled?.metrics.directionOf(name) ?? null;
  }

  /**
   * Returns the layer with a name, or at an index; with a class, which the layer must have, it has that type.
   *
   * @throws TypeError if there is no such name, or the layer is of another class; ValueError if there is no such index.
   * @example
   * const model = new Sequential([Input({ shape: [4] }), new layers.Flatten(), new layers.Dense(10, { name: 'head' })]);
   * model.getLayer('head') === model.getLayer({ index: 1 });    // true
   * model.getLayer('head', layers.Dense).kernel.shape;          // [4, 10]
   * @see https://keras.io/api/models/model/#get_layer-method
   */
  getLayer(which: string | { readonly index: number }): Layer;
  getLayer<Made extends Layer>(which: string | { readonly index: number }, layerClass: LayerClass<Made>): Made;
  getLayer(which: string | { readonly index: number }, layerClass: LayerClass = Layer): Layer {
    return findLayer(this, which, layerClass);
  }

  /**
   * Prints a table of the layers with their output shapes and numbers of parameters.
   *
   * @throws ValueError if the lines are too short, or `layerRange` matches no layers.
   * @example
   * const model = new Sequential([Input({ shape: [4] }), new layers.Dense(10)]);
   * model.summary();
   * model.summary({ showTrainable: true, printFn: (text) => console.log(text) });
   * @see https://keras.io/api/models/model/#summary-method
   */
  summary(options: SummaryOptions & { readonly printFn?: PrintFunction | undefined } = {}): void {
    checkSummaryOptions(this.who, options);
    const optimizer = this.compiled ? this.optimizer : null;
    const source = {
      name: this.name,
      who: this.who,
      ...this.#topology.summaryRows(super.sublayers),
      trainableWeights: this.trainableWeights,
      nonTrainableWeights: this.nonTrainableWeights,
      optimizerVariables: optimizer?.built === true ? optimizer.variables : null,
    };
    (options.printFn ?? printLines)(summaryText(source, options, terminal.columns));
  }

  /**
   * Writes what `predict` computes as an ONNX file, `.onnx`, for other runtimes. It uses only ONNX's own operators (opset 21)
   * and holds the weights; above 2 GB they are in `<file>.data` next to it. Inputs and outputs have the names of their
   * layers. The batch size stays free, as do other sizes that an `Input` leaves open. Layers such as Dropout do nothing, as
   * in `predict`.
   *
   *     await model.export('digits.onnx');
   *     await model.export('digits-of-one.onnx', { inputSignature: { shape: [1, 28, 28] } });
   *
   * Without a file system, `toBytes('onnx')` returns the bytes.
   *
   * @throws ValueError if the inputs are unknown, or the model does not accept every value of a free size;
   * NotImplementedError if the model draws random numbers, or depends on a free size other than through shapes. No file is
   * written then.
   * @see https://keras.io/api/models/model_saving_apis/export/
   */
  async export(path: string | URL, options: ExportOptions = {}): Promise<void> {
    await this.syncState();
    // Loaded on demand, since few programs export.
    const { exportModel } = await import('../export/export-model.ts');
    await exportModel(this, path, options);
  }

  get #registration(): Registration {
    const builtIn = isBuiltInModel(this) ? this.#topology.registration : null;
    return builtIn ?? { module: null, registered_name: writtenName(this.constructor, this.who) };
  }

  /** Keras's JSON of the whole model, for `JSON.stringify`: class, config, build_config and compile_config. */
  toJSON(): Config {
    return this.serialize(new WriteContext());
  }

  /**
   * Returns Keras's JSON of the model as a string, like `to_json` of Keras: the layers, and how the model is compiled, without
   * the weights. Read it with `modelFromJson`.
   *
   * @throws TypeError if a function has no name, by which it is found again.
   * @example
   * const model = new Sequential([Input({ shape: [2] }), new layers.Dense(1)], { name: 'line' });
   * JSON.parse(model.toJson()).config.name;    // 'line'
   * @see https://keras.io/api/models/model_saving_apis/model_config_serialization/#to_json-method
   */
  toJson(options: ToJsonOptions = {}): string {
    return modelToJson(this, options);
  }

  /** Keras's JSON of the whole model. The context records the layers that are written, so that shared layers can be marked. */
  serialize(context: WriteContext): Config {
    const { module, registered_name } = this.#registration;
    return {
      module,
      class_name: this.className,
      config: this.getConfig(context),
      registered_name,
      ...(this.built ? { build_config: { input_shape: this.#topology.buildShape(this.builtShape) as Json } } : {}),
      compile_config: context.record(this.getCompileConfig()),
    };
  }

  /**
   * The config of the model, from which `fromConfig` makes an equal one.
   *
   * @param context records the layers that are written, so that shared layers can be marked
   */
  override getConfig(context: WriteContext = new WriteContext()): Config {
    return this.#topology.config(super.getConfig(), {
      isBuiltIn: isBuiltInModel(this),
      write: (layer, calls) => writeLayer(layer, context, calls),
    });
  }

  /**
   * Makes a model of symbolic tensors from a config that `getConfig` returned, here or in Keras. The weights are new.
   * @throws ValueError if the config is malformed; TypeError if it names an unknown class.
   */
  static override fromConfig(config: Config, context: ReadContext = defaultContext): Model {
    const { name, trainable } = config;
    const model: AnyModel = new this({
      ...readNetwork('Model', config, (entry: LayerEntry) => readLayer(entry, context)),
      ...(typeof name === 'string' ? { name } : {}),
      ...(typeof trainable === 'boolean' ? { trainable } : {}),
    });
    return model as Model;
  }

  /**
   * Writes the model to a file: its architecture, its weights, how it is compiled, and the state of the optimizer. The
   * ending of the name selects the format: `.keras`, which Keras 3 reads, or `.h5`, which older versions read too.
   *
   *     await model.save('digits.keras');
   *     const restored = await loadModel('digits.keras');
   *
   * With `{ zipped: false }`, the path is that of a folder with the members of a `.keras` file, which `loadModel` reads, too.
   * Browsers have no files, but `indexeddb://digits.keras`, `opfs://models/digits.keras` (their private file system) and
   * `download://digits.keras`, which its user can keep.
   *
   * @throws ValueError if the name has another ending, or something cannot be written; TypeError if a function has no
   * name. An existing file is unchanged then.
   * @see https://keras.io/api/models/model_saving_apis/model_saving_and_loading/#save-method
   */
  async save(path: FilePath, options: SaveOptions = {}): Promise<void> {
    await this.syncState();
    await saveModel(this, path, options);
  }

  /**
   * Writes the weights to a file: `.weights.h5`, the format of Keras 3, which includes the state of the optimizer; `.h5`,
   * the older format; or `.safetensors`, under the paths of the weights.
   *
   *     await model.saveWeights('digits.weights.h5');
   *     await model.loadWeights('digits.weights.h5');
   *     await model.saveWeights('large.weights.json', { maxShardSize: 2 });    // several files of at most 2 GB, and an index
   *
   * @throws ValueError if the name has another ending, or the model is not built. An existing file is unchanged then.
   * @see https://keras.io/api/models/model_saving_apis/weights_saving_and_loading/#save_weights-method
   */
  async saveWeights(path: FilePath, options: SaveWeightsOptions = {}): Promise<void> {
    await this.syncState();
    await saveModelWeights(this, path, options);
  }

  /**
   * Reads the weights from a file of any of the formats, from here or from Keras, or from its bytes. The format is detected
   * from the content.
   *
   * @throws ValueError if the file is damaged, or its weights do not fit; the model is unchanged then.
   * @example
   * const model = new Sequential([Input({ shape: [2] }), new layers.Dense(1)]);
   * const bytes = await model.toBytes('weights.h5');
   * model.setWeights([[[0], [0]], [0]]);
   * await model.loadWeights(bytes);
   * @see https://keras.io/api/models/model_saving_apis/weights_saving_and_loading/#load_weights-method
   */
  async loadWeights(source: FileSource, options: LoadWeightsOptions = {}): Promise<void> {
    await loadModelWeights(this, source, options);
  }

  /**
   * Returns the bytes of a file of the model, for use without a file system: `'keras'` and `'h5'` are complete models,
   * `'weights.h5'` and `'safetensors'` weights alone, and `'onnx'` is what `export` writes.
   *
   * @throws ValueError if there is no such format, or something cannot be written.
   * @example
   * const model = new Sequential([Input({ shape: [2] }), new layers.Dense(1)]);
   * const restored = await loadModel(await model.toBytes('keras'));
   * restored.countParams();    // 3
   * const file = await model.toBytes('onnx', { inputSignature: { shape: [1, 2], name: 'point' } });
   */
  toBytes(format?: FileFormat, options?: ToBytesOptions): Promise<Uint8Array>;
  toBytes(format: 'onnx', options?: ExportOptions): Promise<Uint8Array>;
  async toBytes(
    format: FileFormat | 'onnx' = 'keras',
    options: ToBytesOptions | ExportOptions = {},
  ): Promise<Uint8Array> {
    await this.syncState();
    if (format === 'onnx') {
      const { onnxBytes } = await import('../export/export-onnx.ts');
      return onnxBytes(this, options as ExportOptions);
    }
    return modelBytes(this, format, options as ToBytesOptions);
  }
}

/** A model with any outputs, where `Model` alone is one with a single output. */
export type AnyModel = Model<Tree<Tensor>>;

const isMetric = (value: unknown): value is Metric => value instanceof Metric;
const isLayerOrMetric = (value: unknown): value is Layer | Metric => value instanceof Layer || isMetric(value);

/** Whether a value is a model, of any class. */
export function isModel(value: unknown): value is AnyModel {
  return value instanceof Model;
}

registerModelClass(Model, 'Functional', 'Model');
