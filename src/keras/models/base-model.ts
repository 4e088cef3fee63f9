import type { Config, Json } from '../../core/config.ts';
import { ValueError, show } from '../../core/errors.ts';
import { isRecord } from '../../core/config.ts';
import { checkInteger, unknownName } from '../../core/checks.ts';
import { getRegisteredName } from '../saving/object-registration.ts';
import { type ReadContext, defaultContext } from '../saving/read-context.ts';
import { WriteContext } from '../saving/write-context.ts';
import type { TensorLike, Tensor } from '../../core/tensor.ts';
import type { Tree } from '../../core/tree.ts';
import type { Variable } from '../../compiler/graph/variable.ts';
import type { Operation } from '../ops/base/operation.ts';
import { Layer, type LayerOptions } from '../layers/base/layer.ts';
import type { Optimizer } from '../optimizers/index.ts';
import { terminal } from '#terminal';
import type { History } from '../callbacks/history.ts';
import type { CallbackModel, Logs } from '../callbacks/callback.ts';
import { compileOptionsOf } from '../trainers/compile/compile-config.ts';
import type { CompileOptions } from '../trainers/compile/compile-options.ts';
import {
  type BatchIterable,
  type DataLike,
  type FloatType,
  isBatchIterable,
  isTensor,
} from '../trainers/data-adapters/read-data.ts';
import type { ExportOptions } from '../export/export-onnx.ts';
import { type InputSignature, signatureOf } from '../export/signature.ts';
import { type LoadWeightsOptions, loadModelWeights } from '../saving/load-weights.ts';
import {
  type FileFormat,
  type SaveOptions,
  type SaveWeightsOptions,
  type ToBytesOptions,
  modelBytes,
  saveModel,
  saveModelWeights,
} from '../saving/save-model.ts';
import type { FilePath } from '../../formats/files/files.ts';
import type { FileSource } from '../saving/source.ts';
import { print } from '../../core/print.ts';
import { type SummaryOptions, checkSummaryOptions, summaryText } from './summary/summary.ts';
import type { EvaluateOptions, FitOptions, PredictOptions } from '../trainers/fit-options.ts';
import { type OnBatchOptions, Trainer, type TrainOnBatchOptions } from '../trainers/trainer.ts';

/** The options that every model takes. */
export type ModelOptions = Pick<LayerOptions, 'name' | 'trainable' | 'dtype'>;

/** Where files find a class: in a module of Keras, or under the name that it is registered by. */
export interface Registration {
  readonly module: string | null;
  readonly registered_name: string | null;
}

/** Where a summary goes. @default the console */
export type PrintFunction = (text: string) => void;

/** What is common to all models: how they are trained, evaluated, described and written to files. */
export abstract class BaseModel<Output extends Tree<Tensor> = Tree<Tensor>> extends Layer implements CallbackModel {
  static override readonly className: string = 'Model';

  /** Set to true, by a callback say, to end the training after the step under way. */
  stopTraining = false;
  /** The epoch that `fit` begins with, counted from 0; a callback may set it in `onTrainBegin`. */
  initialEpoch = 0;
  /** What the last `fit` returned. */
  history: History | null = null;
  readonly #trainer: Trainer = new Trainer(this);

  /** The layers; of those that stand for inputs, only the ones that Keras counts. */
  get layers(): readonly Layer[] {
    return this.sublayers;
  }

  /** Whether the model is made of symbolic tensors, or of a stack of layers, and not by a `call` of its own. */
  get hasGraph(): boolean {
    return false;
  }

  /** The names of the outputs; `null` where nothing names them. */
  get outputNames(): readonly string[] | null {
    return null;
  }

  /** The optimizer that `compile` was given. */
  get optimizer(): Optimizer | null {
    return this.#trainer.compiled?.optimizer ?? null;
  }

  /** The type in which floating data is fed. */
  get feedType(): FloatType {
    return this.dtype === 'float64' ? 'float64' : 'float32';
  }

