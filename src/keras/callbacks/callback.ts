import { ValueError } from '../../core/errors.ts';
import type { Tensor, TensorLike } from '../../core/tensor.ts';
import type { Optimizer } from '../optimizers/index.ts';

/** Values under their names: the loss and the metrics. A callback may add to it. */
export type Logs = Record<string, number>;

/** What a hook may return: a promise is waited for. */
export type HookResult = void | Promise<void>;

/** How the training runs. */
export interface CallbackParams {
  /** What is printed, 0 for nothing. */
  readonly verbose: number;
  /** Where the count of epochs ends. */
  readonly epochs: number;
  /** Steps in an epoch, `null` where the data does not say. */
  readonly steps: number | null;
}

/** What a callback sees of the model. */
export interface CallbackModel {
  /** The model's name. */
  readonly name: string;
  /** Set it to end the training after the step under way. */
  stopTraining: boolean;
  /** What `compile` was given; null before. */
  readonly optimizer: Optimizer | null;
  /** Copies of the weights. */
  getWeights(): Tensor[];
  /** Replaces the weights. */
  setWeights(values: readonly TensorLike[]): void;
  /** Whether more is better for a metric of this name; `null` if there is none or nobody knows. */
  metricDirection(name: string): 'up' | 'down' | null;
}

/**
 * The base of callbacks: a class with hooks that `fit`, `evaluate` and `predict` call. Override those you need; a hook
 * may be asynchronous.
 *
 * @example
 * class Count extends Callback {
 *   epochs = 0;
 *   onEpochEnd(epoch, logs) { if (logs.loss >= 0) this.epochs++; }
 * }
 * const count = new Count();
 * const model = new Sequential([new layers.Dense(1)]);
 * model.compile({ optimizer: 'sgd', loss: 'mse' });
 * await model.fit([[1], [2]], [[2], [4]], { epochs: 3, verbose: 0, callbacks: [count] });
 * count.epochs;    // 3
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

  /** How the training runs. */
  get params(): CallbackParams {
    return this.#params ?? { verbose: 0, epochs: 0, steps: null };
  }

  /** Called before the work begins, with the model. */
  setModel(model: CallbackModel): void {
    this.#model = model;
  }

  /** Called before the work begins, with how it runs. */
  setParams(params: CallbackParams): void {
    this.#params = params;
  }

  /** Called before the first epoch of `fit`. */
  onTrainBegin(_logs: Logs): HookResult {}
  /** Called after the last epoch, with its values. */
  onTrainEnd(_logs: Logs): HookResult {}
  /** Called before each epoch, counted from 0. */
  onEpochBegin(_epoch: number, _logs: Logs): HookResult {}
  /** Called after each epoch and its validation, with their values. */
  onEpochEnd(_epoch: number, _logs: Logs): HookResult {}
  /** The same as `onTrainBatchBegin`, under its old name. */
  onBatchBegin(_batch: number, _logs: Logs): HookResult {}
  /** The same as `onTrainBatchEnd`, under its old name. */
  onBatchEnd(_batch: number, _logs: Logs): HookResult {}
  /** Called before each step of an epoch, counted from 0. */
  onTrainBatchBegin(batch: number, logs: Logs): HookResult {
    return this.onBatchBegin(batch, logs);
  }
  /** Called after each step, with the values of the epoch so far. */
  onTrainBatchEnd(batch: number, logs: Logs): HookResult {
    return this.onBatchEnd(batch, logs);
  }
  /** Called before an evaluation, also one that validates. */
  onTestBegin(_logs: Logs): HookResult {}
  /** Called after an evaluation, with its values. */
  onTestEnd(_logs: Logs): HookResult {}
  /** Called before each step of an evaluation. */
  onTestBatchBegin(_batch: number, _logs: Logs): HookResult {}
  /** Called after each step of an evaluation, with the values so far. */
  onTestBatchEnd(_batch: number, _logs: Logs): HookResult {}
  /** Called before a prediction. */
  onPredictBegin(_logs: Logs): HookResult {}
  /** Called after a prediction. */
  onPredictEnd(_logs: Logs): HookResult {}
  /** Called before each step of a prediction. */
  onPredictBatchBegin(_batch: number, _logs: Logs): HookResult {}
  /** Called after each step of a prediction. */
  onPredictBatchEnd(_batch: number, _logs: Logs): HookResult {}
}
