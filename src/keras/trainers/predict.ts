import { allocate } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { sameShape, showShape, sizeOf } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import { type Tree, fillTree, flatten } from '../../core/tree.ts';
import type { CallbackList } from '../callbacks/callback-list.ts';
import type { Epochs } from './data-adapters/epochs.ts';
import { isTensor } from './data-adapters/read-data.ts';
import { Baking } from './evaluate.ts';
import { type TrainingHost, throwIfAborted } from './host.ts';

/** From how many batches on the weights are baked into the program: making it pays after two. */
export const BAKE_FROM = 3;

export interface Prediction {
  readonly epochs: Epochs;
  /** Rows in all, if they are known. */
  readonly rows: number | null;
  readonly callbacks: CallbackList;
  readonly signal: AbortSignal | null;
}

/** Runs over the data once and gives the outputs, one behind the other. */
export async function runPrediction(host: TrainingHost, prediction: Prediction): Promise<Tree<Tensor>> {
  const { epochs, callbacks, signal } = prediction;
  await callbacks.onPredictBegin({});
  let form: Tree<Tensor> | null = null;
  let collected: RowCollector[] = [];
  let step = 0;
  let baking: Baking | null = null;
  for await (const batch of epochs.next()) {
    throwIfAborted(signal);
    await callbacks.onPredictBatchBegin(step, {});
    if (step === 0) host.build(batch);
    baking ??= new Baking(host, batch, epochs.stepCount, BAKE_FROM);
    const outputs = await host.steps.predict(batch, baking.wants(batch, step));
    const parts = flatten(outputs, isTensor);
    form ??= outputs;
    if (step === 0) collected = parts.map(() => new RowCollector(host.model.who, prediction.rows));
    for (const [i, part] of parts.entries()) collected[i]?.add(part);
    await callbacks.onPredictBatchEnd(step, {});
    step++;
  }
  throwIfAborted(signal);
  await callbacks.onPredictEnd({});
  if (form === null) throw new ValueError(`[${host.model.who}] predict needs data. Received: no batch.`);
  return fillTree(
    form,
    isTensor,
    collected.map((each) => each.join()),
  );
}

/** Puts batches of rows one behind the other, in one array where the number of rows is known. */
class RowCollector {
  readonly #who: string;
  readonly #rows: number | null;
  readonly #parts: Tensor[] = [];
  #whole: Tensor | null = null;
  #filled = 0;

  constructor(who: string, rows: number | null) {
    this.#who = who;
    this.#rows = rows;
  }

  add(part: Tensor): void {
    const [first] = this.#parts;
    if (first !== undefined && !sameShape(first.shape.slice(1), part.shape.slice(1))) {
      throw new ValueError(
        `[${this.#who}] predict: the outputs of all batches must have one shape but for the rows. Received: ${showShape(first.shape)} and ${showShape(part.shape)}.`,
      );
    }
    // The engine's own array: it is never written again.
    this.#parts.push(part);
    if (this.#rows === null || part.shape[0] === this.#rows) return;
    this.#whole ??= new Tensor(
      allocate(part.dtype, this.#rows * sizeOf(part.shape.slice(1))),
      [this.#rows, ...part.shape.slice(1)],
      part.dtype,
    );
    this.#whole.data.set(part.data, this.#filled);
    this.#filled += part.size;
    this.#parts.length = 1;
  }

  join(): Tensor {
    const [first] = this.#parts;
    if (first === undefined) throw new ValueError(`[${this.#who}] predict needs data. Received: no batch.`);
    const row = first.shape.slice(1);
    const whole = this.#whole;
    if (whole !== null) {
      const rows = this.#filled / Math.max(1, sizeOf(row));
      return rows === whole.shape[0]
        ? whole
        : new Tensor(whole.data.slice(0, this.#filled), [rows, ...row], whole.dtype);
    }
    const rows = this.#parts.reduce((sum, part) => sum + (part.shape[0] ?? 0), 0);
    const joined = new Tensor(allocate(first.dtype, rows * sizeOf(row)), [rows, ...row], first.dtype);
    let at = 0;
    for (const part of this.#parts) {
      joined.data.set(part.data, at);
      at += part.size;
    }
    return joined;
  }
}
