import { warn } from '../../core/print.ts';
import type { CallbackList } from '../callbacks/callback-list.ts';
import type { Logs } from '../callbacks/callback.ts';
import type { History } from '../callbacks/history.ts';
import { TerminateOnNaN } from '../callbacks/terminate-on-nan.ts';
import type { Layer } from '../layers/base/layer.ts';
import type { Compiled } from './compile/compiled.ts';
import type { Batch } from './data-adapters/data-adapter.ts';
import type { EpochIterator } from './epoch-iterator.ts';
import type { FitSettings } from './fit-options.ts';
import type { TrainStep } from './steps/train-step.ts';
import { type TrainableModel, buildFor } from './trainable-model.ts';

/** The parts of a training. */
export interface Training {
  readonly model: TrainableModel;
  readonly compiled: Compiled;
  readonly step: TrainStep;
  readonly settings: FitSettings;
  readonly epochs: EpochIterator;
  readonly callbacks: CallbackList;
  /** All rows of the validation data, if it is in memory. */
  readonly validationData: Batch | null;
  /** Evaluates the model on the validation data; `null` without validation. */
  readonly validate: (() => Promise<Logs>) | null;
}

/** Trains. One call of `fit`. */
export function fit(training: Training): Promise<History> {
  return new FitLoop(training).run();
}

class FitLoop {
  readonly #training: Training;
  #isPrepared = false;
  #hasWarned = false;

  constructor(training: Training) {
    this.#training = training;
  }

  async run(): Promise<History> {
    const { model, compiled, callbacks, settings } = this.#training;
    model.stopTraining = false;
    model.initialEpoch = settings.initialEpoch;
    try {
      settings.signal?.throwIfAborted();
      await callbacks.onTrainBegin({});
      // A callback may have set it: BackupAndRestore continues an interrupted training.
      const { initialEpoch } = model;
      let logs: Logs = {};
      for (let epoch = initialEpoch; epoch < settings.epochs; epoch++) {
        logs = await this.#epoch(epoch);
        if (this.#isStopped) break;
      }
      if (settings.epochs > initialEpoch) compiled.optimizer.finalizeVariableValues();
      await callbacks.onTrainEnd(logs);
    } catch (error) {
      callbacks.onInterrupt();
      throw error;
    } finally {
      this.#training.epochs.close();
    }
    return callbacks.history;
  }

  /** Whether a callback ended the training. A getter, since the compiler assumes that the field keeps its last value. */
  get #isStopped(): boolean {
    return this.#training.model.stopTraining;
  }

  async #epoch(epoch: number): Promise<Logs> {
    const { compiled, callbacks, epochs, step, settings, validate } = this.#training;
    compiled.resetMetrics();
    await callbacks.onEpochBegin(epoch, {});
    let logs: Logs = {};
    let count = 0;
    for await (const batch of epochs.enumerateEpoch()) {
      settings.signal?.throwIfAborted();
      await callbacks.onTrainBatchBegin(count, {});
      await this.#prepare(batch);
      const result = await step.run(compiled, batch);
      logs = result.logs;
      if (Number.isNaN(result.loss)) this.#warnOfNaN(epoch, count);
      await callbacks.onTrainBatchEnd(count, logs);
      settings.signal?.throwIfAborted();
      count++;
      if (this.#isStopped) break;
    }
    const epochLogs = { ...logs };
    if (validate !== null && settings.validatesAfter(epoch)) {
      for (const [name, value] of Object.entries(await validate())) epochLogs[`val_${name}`] = value;
    }
    await callbacks.onEpochEnd(epoch, epochLogs);
    return epochLogs;
  }

  /** Before the first step, builds the model, makes the program and checks all targets. */
  async #prepare(batch: Batch): Promise<void> {
    const { model, compiled, step, epochs, validationData } = this.#training;
    if (!this.#isPrepared) {
      buildFor(model, batch);
      checkBatchSizes(model, batch.size, epochs.rowCount);
      await step.prepare(compiled, batch);
      this.#warnIfFrozen();
      for (const whole of [epochs.whole, validationData]) if (whole !== null) compiled.checkTargets(whole);
      this.#isPrepared = true;
    }
    if (epochs.whole === null) compiled.checkTargets(batch);
  }

  #warnIfFrozen(): void {
    const { model } = this.#training;
    if (model.trainableWeights.length > 0) return;
    warn(`[${model.who}] fit: the model has no trainable weights, so training changes none.`);
  }

  #warnOfNaN(epoch: number, step: number): void {
    if (this.#hasWarned) return;
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

/** Checks the sizes of all batches, the short last one included, if they are known. @throws ValueError if a layer refuses one */
function checkBatchSizes(layer: Layer, size: number, rowCount: number | null): void {
  const rest = rowCount === null ? 0 : rowCount % size;
  layer.checkBatchSize(size);
  if (rest > 0) layer.checkBatchSize(rest);
  for (const inner of layer.sublayers) checkBatchSizes(inner, size, rowCount);
}
