import { checkOptions } from '../../core/checks.ts';
import { show } from '../../core/errors.ts';
import type { Shape } from '../../core/shape.ts';
import { Callback, type CallbackModel, type CallbackParams, type HookResult, type Logs } from './callback.ts';
import { History } from './history.ts';
import { ProgbarLogger } from './progbar-logger.ts';

/** A callback, or a list of callbacks. */
export type CallbacksLike = Callback | readonly Callback[] | null | undefined;

/** Options of {@link CallbackList}. */
export interface CallbackListOptions {
  /** The model. */
  readonly model: CallbackModel;
  /** The parameters of the training. */
  readonly params: CallbackParams;
  /** Whether to add a History, if there is none. @default false */
  readonly addHistory?: boolean;
  /** Whether to add a ProgbarLogger, if there is none. @default false */
  readonly addProgbar?: boolean;
}

/** Checks the argument `callbacks`, and returns it as a list. */
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
 * Calls the hooks of several callbacks in order, for custom training loops.
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
  /** The callbacks, in the order of the calls. */
  readonly callbacks: readonly Callback[];
  /** The history among the callbacks, or an unused one. */
  readonly history: History;

  constructor(callbacks: readonly Callback[], options: CallbackListOptions) {
    super();
    const list = [...readCallbacks('CallbackList', callbacks)];
    checkOptions('CallbackList', options, ['model', 'params', 'addHistory', 'addProgbar']);
    for (const option of ['model', 'params'] as const) {
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- calls in JavaScript
      if ((options?.[option] ?? null) === null) {
        throw new TypeError(`[CallbackList] options must contain the model and the params. Received: no ${option}.`);
      }
    }
    const history = list.find((entry) => entry instanceof History);
    this.history = history ?? new History();
    if (history === undefined && options.addHistory === true) list.push(this.history);
    const addsProgbar = options.addProgbar === true && !list.some((entry) => entry instanceof ProgbarLogger);
    if (addsProgbar) list.push(new ProgbarLogger());
    this.callbacks = list;
    this.setModel(options.model);
    this.setParams(options.params);
    for (const entry of list) {
      entry.setModel(options.model);
      entry.setParams(options.params);
    }
  }

  async #each(call: (callback: Callback) => HookResult): Promise<void> {
    for (const entry of this.callbacks) {
      const result = call(entry);
      if (result instanceof Promise) await result;
    }
  }

  override get readsWeightsBetweenBatches(): boolean {
    return this.callbacks.some((entry) => entry.readsWeightsBetweenBatches);
  }

  override readsLogsOf(batch: number): boolean {
    return this.callbacks.some((entry) => entry.readsLogsOf(batch));
  }

  override checkReported(shapes: ReadonlyMap<string, Shape>): void {
    for (const entry of this.callbacks) entry.checkReported(shapes);
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
  override onInterrupt(): void {
    for (const entry of this.callbacks) entry.onInterrupt();
  }
}
