import { flatten } from '../../core/tree.ts';
import type { CallbackList } from '../callbacks/callback-list.ts';
import type { Logs } from '../callbacks/callback.ts';
import type { Compiled } from '../compile/compiled.ts';
import type { Arrays } from '../data/array-source.ts';
import type { Epochs } from '../data/epochs.ts';
import { isTensor } from '../data/read-data.ts';
import { versionsOf } from '../steps/steps.ts';
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

/** Whether a program with the weights as constants is worth making for so many steps. */
export function worthBaking(host: TrainingHost, steps: number | null, bakeFrom: number): boolean {
  const versions = versionsOf(host.model.weights);
  const unchanged = lastVersions.get(host.model) === versions;
  lastVersions.set(host.model, versions);
  return unchanged || (steps !== null && steps >= bakeFrom);
}

/** Runs over the data once and gives the loss and the metrics. */
export async function runEvaluation(host: TrainingHost, evaluation: Evaluation): Promise<Logs> {
  const { compiled, epochs, callbacks, signal, arrays } = evaluation;
  await callbacks.onTestBegin({});
  compiled.resetMetrics();
  let logs: Logs = {};
  let step = 0;
  let bake = false;
  for await (const batch of epochs.next()) {
    throwIfAborted(signal);
    await callbacks.onTestBatchBegin(step, {});
    if (step === 0) {
      host.build(batch);
      host.steps.prepareTest(compiled, batch);
      if (arrays?.y) compiled.checkTargets(flatten(arrays.y, isTensor));
      bake = worthBaking(host, epochs.stepCount, evaluation.bakeFrom);
    }
    if (arrays === null && batch.y !== null) compiled.checkTargets(flatten(batch.y, isTensor));
    const result = await host.steps.test(
      compiled,
      batch,
      bake || (epochs.stepCount === null && step >= evaluation.bakeFrom),
    );
    logs = result.logs;
    await callbacks.onTestBatchEnd(step, logs);
    step++;
  }
  throwIfAborted(signal);
  await callbacks.onTestEnd(logs);
  return logs;
}
