import { own } from '../../core/own.ts';
import { warn } from '../../core/print.ts';
import type { CallbackList } from '../callbacks/callback-list.ts';
import type { Logs } from '../callbacks/callback.ts';
import type { History } from '../callbacks/history.ts';
import { TerminateOnNaN } from '../callbacks/terminate-on-nan.ts';
import { anywhere, areEqual, averageState, ofFirst, throwIfAborted } from './agreement.ts';
import type { Compiled } from './compile/compiled.ts';
import type { Batch } from './data-adapters/data-adapter.ts';
import type { EpochIterator } from './epoch-iterator.ts';
import type { FitSettings } from './fit-options.ts';
import { type Preparation, type ReportedShapes, prepareBatch, prepareKnown } from './prepare.ts';
import type { StepResult } from './steps/step-program.ts';
import { StepReader } from './steps/step-reader.ts';
import type { TrainStep } from './steps/train-step.ts';
import type { TestStep } from './steps/test-step.ts';
import type { TrainableModel } from './trainable-model.ts';

/** The parts of a training. */
export interface Training {
  readonly model: TrainableModel;
  readonly compiled: Compiled;
  readonly step: TrainStep;
  readonly settings: FitSettings;
  readonly epochs: EpochIterator;
  readonly callbacks: CallbackList;
  readonly testStep: TestStep;
  /** A pass over the validation data; `null` without validation. */
  readonly validated: () => EpochIterator | null;
  /** Evaluates the model on validation data. */
  readonly validate: (data: EpochIterator) => Promise<Logs>;
  /** Fetches the state of the model from the device that has newer ones. */
  readonly syncState: () => Promise<void>;
  /** Gives all processes that train the model the state of the first. */
  readonly shareState: () => Promise<void>;
}

/** Trains. One call of `fit`. */
export function fit(training: Training): Promise<History> {
  return new FitLoop(training).run();
}

class FitLoop {
  readonly #training: Training;
  #hasStepped = false;
  #hasWarned = false;
  /** Whether the data was known before the first step, so that the programs of all steps have been made. */
  #isPrepared = false;

  constructor(training: Training) {
    this.#training = training;
  }

  async run(): Promise<History> {
    const { model, compiled, callbacks, settings, syncState, shareState } = this.#training;
    const restoreMetrics = await compiled.saveMetrics();
    try {
      await throwIfAborted(settings.signal);
      if (settings.epochs > settings.initialEpoch) await this.#prepare();
      model.stopTraining = false;
      model.initialEpoch = settings.initialEpoch;
      await callbacks.onTrainBegin({});
      // A callback may have set it: BackupAndRestore continues an interrupted training, which the first process has found.
      const initialEpoch = await ofFirst(model.initialEpoch);
      model.initialEpoch = initialEpoch;
      if (this.#isPrepared) await shareState();
      let logs: Logs = {};
      for (let epoch = initialEpoch; epoch < settings.epochs; epoch++) {
        logs = await this.#epoch(epoch);
        if (await this.#stops()) break;
      }
      if (settings.epochs > initialEpoch) compiled.optimizer.finalizeVariableValues();
      await callbacks.onTrainEnd(logs);
    } catch (error) {
      // The state after the last step; if it is lost with the device, that of the epoch before.
      await syncState().catch(() => undefined);
      callbacks.onInterrupt();
      if (!this.#hasStepped) restoreMetrics();
      throw error;
    } finally {
      this.#training.epochs.close();
    }
    return callbacks.history;
  }

  /** Whether a callback of the user reads the state between batches. */
  get #readsStateBetweenBatches(): boolean {
    return this.#training.settings.callbacks.some((each) => each.readsWeightsBetweenBatches);
  }

  /** Whether a callback ended the training. A getter, since the compiler assumes that the field keeps its last value. */
  get #isStopped(): boolean {
    return this.#training.model.stopTraining;
  }

  async #epoch(epoch: number): Promise<Logs> {
    const { compiled, callbacks, epochs, step, settings, validated, validate, syncState } = this.#training;
    compiled.resetMetrics();
    await callbacks.onEpochBegin(epoch, {});
    const reader = new StepReader((batch) => callbacks.readsLogsOf(batch));
    let count = 0;
    for await (const batch of epochs.enumerateEpoch()) {
      await throwIfAborted(settings.signal);
      await callbacks.onTrainBatchBegin(count, {});
      if (epochs.known === null) await this.#prepareNext(batch);
      this.#hasStepped = true;
      const result = await reader.next(count, await step.start(compiled, batch));
      this.#lookForNaN(result, epoch, count);
      if (this.#readsStateBetweenBatches) await syncState();
      await callbacks.onTrainBatchEnd(count, result.logs);
      await throwIfAborted(settings.signal);
      count++;
      // The callbacks of the package see the loss of all processes, so they end the training of all or of none.
      if (this.#readsStateBetweenBatches ? await this.#stops() : this.#isStopped) break;
    }
    const last = await reader.last();
    if (last !== null) this.#lookForNaN(last, epoch, count - 1);
    // Callbacks may read the state, and should the device be lost, no more than an epoch is.
    await syncState();
    await this.#agreeOnState();
    const epochLogs = { ...last?.logs };
    const data = settings.validatesAfter(epoch) ? validated() : null;
    if (data !== null) {
      for (const [name, value] of Object.entries(await validate(data))) epochLogs[`val_${name}`] = value;
    }
    await callbacks.onEpochEnd(epoch, epochLogs);
    return epochLogs;
  }

  /** Whether a callback of any process ended the training. */
  async #stops(): Promise<boolean> {
    const [stops = false] = await anywhere(this.#isStopped);
    this.#training.model.stopTraining = stops;
    return stops;
  }

  /** Averages the statistics that each process has computed from its own rows, and compares the weights of all. */
  async #agreeOnState(): Promise<void> {
    const { model, shareState } = this.#training;
    const trained = new Set(model.trainableWeights);
    await averageState(model.weights.filter((variable) => !trained.has(variable)));
    if (await areEqual(model.trainableWeights)) return;
    warn(
      `[${model.who}] the weights of the processes differ, which their processors have computed with different rounding. All go on with those of the first.`,
    );
    await shareState();
  }

  get #preparation(): Preparation {
    const { model, compiled, step } = this.#training;
    return { model, compiled, step, training: true };
  }