  /**
   * Says how to train: the optimizer, the loss and what to report.
   *
   * @throws TypeError if a name is unknown; ValueError if an option cannot be honoured. The model is as it was then.
   * @example
   * const model = new Sequential([new layers.Dense(10, { activation: 'softmax' })]);
   * model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] });
   * model.optimizer?.name;    // 'adam'
   * const line = new Sequential([new layers.Dense(1)]);
   * line.compile({ loss: 'mse', detectAnomaly: true });
   * const text = await line.trainOnBatch([[1, NaN]], [[0]]).catch(({ message }) => message);
   * text.includes('NaN at [0, 1] of x, in training step 1');    // true
   * @see https://keras.io/api/models/model_training_apis/#compile-method
   */
  compile(options: CompileOptions = {}): void {
    this.#trainer.compile(options, defaultContext);
  }

  /** Compiles with what `getCompileConfig` gave, here or in Keras. */
  compileFromConfig(config: Config, context: ReadContext = defaultContext): void {
    this.#trainer.compile(compileOptionsOf(config), context);
    if (this.built) this.optimizer?.build(this.trainableWeights);
  }

  /** What `compile` was told, as Keras's JSON; empty before. */
  getCompileConfig(): Config {
    return this.#trainer.compiled?.getConfig() ?? {};
  }

  /**
   * Trains. Data is arrays with a row for each example, or an iterable of batches `[x, y]` or `[x, y, sampleWeight]`.
   *
   * @throws ValueError if data or options do not fit; nothing has changed then.
   * @throws AbortError, the signal's reason, after the step under way; the weights are those of the last whole step.
   * @example
   * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'zeros' })]);
   * model.compile({ optimizer: 'sgd', loss: 'mse' });
   * const { history } = await model.fit([[1], [2]], [[2], [4]], { epochs: 3, verbose: 0 });
   * history.loss.length;    // 3
   * history.loss[0];        // 10
   * @see https://keras.io/api/models/model_training_apis/#fit-method
   */
  fit(batches: BatchIterable, options?: FitOptions): Promise<History>;
  fit(x: DataLike | BatchIterable, y?: DataLike | null, options?: FitOptions): Promise<History>;
  async fit(x: DataLike | BatchIterable, second?: DataLike | FitOptions | null, third?: FitOptions): Promise<History> {
    const [y, options] = splitArguments<FitOptions>(x, second, third);
    this.history = await this.#trainer.fit(x, y, options);
    return this.history;
  }

  /**
   * The loss and the metrics on data.
   *
   * @throws ValueError if data or options do not fit.
   * @example
   * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones' })]);
   * model.compile({ loss: 'mse', metrics: ['mae'] });
   * await model.evaluate([[1], [2]], [[2], [4]], { verbose: 0 });    // { loss: 2.5, mae: 1.5 }
   * @see https://keras.io/api/models/model_training_apis/#evaluate-method
   */
  evaluate(batches: BatchIterable, options?: EvaluateOptions): Promise<Logs>;
  evaluate(x: DataLike | BatchIterable, y?: DataLike | null, options?: EvaluateOptions): Promise<Logs>;
  async evaluate(
    x: DataLike | BatchIterable,
    second?: DataLike | EvaluateOptions | null,
    third?: EvaluateOptions,
  ): Promise<Logs> {
    const [y, options] = splitArguments<EvaluateOptions>(x, second, third);
    return this.#trainer.evaluate(x, y, options);
  }

  /**
   * The outputs for data, in the form of the model's outputs.
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
   * One training step. The values are of this batch alone.
   *
   * @throws ValueError if data or options do not fit.
   * @example
   * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'zeros' })]);
   * model.compile({ optimizer: 'sgd', loss: 'mse' });
   * await model.trainOnBatch([[1], [2]], [[2], [4]]);    // { loss: 10 }
   * @see https://keras.io/api/models/model_training_apis/#train_on_batch-method
   */
  async trainOnBatch(x: DataLike, y?: DataLike | null, options: TrainOnBatchOptions = {}): Promise<Logs> {
    return this.#trainer.trainOnBatch(x, y ?? null, options);
  }

  /**
   * The loss and the metrics of one batch alone.
   *
   * @throws ValueError if data or options do not fit.
   * @example
   * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones' })]);
   * model.compile({ loss: 'mse' });
   * await model.testOnBatch([[1], [2]], [[2], [4]]);    // { loss: 2.5 }
   * @see https://keras.io/api/models/model_training_apis/#test_on_batch-method
   */
  async testOnBatch(x: DataLike, y?: DataLike | null, options: OnBatchOptions = {}): Promise<Logs> {
    return this.#trainer.testOnBatch(x, y ?? null, options);
  }

