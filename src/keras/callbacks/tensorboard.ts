import { warn } from '../../core/print.ts';
import { writesFiles } from '../../core/world.ts';
import type { FilePath } from '../../formats/files/files.ts';
import type { Summary } from '../../formats/tensorboard/events.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';
import type { Fields } from '../saving/fields.ts';
import { Callback, type Logs } from './callback.ts';
import { EmbeddingProjector, type EmbeddingsMetadata } from './embedding-projector.ts';
import { learningRatesOf } from './learning-rate.ts';
import { vectorOf } from './log-value.ts';
import { type TensorBoardOptions, tensorBoardFields } from './tensorboard-options.ts';
import { TensorBoardRun } from './tensorboard-run.ts';
import { weightImageSummary } from './weight-images.ts';

const WHO = 'TensorBoard';
/** The encoders of summaries, imported on use, as they load the library for protobuf. */
const summaries = () => import('../../formats/tensorboard/summaries.ts');

/**
 * Writes event files for TensorBoard: the runs `train` and `validation`, with the names that Keras gives to values. TensorBoard
 * shows them during the training: `tensorboard --logdir logs`.
 *
 * | values                                      | name                                         | at the step            |
 * | ------------------------------------------- | -------------------------------------------- | ---------------------- |
 * | loss and metrics of an epoch                | `epoch_loss`, in both runs                   | epoch, from 0          |
 * | learning rate, speed                        | `epoch_learning_rate`, `epoch_steps_per_second` | epoch               |
 * | loss and metrics so far in the epoch, speed | `batch_loss`, `batch_steps_per_second`       | batch of the training  |
 * | results of evaluations                      | `evaluation_loss_vs_iterations`              | steps of the optimizer |
 * | weights and statistics                      | `net/bn/moving_mean/histogram`, `…/image`    | epoch                  |
 * | model                                       | `keras`                                      | 0                      |
 *
 * With a MultiOptimizer, there is an `epoch_learning_rate_adam` for each of its optimizers. Each number of a metric that has several,
 * such as one for each class, has its index at the end of its name. Embedding layers appear in the projector: `logDir` then also
 * has `projector_config.pbtxt` and a table for each of them. Browsers write to `opfs://folder` and `indexeddb://name`. Of several
 * processes that train one model, the first writes.
 *
 * @throws TypeError for an unknown option or one of a wrong type; NotImplementedError for profileBatch; at the start of training,
 * ValueError if a file cannot be written or embeddingsMetadata names an unknown layer.
 * @example
 * const board = new TensorBoard('runs/first', { histogramFreq: 1, updateFreq: 'batch' });
 * board.updateFreq;       // 1
 * board.histogramFreq;    // 1
 * @see https://keras.io/api/callbacks/tensorboard/
 */
export class TensorBoard extends Callback {
  static override readonly className: string = WHO;
  static override readonly positional = [
    'logDir',
    'histogramFreq',
    'writeGraph',
    'writeImages',
    'writeStepsPerSecond',
    'updateFreq',
    'profileBatch',
    'embeddingsFreq',
    'embeddingsMetadata',
  ] as const;
  static override readonly fields: Fields = tensorBoardFields;

  /** The folder of the runs. */
  declare readonly logDir: FilePath;
  /** The interval of the histograms of weights, in epochs. */
  declare readonly histogramFreq: number;
  /** Whether to write the model. */
  declare readonly writeGraph: boolean;
  /** Whether to write the weights as images. */
  declare readonly writeImages: boolean;
  /** Whether to write the number of steps per second. */
  declare readonly writeStepsPerSecond: boolean;
  /** The interval of the values of batches. */
  declare readonly updateFreq: 'epoch' | number;
  /** 0: nothing is profiled. */
  declare readonly profileBatch: 0;
  /** The interval of the matrices of Embedding layers, in epochs. */
  declare readonly embeddingsFreq: number;
  /** The files with the labels of the rows of those matrices. */
  declare readonly embeddingsMetadata: EmbeddingsMetadata;

  #train: TensorBoardRun;
  #validation: TensorBoardRun;
  #projector: EmbeddingProjector | null = null;
  #inFit = false;
  #hasGraph = false;
  /** The number of training batches since `fit` began. */
  #batch = 0;
  #batchStart = 0;
  #epochStart = 0;
  #iterationsBefore = 0;

