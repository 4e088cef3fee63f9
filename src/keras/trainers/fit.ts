import { CallbackList } from '../callbacks/callback-list.ts';
import type { Logs } from '../callbacks/callback.ts';
import type { History } from '../callbacks/history.ts';
import { TerminateOnNaN } from '../callbacks/terminate-on-nan.ts';
import type { Compiled } from './compile/compiled.ts';
import type { Batch } from './data-adapters/batch.ts';
import { Epochs } from './data-adapters/epochs.ts';
import { warn } from '../../core/print.ts';
import { runEvaluation } from './evaluate.ts';
import type { FitData } from './fit-data.ts';
import type { FitSettings } from './fit-options.ts';
import { type TrainingHost, throwIfAborted } from './host.ts';

/** Validation within a training runs once between changes of the weights: below this, baking them in costs more than it gives. */
const BAKE_VALIDATION_FROM = 16;

/** One call of fit, under way. */
export class FitRun {
  readonly #host: TrainingHost;
  readonly #compiled: Compiled;
  readonly #settings: FitSettings;
  readonly #data: FitData;
  readonly #validation: FitData | null;
  readonly #epochs: Epochs;
  readonly #callbacks: CallbackList;
  #prepared = false;
  #warned = false;

  constructor(host: TrainingHost, settings: FitSettings, data: FitData, validation: FitData | null) {
    const who = host.model.who;
    this.#host = host;
    this.#compiled = host.compiled('fit');
    this.#settings = settings;
    this.#data = data;
    this.#validation = validation;
    this.#epochs = new Epochs(who, data.source, settings.steps);
    const verbose = settings.verbose === 'auto' ? 1 : settings.verbose;
    this.#callbacks = new CallbackList(settings.callbacks, {
      model: host.model,
      params: { verbose, epochs: settings.epochs, steps: this.#epochs.stepCount },
      addHistory: true,
      addProgbar: verbose !== 0,
    });
  }

  async run(): Promise<History> {
    const { epochs, signal } = this.#settings;
    const callbacks = this.#callbacks;
    const { model } = this.#host;
    model.stopTraining = false;
    model.initialEpoch = this.#settings.initialEpoch;
    try {
      throwIfAborted(signal);
      await callbacks.onTrainBegin({});
      // A callback may have set it: BackupAndRestore goes on where a training ended.
      const { initialEpoch } = model;
      let logs: Logs = {};
      for (let epoch = initialEpoch; epoch < epochs; epoch++) {
        logs = await this.#epoch(epoch);
        // A hook may have set it; the compiler believes what was assigned above.
        if (this.#stops) break;
      }
      if (epochs > initialEpoch) this.#compiled.optimizer.finalizeVariableValues();
      await callbacks.onTrainEnd(logs);
    } catch (error) {
      callbacks.interrupt();
      throw error;
    }
    return callbacks.history;
  }

  get #stops(): boolean {
    return this.#host.model.stopTraining;
  }

  async #epoch(epoch: number): Promise<Logs> {
    const callbacks = this.#callbacks;
    this.#compiled.resetMetrics();
    await callbacks.onEpochBegin(epoch, {});
    let logs: Logs = {};
    let step = 0;
    for await (const batch of this.#epochs.next()) {
      throwIfAborted(this.#settings.signal);
      await callbacks.onTrainBatchBegin(step, {});
      this.#prepare(batch);
      const result = await this.#host.steps.train(this.#compiled, batch);
      logs = result.logs;
      if (Number.isNaN(result.loss)) this.#warnOfNaN(epoch, step);
      await callbacks.onTrainBatchEnd(step, logs);
      throwIfAborted(this.#settings.signal);
      step++;
      if (this.#stops) break;
    }
    const epochLogs = { ...logs };
    if (this.#validation !== null && this.#settings.validatesAfter(epoch)) {
      const found = await this.#validate(this.#validation);
      for (const [name, value] of Object.entries(found)) epochLogs[`val_${name}`] = value;
    }
    await callbacks.onEpochEnd(epoch, epochLogs);
    return epochLogs;
  }

  /** Before the first step: the model is built, the program made, and all targets are looked at. */
  #prepare(batch: Batch): void {
    const { arrays } = this.#data;
    if (!this.#prepared) {
      this.#host.build(batch);
      this.#host.steps.prepareTraining(this.#compiled, batch);
      this.#warnIfFrozen();
      this.#check(arrays);
      this.#check(this.#validation?.arrays ?? null);
      this.#prepared = true;
    }
    if (arrays === null) this.#check(batch);
  }

  #check(data: Pick<Batch, 'y'> | null): void {
    if (data !== null) this.#compiled.checkTargets(data.y);
  }

  #validate({ source, arrays }: FitData): Promise<Logs> {
    return runEvaluation(this.#host, {
      compiled: this.#compiled,
      epochs: new Epochs(this.#host.model.who, source, this.#settings.validationSteps),
      arrays,
      callbacks: this.#callbacks,
      signal: this.#settings.signal,
      bakeFrom: BAKE_VALIDATION_FROM,
    });
  }

  #warnIfFrozen(): void {
    const { model } = this.#host;
    if (model.trainableWeights.length > 0) return;
    warn(`[${model.who}] fit: no weight of the model can be trained, so training changes none.`);
  }

  #warnOfNaN(epoch: number, step: number): void {
    if (this.#warned) return;
    this.#warned = true;
    const place = `the loss is NaN in epoch ${epoch + 1}, step ${step + 1}`;
    const causes = 'Look for a learning rate that is too large, or NaN in the data';
    const ends = this.#settings.callbacks.some((callback) => callback instanceof TerminateOnNaN);
    warn(
      ends
        ? `[${this.#host.model.who}] ${place}. TerminateOnNaN ends the training. ${causes}.`
        : `[${this.#host.model.who}] ${place}. Training goes on; the weights are NaN from here. ${causes}; callbacks: [new TerminateOnNaN()] ends the training.`,
    );
  }
}
