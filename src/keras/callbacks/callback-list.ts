import { show } from '../../core/errors.ts';
import { Callback, type CallbackModel, type CallbackParams, type HookResult, type Logs } from './callback.ts';
import { History } from './history.ts';
import { ProgbarLogger } from './progbar-logger.ts';
import { SwapEMAWeights } from './swap-ema-weights.ts';

/** What is taken for `callbacks`. */
export type CallbacksLike = Callback | readonly Callback[] | null | undefined;

/** Options of {@link CallbackList}. */
export interface CallbackListOptions {
  /** What is trained. */
  readonly model: CallbackModel;
  /** How the training runs. */
  readonly params: CallbackParams;
  /** Add a History, if there is none. @default false */
  readonly addHistory?: boolean;
  /** Add a ProgbarLogger, if there is none. @default false */
  readonly addProgbar?: boolean;
}

/** Checks what was given as callbacks. */
export function readCallbacks(who: string, given: CallbacksLike): readonly Callback[] {
  const list: readonly unknown[] = given === null || given === undefined ? [] : Array.isArray(given) ? given : [given];
  for (const entry of list) {
    if (!(entry instanceof Callback)) {
      throw new TypeError(
        `[${who}] callbacks must be instances of Callback, or a list of them. Received: ${show(entry)}.`,
      );
    }
  }
  return list as readonly Callback[];
}

/**
 * Calls the hooks of several callbacks, in their order, one after the other. For training loops of one's own.
 *
 * @example
 * const model = new Sequential([new layers.Dense(1)]);
 * const params = { verbose: 0, epochs: 1, steps: null };
 * const list = new CallbackList([], { model, params, addHistory: true });
 * await list.onTrainBegin({});
 * await list.onEpochEnd(0, { loss: 0.5 });
 * list.history.history;    // { loss: [0.5] }
 * @see https://keras.io/api/callbacks/
 */
export class CallbackList extends Callback {
  /** What is called, in this order. */
  readonly callbacks: readonly Callback[];
  /** The history among them, or one that is not called. */
  readonly history: History;

  constructor(callbacks: readonly Callback[], options: CallbackListOptions) {
    super();
    const list = [...callbacks];
    const history = list.find((entry) => entry instanceof History);
    this.history = history ?? new History();
    if (history === undefined && options.addHistory === true) list.push(this.history);
    if (options.addProgbar === true && !list.some((entry) => entry instanceof ProgbarLogger))
      list.push(new ProgbarLogger());
    this.callbacks = list;
    this.setModel(options.model);
    this.setParams(options.params);
    for (const entry of list) {
      entry.setModel(options.model);
      entry.setParams(options.params);
    }
  }

  /** Ends what callbacks draw, and gives back weights that are swapped, when an error or a signal ends the work. */
  interrupt(): void {
    for (const entry of this.callbacks) {
      if (entry instanceof ProgbarLogger || entry instanceof SwapEMAWeights) entry.interrupt();
    }
  }

  async #each(call: (callback: Callback) => HookResult): Promise<void> {
    for (const entry of this.callbacks) {
      const result = call(entry);
      if (result instanceof Promise) await result;
    }
  }

  override onTrainBegin(logs: Logs): Promise<void> {
    return this.#each((entry) => entry.onTrainBegin(logs));
  }
  override onTrainEnd(logs: Logs): Promise<void> {
    return this.#each((entry) => entry.onTrainEnd(logs));
  }
  override onEpochBegin(epoch: number, logs: Logs): Promise<void> {
    return this.#each((entry) => entry.onEpochBegin(epoch, logs));
  }
  override onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    return this.#each((entry) => entry.onEpochEnd(epoch, logs));
  }
  override onTrainBatchBegin(batch: number, logs: Logs): Promise<void> {
    return this.#each((entry) => entry.onTrainBatchBegin(batch, logs));
  }
  override onTrainBatchEnd(batch: number, logs: Logs): Promise<void> {
    return this.#each((entry) => entry.onTrainBatchEnd(batch, logs));
  }
  override onTestBegin(logs: Logs): Promise<void> {
    return this.#each((entry) => entry.onTestBegin(logs));
  }
  override onTestEnd(logs: Logs): Promise<void> {
    return this.#each((entry) => entry.onTestEnd(logs));
  }
  override onTestBatchBegin(batch: number, logs: Logs): Promise<void> {
    return this.#each((entry) => entry.onTestBatchBegin(batch, logs));
  }
  override onTestBatchEnd(batch: number, logs: Logs): Promise<void> {
    return this.#each((entry) => entry.onTestBatchEnd(batch, logs));
  }
  override onPredictBegin(logs: Logs): Promise<void> {
    return this.#each((entry) => entry.onPredictBegin(logs));
  }
  override onPredictEnd(logs: Logs): Promise<void> {
    return this.#each((entry) => entry.onPredictEnd(logs));
  }
  override onPredictBatchBegin(batch: number, logs: Logs): Promise<void> {
    return this.#each((entry) => entry.onPredictBatchBegin(batch, logs));
  }
  override onPredictBatchEnd(batch: number, logs: Logs): Promise<void> {
    return this.#each((entry) => entry.onPredictBatchEnd(batch, logs));
  }
}