  constructor(...args: Arguments<TensorBoardOptions, typeof TensorBoard.positional>);
  constructor(logDir: FilePath, options?: TensorBoardOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    [this.#train, this.#validation] = this.#makeRuns();
  }

  /** Whether weights are read between batches: they are not, so a GPU need not hand them over after each step. */
  override get readsWeightsBetweenBatches(): boolean {
    return this.overridesBatchHooksOf(TensorBoard);
  }

  override readsLogsOf(): boolean {
    const isDue = this.updateFreq !== 'epoch' && this.#batch % this.updateFreq === 0;
    return isDue || this.overridesBatchHooksOf(TensorBoard);
  }

  override async onTrainBegin(): Promise<void> {
    this.#projector =
      this.embeddingsFreq === 0 ? null : new EmbeddingProjector(WHO, this.logDir, this.model, this.embeddingsMetadata);
    await this.#begin();
    await this.#train.open();
    await this.#projector?.writeConfig();
    this.#inFit = true;
    this.#batch = 0;
  }

  override async onTrainEnd(): Promise<void> {
    this.#inFit = false;
    await this.#flush();
  }

  override onEpochBegin(): void {
    this.#iterationsBefore = this.#iterations;
    this.#epochStart = performance.now();
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    await this.#addEpoch(epoch, logs);
    if (this.histogramFreq > 0 && epoch % this.histogramFreq === 0) await this.#addWeights(epoch);
    if (this.embeddingsFreq > 0 && epoch % this.embeddingsFreq === 0) await this.#projector?.writeMatrices();
    await this.#flush();
  }

  override onTrainBatchBegin(): void {
    this.#batch++;
    this.#batchStart = performance.now();
  }

  override async onTrainBatchEnd(_batch: number, logs: Logs): Promise<void> {
    // A model without an input shape is built by its first step.
    await this.#addGraph();
    if (this.updateFreq === 'epoch' || this.#batch % this.updateFreq !== 0) return;
    const speed = this.writeStepsPerSecond ? { steps_per_second: perSecond(1, this.#batchStart) } : {};
    await this.#train.add(this.#batch, await scalars((name) => `batch_${name}`, { ...speed, ...logs }));
  }

  override async onTestBegin(): Promise<void> {
    if (!this.#inFit) await this.#begin();
    await this.#validation.open();
  }

  override async onTestEnd(logs: Logs): Promise<void> {
    const values = await scalars((name) => `evaluation_${name}_vs_iterations`, logs);
    await this.#validation.add(this.#iterations, values);
    if (!this.#inFit) await this.#flush();
  }

  /** Writes the values that wait, as far as that is possible: the error that ended the training is the one to report. */
  override onInterrupt(): void {
    this.#inFit = false;
    this.#flush().catch(() => undefined);
  }

  /** The number of steps of the optimizer. */
  get #iterations(): number {
    return this.model.optimizer.iterations.value.item();
  }

  /** The runs of one training or evaluation: each has files of its own. */
  #makeRuns(): [train: TensorBoardRun, validation: TensorBoardRun] {
    return [new TensorBoardRun(WHO, this.logDir, 'train'), new TensorBoardRun(WHO, this.logDir, 'validation')];
  }

  async #begin(): Promise<void> {
    [this.#train, this.#validation] = this.#makeRuns();
    this.#hasGraph = false;
    await this.#addGraph();
  }

  async #flush(): Promise<void> {
    await this.#train.flush();
    await this.#validation.flush();
  }

  /** Adds the model, once it is built; as in Keras, not one whose class defines `call`. */
  async #addGraph(): Promise<void> {
    const { model } = this;
    if (!this.writeGraph || this.#hasGraph || !model.built) return;
    this.#hasGraph = true;
    if (!['Functional', 'Sequential'].includes(model.className)) return;
    let json: string;
    try {
      json = model.toJson();
    } catch (error) {
      warn(`[${WHO}] the graph is not written: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    const { kerasModelSummary } = await summaries();
    await this.#train.open();
    await this.#train.add(0, [kerasModelSummary('keras', json)]);
  }

  async #addEpoch(epoch: number, logs: Logs): Promise<void> {
    const entries = Object.entries(logs);
    const validation = entries
      .filter(([name]) => name.startsWith('val_'))
      .map(([name, value]) => [name.slice(4), value]);
    const training = entries.filter(([name]) => !name.startsWith('val_'));
    const steps = this.#iterations - this.#iterationsBefore;
    const speed = this.writeStepsPerSecond ? { steps_per_second: perSecond(steps, this.#epochStart) } : {};
    const values = { ...Object.fromEntries(training), ...learningRatesOf(this.model), ...speed };
    const nameOf = (name: string): string => `epoch_${name}`;
    await this.#train.add(epoch, await scalars(nameOf, values));
    await this.#validation.add(epoch, await scalars(nameOf, Object.fromEntries(validation) as Logs));
  }

  async #addWeights(epoch: number): Promise<void> {
    if (!writesFiles()) return;
    const { histogramSummary } = await summaries();
    const found: Summary[] = [];
    for (const { weights } of this.model.layers) {
      for (const { path, value } of weights) {
        const tag = path.replaceAll(':', '_');
        found.push(histogramSummary(`${tag}/histogram`, value.data));
        const images = this.writeImages ? await weightImageSummary(`${tag}/image`, value) : null;
        if (images !== null) found.push(images);
      }
    }
    await this.#train.add(epoch, found);
  }
}

/** A rate since a time in milliseconds. */
const perSecond = (count: number, start: number): number => count / (Math.max(performance.now() - start, 1e-3) / 1000);

async function scalars(nameOf: (name: string) => string, logs: Logs): Promise<readonly Summary[]> {
  const { scalarSummary } = await summaries();
  return Object.entries(logs).flatMap(([name, value]) => {
    const vector = vectorOf(value);
    if (vector === null) return [scalarSummary(nameOf(name), value)];
    return vector.map((each, i) => scalarSummary(`${nameOf(name)}_${i}`, each));
  });
}
