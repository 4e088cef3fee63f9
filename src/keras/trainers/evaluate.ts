import { dataParallelism } from '../../core/world.ts';
import type { CallbackList } from '../callbacks/callback-list.ts';
import type { Logs } from '../callbacks/callback.ts';
import { download } from '../../compiler/ir/variable.ts';
import { throwIfAborted } from './agreement.ts';
import type { Compiled } from './compile/compiled.ts';
import type { EpochIterator } from './epoch-iterator.ts';
import { StepReader } from './steps/step-reader.ts';
import type { TestStep } from './steps/test-step.ts';
import { prepareBatch, prepareKnown } from './prepare.ts';
import type { TrainableModel } from './trainable-model.ts';
import type { RunFreezing, WeightFreezing } from './weight-freezing.ts';

/** The parts of an evaluation. */
export interface Evaluation {
  readonly model: TrainableModel;
  readonly compiled: Compiled;
  readonly step: TestStep;
  readonly freezing: WeightFreezing;
  /** The number of steps from which freezing the weights pays. */
  readonly freezeFrom: number;
  readonly epochs: EpochIterator;
  /** Whether the programs of all known batches have been made. */
  readonly isPrepared: boolean;
  readonly callbacks: CallbackList;
  readonly signal: AbortSignal | null;
}

/** Runs over the data once. Returns the loss and the metrics. */
export async function evaluate(evaluation: Evaluation): Promise<Logs> {
  try {
    return await run(evaluation);
  } finally {
    evaluation.epochs.close();
  }
}

async function run(evaluation: Evaluation): Promise<Logs> {
  const { model, compiled, step, epochs, callbacks, signal } = evaluation;
  const preparation = { model, compiled, step, training: false };
  if (!evaluation.isPrepared) await prepareKnown(preparation, epochs, 1);
  await callbacks.onTestBegin({});
  compiled.resetMetrics();
  const reader = new StepReader((batch) => callbacks.readsLogsOf(batch));
  let count = 0;
  let freezing: RunFreezing | null = null;
  // Frozen variables are constants, also those with the numbers of rows of the processes.
  const isAlone = dataParallelism() === null;
  for await (const batch of epochs.enumerateEpoch()) {
    await throwIfAborted(signal);
    await callbacks.onTestBatchBegin(count, {});
    if (epochs.known === null) {
      if (count === 0) await prepareBatch(preparation, batch);
      compiled.checkTargets(batch);
    }
    freezing ??= evaluation.freezing.forRun(batch, epochs.stepCount, evaluation.freezeFrom);
    const started = await step.start(compiled, batch, isAlone && freezing.freezes(batch, count));
    const { logs } = await reader.next(count, started);
    await callbacks.onTestBatchEnd(count, logs);
    count++;
  }
  const logs = (await reader.last())?.logs ?? {};
  await download(compiled.metricVariables);
  await throwIfAborted(signal);
  await callbacks.onTestEnd(logs);
  return logs;
}
