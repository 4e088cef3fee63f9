import type { Config, Json } from '../core/config.ts';
import { ValueError, show } from '../core/errors.ts';
import { isRecord } from '../core/config.ts';
import { checkInteger, unknownName } from '../core/options.ts';
import type { CustomObjects } from '../core/registry.ts';
import type { TensorLike, Tensor } from '../core/tensor.ts';
import { type Tree, mapTree } from '../core/tree.ts';
import type { Variable } from '../graph/variable.ts';
import { Layer, type LayerOptions } from '../layers/layer.ts';
import { shapesOf } from '../layers/input-shape.ts';
import type { Optimizer } from '../optimizers/index.ts';
import { terminal } from '#terminal';
import type { History } from './callbacks/history.ts';
import type { CallbackModel, Logs } from './callbacks/callback.ts';
import { compileOptionsOf } from './compile/compile-config.ts';
import type { CompileOptions } from './compile/compile-options.ts';
import { Compiled } from './compile/compiled.ts';
import type { Batch } from './data/batch.ts';
import { type BatchIterable, type DataLike, type FloatType, isBatchIterable, isTensor } from './data/read-data.ts';
import { print } from './print.ts';
import { Steps } from './steps/steps.ts';
import { type SummaryOptions, checkSummaryOptions, summaryText } from './summary/summary.ts';
import type { EvaluateOptions, FitOptions, PredictOptions } from './training/fit-options.ts';
import { type TrainingHost, anyRows } from './training/host.ts';
import { type OnBatchOptions, Trainer, type TrainOnBatchOptions } from './training/trainer.ts';

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
  /** What the last `fit` returned. */
  history: History | null = null;
  #compiled: Compiled | null = null;
  readonly #steps: Steps = new Steps(this);
  readonly #trainer: Trainer = new Trainer(this.#host());

  /** The layers; of those that stand for inputs, only the ones that Keras counts. */
  get layers(): readonly Layer[] {
    return this.sublayers;
  }

  /** The names of the outputs; `null` where nothing names them. */
  get outputNames(): readonly string[] | null {
    return null;
  }

  /** The optimizer that `compile` was given. */
  get optimizer(): Optimizer | null {
    return this.#compiled?.optimizer ?? null;
  }

  /** The type in which floating data is fed. */
  protected get feedType(): FloatType {
    return this.dtype === 'float64' ? 'float64' : 'float32';
  }

  #host(): TrainingHost {
    const model = this as BaseModel;
    return {
      model,
      steps: this.#steps,
      get float() {
        return model.feedType;
      },
      compiled: (method) => model.#requireCompiled(method),
      build: (batch) => model.#buildFor(batch),
    };
  }

  #requireCompiled(method: string): Compiled {
    if (this.#compiled !== null) return this.#compiled;
    throw new ValueError(
      `[${this.who}] ${method} needs a compiled model: call compile({ optimizer, loss, metrics }) first.`,
    );
  }

  #buildFor({ x }: Batch): void {
    if (this.built) return;
    this.ensureBuilt(
      shapesOf(
        mapTree(x, isTensor, ({ shape }) => ({ shape: anyRows(shape) })),
        hasShape,
      ),
    );
  }

  /**
   * Says how to train: the optimizer, the loss and what to report.
   *
   * @throws TypeError if a name is unknown; ValueError if an option cannot be honoured. The model is as it was then.
   * @example
   * const model = new Sequential([new layers.Dense(10, { activation: 'softmax' })]);
   * model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] });
   * model.optimizer?.name;    // 'adam'
   * @see https://keras.io/api/models/model_training_apis/#compile-method
   */
  compile(options: CompileOptions = {}): void {
    this.#compile(options, {});
  }

  #compile(options: CompileOptions, customObjects: CustomObjects): void {
    this.#trainer.refuseWhileTraining('compile');
    this.#compiled = new Compiled(this.who, options, customObjects);
    this.#steps.forgetCompiled();
  }

  /** Compiles with what `getCompileConfig` gave, here or in Keras. */
  compileFromConfig(config: Config, customObjects: CustomObjects = {}): void {
    this.#compile(compileOptionsOf(config), customObjects);
    if (this.built) this.#compiled?.optimizer.build(this.trainableWeights);
  }

  /** What `compile` was told, as Keras's JSON; empty before. */
  getCompileConfig(): Config {
    return this.#compiled?.getConfig() ?? {};
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
    this.#compiled?.resetMetrics();
  }

  /** Whether more or less is better, of a metric that `compile` was given; `null` if nobody knows. */
  metricDirection(name: string): 'up' | 'down' | null {
    return this.#compiled?.metricDirection(name) ?? null;
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
      layers: this.layers,
      connections: this.connections,
      trainableWeights: this.trainableWeights,
      nonTrainableWeights: this.nonTrainableWeights,
      optimizerVariables: optimizer?.built === true ? optimizer.variables : null,
    };
    (options.printFn ?? print)(summaryText(source, options, terminal.columns));
  }

  /** Where each layer's inputs come from, for the summary; null where the layers stand one behind the other. */
  protected get connections(): ReadonlyMap<Layer, string> | null {
    return null;
  }

  /** How files find the class. */
  protected get registration(): Registration {
    return { module: null, registered_name: this.className };
  }

  /** Keras's JSON of the whole model, for `JSON.stringify`: class, config, build_config and compile_config. */
  toJSON(): Config {
    const shape = this.builtShape as Json;
    return {
      module: this.registration.module,
      class_name: this.className,
      config: this.getConfig(),
      registered_name: this.registration.registered_name,
      ...(this.built ? { build_config: { input_shape: shape } } : {}),
      compile_config: this.getCompileConfig(),
    };
  }

  /** The state that metrics keep between steps. */
  get metricsVariables(): readonly Variable[] {
    return this.#compiled?.metricVariables ?? [];
  }
}

const hasShape = (value: unknown): value is { readonly shape: readonly (number | null)[] } =>
  isRecord(value) && Array.isArray(value['shape']);

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
