import { checkOptions } from '../../core/options.ts';
import { Callback, type HookResult, type Logs } from './callback.ts';

type Hook = (logs: Logs) => HookResult;
type CountedHook = (index: number, logs: Logs) => HookResult;

export interface LambdaCallbackOptions {
  readonly onTrainBegin?: Hook | undefined;
  readonly onTrainEnd?: Hook | undefined;
  readonly onEpochBegin?: CountedHook | undefined;
  readonly onEpochEnd?: CountedHook | undefined;
  readonly onTrainBatchBegin?: CountedHook | undefined;
  readonly onTrainBatchEnd?: CountedHook | undefined;
}

const HOOKS = ['onTrainBegin', 'onTrainEnd', 'onEpochBegin', 'onEpochEnd', 'onTrainBatchBegin', 'onTrainBatchEnd'];

/**
 * A callback made of functions.
 *
 * @example
 * new LambdaCallback({ onEpochEnd: (epoch, logs) => console.log(epoch, logs.loss) });
 * @see https://keras.io/api/callbacks/lambda_callback/
 */
export class LambdaCallback extends Callback {
  readonly #hooks: LambdaCallbackOptions;

  constructor(hooks: LambdaCallbackOptions = {}) {
    super();
    checkOptions('LambdaCallback', hooks, HOOKS);
    this.#hooks = hooks;
  }

  override onTrainBegin(logs: Logs): HookResult {
    return this.#hooks.onTrainBegin?.(logs);
  }
  override onTrainEnd(logs: Logs): HookResult {
    return this.#hooks.onTrainEnd?.(logs);
  }
  override onEpochBegin(epoch: number, logs: Logs): HookResult {
    return this.#hooks.onEpochBegin?.(epoch, logs);
  }
  override onEpochEnd(epoch: number, logs: Logs): HookResult {
    return this.#hooks.onEpochEnd?.(epoch, logs);
  }
  override onTrainBatchBegin(batch: number, logs: Logs): HookResult {
    return this.#hooks.onTrainBatchBegin?.(batch, logs);
  }
  override onTrainBatchEnd(batch: number, logs: Logs): HookResult {
    return this.#hooks.onTrainBatchEnd?.(batch, logs);
  }
}
