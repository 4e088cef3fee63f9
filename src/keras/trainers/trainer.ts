/*
 * Training, evaluation and prediction of one model. Each file owns some of the arguments of `fit`:
 *
 * fit-options.ts      checks all options before anything changes
 * data-adapters/      x, y, sampleWeight, classWeight, batchSize, shuffle, validationSplit
 *   get-data-adapter    chooses the adapter
 *   read-batch          turns user data into flat lists of tensors and their structure
 *   array-data-adapter, generator-data-adapter    cut the data into batches
 * epoch-iterator.ts   stepsPerEpoch, validationSteps: cuts passes over the data into epochs
 * trainer.ts          validationData, validationBatchSize, verbose, and one training at a time
 * fit.ts              epochs, initialEpoch, callbacks, validationFreq, signal: the loop
 * steps/              the program of one step
 * compile/            loss, lossWeights, metrics, weightedMetrics, optimizer: the arguments of `compile`
 * weight-freezing.ts  whether evaluation and prediction freeze the weights into the program
 */
import type { WeightsLike } from '../../core/data.ts';
import { ValueError } from '../../core/errors.ts';
import { dataParallelism, writesFiles } from '../../core/world.ts';
import { checkOptions } from '../../core/checks.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Tree } from '../../core/tree.ts';
import { terminal } from '#terminal';
import { CallbackList } from '../callbacks/callback-list.ts';
import type { Logs } from '../callbacks/callback.ts';
import type { History } from '../callbacks/history.ts';
import type { ReadContext } from '../saving/read-context.ts';
import type { CompileOptions } from './compile/compile-options.ts';
import { Compiled } from './compile/compiled.ts';
import { shareState } from './agreement.ts';
import { ArrayDataAdapter } from './data-adapters/array-data-adapter.ts';
import { dealBatch } from './data-adapters/deal-rows.ts';
import { WorldDataAdapter } from './data-adapters/world-data-adapter.ts';
import { gatherRows } from './gather-rows.ts';
import { type ClassWeight, readClassWeight } from './data-adapters/class-weight.ts';
import type { Batch, DataAdapter } from './data-adapters/data-adapter.ts';
import {
  type BatchingOptions,
  getDataAdapter,
  getValidationAdapter,
  trainValidationSplit,
} from './data-adapters/get-data-adapter.ts';
import type { ExpectedData } from './data-adapters/expected-data.ts';
import { inFeedTypes, readBatch } from './data-adapters/read-batch.ts';
import { isBatchIterable } from './data-adapters/read-data.ts';
import { EpochIterator } from './epoch-iterator.ts';
import { evaluate } from './evaluate.ts';
import {
  type EvaluateOptions,
  type FitOptions,
  type FitSettings,
  type PredictOptions,
  type RunSettings,
  readEvaluateOptions,
  readFitOptions,
  readPredictOptions,
} from './fit-options.ts';
import { fit } from './fit.ts';
import { predict } from './predict.ts';
import { Trace } from '../../compiler/graph/trace.ts';
import type { Value } from '../../compiler/ir/value.ts';
import { download } from '../../compiler/ir/variable.ts';
import { Program } from '../../compiler/program/program.ts';
import { logValue } from '../callbacks/log-value.ts';
import { type StepData, computeLoss, computeMetrics } from './steps/step-graph.ts';
import { PredictStep } from './steps/predict-step.ts';
import { TestStep } from './steps/test-step.ts';
import { TrainStep } from './steps/train-step.ts';
import { type TrainableModel, buildFor } from './trainable-model.ts';
import { FREEZE_FROM, FREEZE_VALIDATION_FROM, WeightFreezing } from './weight-freezing.ts';

/** Options of `testOnBatch`. */
export interface OnBatchOptions {
  /** Weights of the rows in the loss; with several outputs one for all, or one for each. @default null, all alike */
  readonly sampleWeight?: WeightsLike | null | undefined;
}

/** Options of `trainOnBatch`. */
export interface TrainOnBatchOptions extends OnBatchOptions {
  /** Weights of the classes in the loss. @default null, all alike */
  readonly classWeight?: ClassWeight | null | undefined;
}

