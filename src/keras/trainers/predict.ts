import { ValueError } from '../../core/errors.ts';
import type { TreeDef } from '../../core/pytree.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Tree } from '../../core/tree.ts';
import type { CallbackList } from '../callbacks/callback-list.ts';
import type { EpochIterator } from './epoch-iterator.ts';
import { gatherRows } from './gather-rows.ts';
import { RowCollector } from './row-collector.ts';
import type { PredictStep } from './steps/predict-step.ts';
import { type TrainableModel, buildFor } from './trainable-model.ts';
import { FREEZE_FROM, type RunFreezing, type WeightFreezing } from './weight-freezing.ts';

/** The parts of a prediction. */
export interface Prediction {
  readonly model: TrainableModel;
  readonly step: PredictStep;
  readonly freezing: WeightFreezing;
  readonly epochs: EpochIterator;
  readonly callbacks: CallbackList;
  readonly signal: AbortSignal | null;
}

/** Runs over the data once. Returns the outputs for all rows, in the structure of the model's outputs. */
export async function predict(prediction: Prediction): Promise<Tree<Tensor>> {
  try {
    return await run(prediction);
  } finally {
    prediction.epochs.close();
  }
}

async function run(prediction: Prediction): Promise<Tree<Tensor>> {
  const { model, step, epochs, callbacks, signal } = prediction;
  await callbacks.onPredictBegin({});
  let structure: TreeDef | null = null;
  let collected: readonly RowCollector[] = [];
  let count = 0;
  let freezing: RunFreezing | null = null;
  for await (const batch of epochs.enumerateEpoch()) {
    signal?.throwIfAborted();
    await callbacks.onPredictBatchBegin(count, {});
    if (count === 0) buildFor(model, batch);
    freezing ??= prediction.freezing.forRun(batch, epochs.stepCount, FREEZE_FROM);
    const { leaves: own, treedef } = await step.run(batch, freezing.freezes(batch, count));
    const leaves = await gatherRows(own, batch);
    structure ??= treedef;
    if (count === 0) collected = leaves.map(() => new RowCollector(model.who, epochs.rowCount));
    for (const [i, leaf] of leaves.entries()) collected[i]?.add(leaf);
    await callbacks.onPredictBatchEnd(count, {});
    count++;
  }
  signal?.throwIfAborted();
  await callbacks.onPredictEnd({});
  if (structure === null) throw new ValueError(`[${model.who}] predict needs data. Received: no batch.`);
  return structure.unflatten(collected.map((each) => each.join()));
}