  /**
   * The outputs for one batch.
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

  /** Starts counting the reported loss and the metrics anew. */
  resetMetrics(): void {
    this.#trainer.compiled?.resetMetrics();
  }

  /** Whether more or less is better, of a metric that `compile` was given; `null` if nobody knows. */
  metricDirection(name: string): 'up' | 'down' | null {
    return this.#trainer.compiled?.metrics.directionOf(name) ?? null;
  }

  /**
   * The layer of a name, or at an index.
   *
   * @throws TypeError if there is no such name; ValueError if there is no such index.
   * @example
   * const model = new Sequential([new layers.Flatten(), new layers.Dense(10, { name: 'head' })]);
   * model.getLayer('head') === model.getLayer({ index: 1 });    // true
   * @see https://keras.io/api/models/model/#get_layer-method
   */
  getLayer(which: string | { readonly index: number }): Layer {
    const { layers } = this;
    if (typeof which === 'string') {
      const found = layers.find((layer) => layer.name === which);
      if (found !== undefined) return found;
      throw unknownName(
        this.who,
        'layer',
        which,
        layers.map((layer) => layer.name),
      );
    }
    if (!isRecord(which)) {
      throw new TypeError(`[${this.who}] getLayer expects a name or { index }. Received: ${show(which)}.`);
    }
    const found = layers[checkInteger(this.who, 'index', which.index, 0)];
    if (found !== undefined) return found;
    throw new ValueError(`[${this.who}] getLayer: there are ${layers.length} layers. Received: index=${which.index}.`);
  }

  /**
   * Prints a table of the layers, with the shapes of their outputs and their numbers of parameters.
   *
   * @throws ValueError if the lines are too short, or `layerRange` names no layers.
   * @example
   * const model = new Sequential([Input({ shape: [4] }), new layers.Dense(10)]);
   * model.summary();
   * model.summary({ showTrainable: true, printFn: (text) => console.log(text) });
   * @see https://keras.io/api/models/model/#summary-method
   */
  summary(options: SummaryOptions & { readonly printFn?: PrintFunction | undefined } = {}): void {
    checkSummaryOptions(this.who, options);
    const { optimizer } = this;
    const source = {
      name: this.name,
      who: this.who,
      layers: this.summaryLayers,
      connections: this.connections,
      trainableWeights: this.trainableWeights,
      nonTrainableWeights: this.nonTrainableWeights,
      optimizerVariables: optimizer?.built === true ? optimizer.variables : null,
    };
    (options.printFn ?? print)(summaryText(source, options, terminal.columns));
  }

  /** The rows of the summary: in models of symbolic tensors, the functions between the layers too. */
  protected get summaryLayers(): readonly (Layer | Operation)[] {
    return this.layers;
  }

  /** Where each layer's inputs come from, for the summary; null where the layers stand one behind the other. */
  protected get connections(): ReadonlyMap<Layer | Operation, string> | null {
    return null;
  }

  /** What the model is fed: the shape, the type and the name of each input; null before it is built. */
  get inputSignature(): Tree<InputSignature> | null {
    return signatureOf(this.builtShape, this.feedType);
  }

  /**
   * Writes what `predict` computes as an ONNX file, `.onnx`, for other runtimes: ONNX's own operators alone (version 21),
   * the weights inside or, above 2 GB, in `<file>.data` beside it. Inputs and outputs have the names of their layers. The
   * batch stays free, and so do other sizes that an `Input` leaves open. Layers such as Dropout do nothing, as in `predict`.
   *
   *     await model.export('digits.onnx');
   *     await model.export('digits-of-one.onnx', { inputSignature: { shape: [1, 28, 28] } });
   *
   * Where there are no files, `toBytes('onnx')` gives the bytes.
   *
   * @throws ValueError if it is not known what the model is fed, or it cannot take any size where one is free;
   * NotImplementedError if it draws random numbers, or depends on a free size in another way than by shapes. There is no
   * new file then.
   * @see https://keras.io/api/models/model_saving_apis/export/
   */
  async export(path: string | URL, options: ExportOptions = {}): Promise<void> {
    // Few programs export: the others need not load it.
    const { exportModel } = await import('../export/export-model.ts');
    await exportModel(this, path, options);
  }