/**
 * Trains, evaluates and predicts with one model. All arguments are checked before anything changes.
 * @see https://github.com/keras-team/keras/blob/master/keras/src/trainers/trainer.py
 */
export class Trainer {
  readonly #model: TrainableModel;
  readonly #trainStep: TrainStep;
  readonly #testStep: TestStep;
  readonly #predictStep: PredictStep;
  readonly #freezing: WeightFreezing;
  #compiled: Compiled | null = null;
  /** The compilation whose state single steps have given to all processes. */
  #sharedFor: Compiled | null = null;
  /** The method that is training the model; `null` if none is. */
  #running: string | null = null;

  constructor(model: TrainableModel) {
    this.#model = model;
    this.#trainStep = new TrainStep(model);
    this.#testStep = new TestStep(model);
    this.#predictStep = new PredictStep(model);
    this.#freezing = new WeightFreezing(model);
  }

  get #who(): string {
    return this.#model.who;
  }

  /** The optimizer, losses and metrics that `compile` received; `null` before. */
  get compiled(): Compiled | null {
    return this.#compiled;
  }

  /** @throws TypeError if a name is unknown; ValueError if an option is not supported or a training is running. */
  compile(options: CompileOptions, context: ReadContext): void {
    this.#refuseWhileTraining('compile');
    this.#compiled = new Compiled(this.#who, options, context, this.#model);
    this.#trainStep.clear();
    this.#testStep.clear();
  }

  /** The loss of the outputs with the penalties of layers and weights; `null` if there is none. */
  computeLoss(data: StepData, trace: Trace): Value | null {
    return computeLoss(this.#model, this.#requireCompiled('computeLoss'), data, trace);
  }

  /** Updates the metrics, and returns the loss and all metrics so far. */
  computeMetrics(data: StepData, trace: Trace): Readonly<Record<string, Value>> {
    return computeMetrics(this.#model, this.#requireCompiled('computeMetrics'), data, trace);
  }

  /** The loss and the metrics so far, from their state. */
  async getMetricsResult(): Promise<Logs> {
    const reported = this.#requireCompiled('getMetricsResult').results(new Trace());
    if (reported.length === 0) return {};
    const program = new Program({ inputs: [], outputs: reported.map(({ value }) => value), updates: [] });
    const results = await program.run([]);
    return Object.fromEntries(results.map((result, i) => [reported[i]?.name ?? '', logValue(result)]));
  }

  /** Fetches the weights, the state of the optimizer and that of the metrics from the device that has newer ones. */
  async syncState(): Promise<void> {
    await download(this.#model.weights);
    const compiled = this.#compiled;
    if (compiled !== null) await download([...compiled.optimizer.variables, ...compiled.metricVariables]);
  }

  #requireCompiled(method: string): Compiled {
    if (this.#compiled !== null) return this.#compiled;
    throw new ValueError(
      `[${this.#who}] ${method} needs a compiled model: call compile({ optimizer, loss, metrics }) first.`,
    );
  }

  #refuseWhileTraining(method: string): void {
    if (this.#running === null) return;
    throw new ValueError(
      `[${this.#who}] ${method} cannot begin while ${this.#running} is training this model. Wait for its promise first.`,
    );
  }

  async fit(x: unknown, y: unknown, options: FitOptions): Promise<History> {
    const model = this.#model;
    const compiled = this.#requireCompiled('fit');
    this.#refuseWhileTraining('fit');
    const settings = readFitOptions(this.#who, options);
    const [data, validation] = this.#fitData(x, y, options, settings);
    const signal = dataParallelism() === null ? settings.signal : null;
    const epochs = new EpochIterator(this.#who, data, settings.steps, signal);
    const verbose = !writesFiles() ? 0 : settings.verbose === 'auto' ? 1 : settings.verbose;
    const callbacks = new CallbackList(settings.callbacks, {
      model,
      params: { verbose, epochs: settings.epochs, steps: epochs.stepCount },
      addHistory: true,
      addProgbar: verbose !== 0,
    });
    const validated = (): EpochIterator | null =>
      validation === null ? null : new EpochIterator(this.#who, validation, settings.validationSteps, signal);
    const validate = (onData: EpochIterator): Promise<Logs> =>
      evaluate({
        ...{ model, compiled, callbacks, step: this.#testStep, signal: settings.signal, epochs: onData },
        isPrepared: true,
        freezing: this.#freezing,
        freezeFrom: FREEZE_VALIDATION_FROM,
      });
    return this.#train('fit', () =>
      fit({
        ...{ model, compiled, settings, epochs, callbacks, step: this.#trainStep, testStep: this.#testStep },
        ...{ validated, validate, syncState: () => this.syncState(), shareState: () => this.#shareState('fit') },
      }),
    );
  }

  /** The data to train on, and the data to validate on. */
  #fitData(
    x: unknown,
    y: unknown,
    options: FitOptions,
    settings: FitSettings,
  ): readonly [DataAdapter, DataAdapter | null] {
    const who = this.#who;
    const { batchSize, shuffle, classWeight, validationSplit, validationBatchSize } = settings;
    const training = this.#batching(batchSize, shuffle);
    const validation = this.#batching(validationBatchSize);
    const data = getDataAdapter(who, { x, y, sampleWeight: options.sampleWeight, classWeight }, training);
    if (validationSplit > 0) return trainValidationSplit(who, data, validationSplit, validation, classWeight !== null);
    const validated = getValidationAdapter(who, options.validationData, validation);
    return [this.#ofWorld(data), validated === null ? null : this.#ofWorld(validated)];
  }

  /** Batches of all processes: arrays are dealt to them, and of iterables each has its own. */
  #ofWorld(data: DataAdapter): DataAdapter {
    return dataParallelism() === null || data instanceof ArrayDataAdapter
      ? data
      : new WorldDataAdapter(this.#who, data);
  }

  /** Gives all processes that train the model the state of the first. */
  async #shareState(method: string): Promise<void> {
    const { optimizer, metricVariables } = this.#requireCompiled(method);
    await shareState(this.#who, [...this.#model.weights, ...optimizer.variables, ...metricVariables]);
  }

  #batching(batchSize: number, shuffle = false, needsTargets = true): BatchingOptions {
    return { batchSize, shuffle, needsTargets, expected: this.#expected };
  }

  /** The data that the model expects at present. */
  readonly #expected = (): ExpectedData => this.#model.expectedData;

  async evaluate(x: unknown, y: unknown, options: EvaluateOptions): Promise<Logs> {
    const compiled = this.#requireCompiled('evaluate');
    const settings = readEvaluateOptions(this.#who, options);
    const given = { x, y, sampleWeight: options.sampleWeight, classWeight: null };
    const data = this.#ofWorld(getDataAdapter(this.#who, given, this.#batching(settings.batchSize)));
    const signal = dataParallelism() === null ? settings.signal : null;
    const epochs = new EpochIterator(this.#who, data, settings.steps, signal);
    return this.#withCallbacks(settings, epochs, (callbacks) =>
      this.#keepingMetrics(compiled, () =>
        evaluate({
          ...{ model: this.#model, compiled, epochs, callbacks, step: this.#testStep, signal: settings.signal },
          isPrepared: false,
          freezing: this.#freezing,
          freezeFrom: FREEZE_FROM,
        }),
      ),
    );
  }

  async predict(x: unknown, options: PredictOptions): Promise<Tree<Tensor>> {
    const settings = readPredictOptions(this.#who, options);
    const given = { x, y: null, sampleWeight: null, classWeight: null };
    const data = getDataAdapter(this.#who, given, this.#batching(settings.batchSize, false, false));
    const epochs = new EpochIterator(this.#who, data, settings.steps, settings.signal);
    return this.#withCallbacks(settings, epochs, (callbacks) =>
      predict({
        ...{ model: this.#model, epochs, callbacks, step: this.#predictStep, signal: settings.signal },
        freezing: this.#freezing,
      }),
    );
  }

  async trainOnBatch(x: unknown, y: unknown, options: TrainOnBatchOptions): Promise<Logs> {
    const compiled = this.#requireCompiled('trainOnBatch');
    this.#refuseWhileTraining('trainOnBatch');
    checkOptions(this.#who, options, ['sampleWeight', 'classWeight']);
    const batch = this.#batch(x, y, options);
    return this.#train('trainOnBatch', async () => {
      buildFor(this.#model, batch);
      const program = await this.#trainStep.prepare(compiled, batch);
      compiled.checkTargets(batch);
      if (this.#sharedFor !== compiled) await this.#shareState('trainOnBatch');
      this.#sharedFor = compiled;
      return withFreshMetrics(compiled, async () => (await this.#trainStep.run(compiled, batch, program)).logs);
    });
  }

  async testOnBatch(x: unknown, y: unknown, options: OnBatchOptions): Promise<Logs> {
    const compiled = this.#requireCompiled('testOnBatch');
    checkOptions(this.#who, options, ['sampleWeight']);
    const batch = this.#batch(x, y, options);
    buildFor(this.#model, batch);
    await this.#testStep.prepare(compiled, batch);
    compiled.checkTargets(batch);
    return this.#keepingMetrics(compiled, () =>
      withFreshMetrics(compiled, async () => (await this.#testStep.run(compiled, batch, false)).logs),
    );
  }

  async predictOnBatch(x: unknown): Promise<Tree<Tensor>> {
    const batch = this.#batch(x, null, {});
    buildFor(this.#model, batch);
    const { leaves, treedef } = await this.#predictStep.run(batch, this.#freezing.forCall());
    return treedef.unflatten(await gatherRows(leaves, batch));
  }

  #batch(x: unknown, y: unknown, { sampleWeight, classWeight }: TrainOnBatchOptions): Batch {
    if (isBatchIterable(x)) {
      throw new TypeError(`[${this.#who}] one batch must be arrays. Received: an iterable of batches; pass it to fit.`);
    }
    const expected = this.#expected();
    const given = { x, y, sampleWeight, classWeight: readClassWeight(this.#who, classWeight) };
    return inFeedTypes(dealBatch(readBatch(this.#who, given, expected)), expected.float);
  }

  /** Runs `evaluate` or `predict` with callbacks, which are interrupted if it fails. */
  async #withCallbacks<T>(
    { callbacks: given, verbose: chosen }: RunSettings,
    { stepCount }: EpochIterator,
    work: (callbacks: CallbackList) => Promise<T>,
  ): Promise<T> {
    const shown = chosen === 'auto' ? (terminal.interactive ? 1 : 0) : chosen;
    const verbose = writesFiles() ? shown : 0;
    const callbacks = new CallbackList(given, {
      model: this.#model,
      params: { verbose, epochs: 1, steps: stepCount },
      addProgbar: verbose !== 0,
    });
    try {
      return await work(callbacks);
    } catch (error) {
      callbacks.onInterrupt();
      throw error;
    }
  }

  /** Marks the model as being trained, so that no second training starts. */
  async #train<T>(method: string, work: () => Promise<T>): Promise<T> {
    this.#running = method;
    try {
      return await work();
    } finally {
      this.#running = null;
    }
  }

  /** Restores the metrics afterwards if a training is running: a callback may evaluate. */
  async #keepingMetrics<T>(compiled: Compiled, work: () => Promise<T>): Promise<T> {
    if (this.#running === null) return work();
    const restore = await compiled.saveMetrics();
    try {
      return await work();
    } finally {
      restore();
    }
  }
}

/** Runs a step with metrics that start from zero. If it fails, the metrics are restored. */
async function withFreshMetrics<T>(compiled: Compiled, work: () => Promise<T>): Promise<T> {
  const restore = await compiled.saveMetrics();
  compiled.resetMetrics();
  try {
    return await work();
  } catch (error) {
    restore();
    throw error;
  }
}
