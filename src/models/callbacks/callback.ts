import { ValueError } from '../../core/errors.ts';
import type { Tensor, TensorLike } from '../../core/tensor.ts';
import type { Optimizer } from '../../optimizers/index.ts';

/** Values under their names: the loss and the metrics. A callback may add to it. */
export type Logs = Record<string, number>;

/** What a hook may return: a promise is waited for. */
export type HookResult = void | Promise<void>;

/** How the training runs. */
export interface CallbackParams {
  readonly verbose: number;
  readonly epochs: number;
  /** Steps in an epoch, `null` where the data does not say. */
  readonly steps: number | null;
}

/** What a callback sees of the model. */
export interface CallbackModel {
  readonly name: string;
  /** Set it to end the training after the step under way. */
  stopTraining: boolean;
  readonly optimizer: Optimizer | null;
  getWeights(): Tensor[];
  setWeights(values: readonly TensorLike[]): void;
  /** Whether more is better for a metric of this name; `null` if there is none or nobody knows. */
  metricDirection(name: string): 'up' | 'down' | null;
}

/**
 * The base of callbacks: a class with hooks that `fit`, `evaluate` and `predict` call. Override those you need; a hook
 * may be asynchronous.
 *
 * @example
 * class Announce extends Callback {
 *   override onEpochEnd(epoch: number, logs: Logs) { console.log(epoch, logs.loss); }
 * }
 * @see https://keras.io/api/callbacks/base_callback/
 */
export class Callback {
  #model: CallbackModel | null = null;
  #params: CallbackParams | null = null;

  /** The model that is trained. */
  get model(): CallbackModel {
    if (this.#model === null) {
      throw new ValueError(
        `[${this.constructor.name}] a callback has no model before fit, evaluate or predict begins.`,
      );
    }
    return this.#model;
  }

  get params(): CallbackParams {
    return this.#params ?? { verbose: 0, epochs: 0, steps: null };
  }

  setModel(model: CallbackModel): void {
    this.#model = model;
  }

  setParams(params: CallbackParams): void {
    this.#params = params;
  }

  onTrainBegin(_logs: Logs): HookResult {}
  onTrainEnd(_logs: Logs): HookResult {}
  onEpochBegin(_epoch: number, _logs: Logs): HookResult {}
  onEpochEnd(_epoch: number, _logs: Logs): HookResult {}
  /** The same as `onTrainBatchBegin`, under its old name. */
  onBatchBegin(_batch: number, _logs: Logs): HookResult {}
  /** The same as `onTrainBatchEnd`, under its old name. */
  onBatchEnd(_batch: number, _logs: Logs): HookResult {}
  onTrainBatchBegin(batch: number, logs: Logs): HookResult {
    return this.onBatchBegin(batch, logs);
  }
  onTrainBatchEnd(batch: number, logs: Logs): HookResult {
    return this.onBatchEnd(batch, logs);
  }
  onTestBegin(_logs: Logs): HookResult {}
  onTestEnd(_logs: Logs): HookResult {}
  onTestBatchBegin(_batch: number, _logs: Logs): HookResult {}
  onTestBatchEnd(_batch: number, _logs: Logs): HookResult {}
  onPredictBegin(_logs: Logs): HookResult {}
  onPredictEnd(_logs: Logs): HookResult {}
  onPredictBatchBegin(_batch: number, _logs: Logs): HookResult {}
  onPredictBatchEnd(_batch: number, _logs: Logs): HookResult {}
}
