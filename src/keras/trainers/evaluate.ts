import type { CallbackList } from '../callbacks/callback-list.ts';
import type { Logs } from '../callbacks/callback.ts';
import type { Compiled } from './compile/compiled.ts';
import type { Arrays } from './data-adapters/array-source.ts';
import type { Batch } from './data-adapters/batch.ts';
import type { Epochs } from './data-adapters/epochs.ts';
import { versionsOf } from './steps/steps.ts';
import { type TrainingHost, throwIfAborted } from './host.ts';

export interface Evaluation {
  readonly compiled: Compiled;
  readonly epochs: Epochs;
  /** The whole data, if it is in arrays: its targets are checked before the first step. */
  readonly arrays: Arrays | null;
  readonly callbacks: CallbackList;
  readonly signal: AbortSignal | null;
  /** From how many batches on the weights are baked into the program. */
  readonly bakeFrom: number;
}

/** Which weights each model was evaluated or asked to predict with last: the same again are worth baking in. */
const lastVersions = new WeakMap<object, string>();

/**
 * Decides for each step of a run over data whether the weights are baked into its program. Making such a program pays
 * after a few steps, or at once where the weights are those of the last run.
 */
export class Baking {
  readonly #unchanged: boolean;
  readonly #steps: number | null;
  readonly #from: number;
  readonly #rows: number;

  constructor(host: TrainingHost, first: Batch, steps: number | null, from: number) {
    const versions = versionsOf(host.model.weights);
    this.#unchanged = lastVersions.get(host.model) === versions;
    lastVersions.set(host.model, versions);
    this.#steps = steps;
    this.#from = from;
    this.#rows = first.size;
  }

  wants(batch: Batch, step: number): boolean {
    if (this.#unchanged) return true;
    // A short last batch comes once: a program of its own, made anew after each change, would not pay.
    if (batch.size !== this.#rows) return false;
    return (this.#steps ?? step) >= this.#from;
  }
}

/** Runs over the data once and gives the loss and the metrics. */
export async function runEvaluation(host: TrainingHost, evaluation: Evaluation): Promise<Logs> {
  const { compiled, epochs, callbacks, signal, arrays } = evaluation;
  await callbacks.onTestBegin({});
  compiled.resetMetrics();
  let logs: Logs = {};
  let step = 0;
  let baking: Baking | null = null;
  for await (const batch of epochs.next()) {
    throwIfAborted(signal);
    await callbacks.onTestBatchBegin(step, {});
    if (step === 0) {
      host.build(batch);
      host.steps.prepareTest(compiled, batch);
      if (arrays !== null) compiled.checkTargets(arrays.y);
    }
    if (arrays === null) compiled.checkTargets(batch.y);
    baking ??= new Baking(host, batch, epochs.stepCount, evaluation.bakeFrom);
    const result = await host.steps.test(compiled, batch, baking.wants(batch, step));
    logs = result.logs;
    await callbacks.onTestBatchEnd(step, logs);
    step++;
  }
  throwIfAborted(signal);
  await callbacks.onTestEnd(logs);
  return logs;
}