  /** How files find the class. */
  protected get registration(): Registration {
    return { module: null, registered_name: getRegisteredName(this.constructor) ?? this.className };
  }

  /** @param _context records the layers that are written, so that shared layers can be marked */
  override getConfig(_context?: WriteContext): Config {
    return super.getConfig();
  }

  /** Keras's JSON of the whole model, for `JSON.stringify`: class, config, build_config and compile_config. */
  toJSON(): Config {
    return this.serialize(new WriteContext());
  }

  /** Keras's JSON of the whole model, of which the context records the layers. */
  serialize(context: WriteContext): Config {
    const shape = this.builtShape as Json;
    return {
      module: this.registration.module,
      class_name: this.className,
      config: this.getConfig(context),
      registered_name: this.registration.registered_name,
      ...(this.built ? { build_config: { input_shape: shape } } : {}),
      compile_config: this.getCompileConfig(),
    };
  }

  /**
   * Writes the model into a file: what it is made of, its weights, and how it is trained, with the state of the
   * optimizer. The format goes by the name: `.keras`, which Keras 3 reads, or `.h5`, which older versions read too.
   *
   *     await model.save('digits.keras');
   *     const again = await loadModel('digits.keras');
   *
   * @throws ValueError if the name has another ending, or something cannot be written; TypeError if a function has no
   * name. A file that was there is as it was then.
   * @see https://keras.io/api/models/model_saving_apis/model_saving_and_loading/#save-method
   */
  async save(path: FilePath, options: SaveOptions = {}): Promise<void> {
    await saveModel(this, path, options);
  }

  /**
   * Writes the weights into a file: `.weights.h5`, Keras's format, which has the state of the optimizer too; `.h5`, the
   * older one; or `.safetensors`, under the paths of the weights.
   *
   *     await model.saveWeights('digits.weights.h5');
   *     await model.loadWeights('digits.weights.h5');
   *
   * @throws ValueError if the name has another ending, or the model is not built. A file that was there is as it was then.
   * @see https://keras.io/api/models/model_saving_apis/weights_saving_and_loading/#save_weights-method
   */
  async saveWeights(path: FilePath, options: SaveWeightsOptions = {}): Promise<void> {
    await saveModelWeights(this, path, options);
  }

  /**
   * Reads the weights from a file of any of the formats, from here or from Keras, or from its bytes. What the file is
   * goes by what is in it.
   *
   * @throws ValueError if the file is damaged, or its weights do not fit; the model is as it was then.
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
   * The bytes of a file of the model, for where there are no files, or other places to put them: `'keras'` and `'h5'` are
   * whole models, `'weights.h5'` and `'safetensors'` weights alone, and `'onnx'` is what `export` writes.
   *
   * @throws ValueError if there is no such format, or something cannot be written.
   * @example
   * const model = new Sequential([Input({ shape: [2] }), new layers.Dense(1)]);
   * const again = await loadModel(await model.toBytes('keras'));
   * again.countParams();    // 3
   * const file = await model.toBytes('onnx', { inputSignature: { shape: [1, 2], name: 'point' } });
   */
  toBytes(format?: FileFormat, options?: ToBytesOptions): Promise<Uint8Array>;
  toBytes(format: 'onnx', options?: ExportOptions): Promise<Uint8Array>;
  async toBytes(
    format: FileFormat | 'onnx' = 'keras',
    options: ToBytesOptions | ExportOptions = {},
  ): Promise<Uint8Array> {
    if (format === 'onnx') {
      const { onnxBytes } = await import('../export/export-onnx.ts');
      return onnxBytes(this, options as ExportOptions);
    }
    return modelBytes(this, format, options as ToBytesOptions);
  }

  /** The state that metrics keep between steps. */
  get metricsVariables(): readonly Variable[] {
    return this.#trainer.compiled?.metricVariables ?? [];
  }
}

/** `(x, y, options)`, or `(batches, options)`. */
function splitArguments<Options extends object>(
  x: unknown,
  second: DataLike | Options | null | undefined,
  third: Options | undefined,
): readonly [DataLike | TensorLike | null, Options] {
  if (third === undefined && isBatchIterable(x) && isRecord(second) && !isTensor(second)) {
    return [null, second as unknown as Options];
  }
  return [(second ?? null) as DataLike | null, third ?? ({} as Options)];
}