  /** Before anything changes, checks all data that is known, and whether the callbacks can use what will be reported. */
  async #prepare(): Promise<void> {
    const { model, compiled, testStep, epochs, settings } = this.#training;
    const count = settings.epochs - settings.initialEpoch;
    const reported = await prepareKnown(this.#preparation, epochs, count);
    const validation = this.#firstValidation;
    const tested =
      validation === null
        ? null
        : await prepareKnown({ model, compiled, step: testStep, training: false }, validation, 1);
    this.#isPrepared = reported !== null;
    if (reported !== null) this.#checkReported(reported, tested);
  }

  /** Prepares the first batch of data that arrives batch by batch, and checks the targets of every batch. */
  async #prepareNext(batch: Batch): Promise<void> {
    const { compiled } = this.#training;
    if (!this.#hasStepped) {
      this.#checkReported(await prepareBatch(this.#preparation, batch), null);
      await this.#training.shareState();
    }
    compiled.checkTargets(batch);
  }

  /** The validation data, if there is an epoch that ends with a validation. */
  get #firstValidation(): EpochIterator | null {
    const { settings, validated } = this.#training;
    for (let epoch = settings.initialEpoch; epoch < settings.epochs; epoch++) {
      if (settings.validatesAfter(epoch)) return validated();
    }
    return null;
  }

  #checkReported(trained: ReportedShapes, tested: ReportedShapes | null): void {
    const ofValidation = this.#firstValidation === null ? [] : [...(tested ?? trained)];
    const validated = ofValidation.map(([name, shape]) => [`val_${name}`, shape] as const);
    this.#training.callbacks.checkReported(new Map([...trained, ...validated]));
    this.#warnIfFrozen();
  }

  #warnIfFrozen(): void {
    const { model } = this.#training;
    if (model.trainableWeights.length > 0) return;
    warn(`[${model.who}] fit: the model has no trainable weights, so training changes none.`);
  }

  /** Warns of a loss that is NaN. Of steps whose results were not read, the mean over the epoch tells. */
  #lookForNaN({ loss, logs }: StepResult, epoch: number, step: number): void {
    if (this.#hasWarned || (!Number.isNaN(loss) && !Number.isNaN(own(logs, 'loss') ?? 0))) return;
    this.#hasWarned = true;
    const { model, settings } = this.#training;
    const place = `the loss is NaN in epoch ${epoch + 1}, step ${step + 1}`;
    const causes = 'Look for a learning rate that is too large, or NaN in the data';
    warn(
      settings.callbacks.some((callback) => callback instanceof TerminateOnNaN)
        ? `[${model.who}] ${place}. TerminateOnNaN ends the training. ${causes}.`
        : `[${model.who}] ${place}. Training continues with weights that are NaN. ${causes}; callbacks: [new TerminateOnNaN()] ends the training.`,
    );
  }
}
