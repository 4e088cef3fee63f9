import { show } from '../../core/errors.ts';
import { type Fields, field } from '../saving/fields.ts';
import { Callback, type HookResult, type Logs } from './callback.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

type Hook = (logs: Logs) => HookResult;
type CountedHook = (index: number, logs: Logs) => HookResult;

/** Options of {@link LambdaCallback}: the hooks of a {@link Callback}. */
export interface LambdaCallbackOptions {
  /** Called before the first epoch. @default nothing */
  readonly onTrainBegin?: Hook | undefined;
  /** Called after the last epoch. @default nothing */
  readonly onTrainEnd?: Hook | undefined;
  /** Called before each epoch, counted from 0. @default nothing */
  readonly onEpochBegin?: CountedHook | undefined;
  /** Called after each epoch and its validation, with their values. @default nothing */
  readonly onEpochEnd?: CountedHook | undefined;
  /** Called before each step of an epoch, counted from 0. @default nothing */
  readonly onTrainBatchBegin?: CountedHook | undefined;
  /** Called after each step, with the values of the epoch so far. @default nothing */
  readonly onTrainBatchEnd?: CountedHook | undefined;
}

const nothing = (): void => undefined;

const hook = field<Hook | CountedHook>({
  byDefault: nothing,
  read: (who, option, given) => {
    if (typeof given === 'function') return given as Hook | CountedHook;
    throw new TypeError(`[${who}] ${option} must be a function. Received: ${option}=${show(given)}.`);
  },
});

/**
 * A callback made of functions. Each replaces the hook of its name.
 *
 * @throws TypeError for a hook that does not exist.
 * @example
 * let epochs = 0;
 * const callback = new LambdaCallback({ onEpochEnd: () => { epochs++; } });
 * const model = new Sequential([new layers.Dense(1)]);
 * model.compile({ optimizer: 'sgd', loss: 'mse' });
 * await model.fit([[1]], [[2]], { epochs: 2, verbose: 0, callbacks: [callback] });
 * epochs;    // 2
 * @see https://keras.io/api/callbacks/lambda_callback/
 */
export class LambdaCallback extends Callback {
  static override readonly className: string = 'LambdaCallback';
  static override readonly positional = ['onEpochBegin', 'onEpochEnd', 'onTrainBegin', 'onTrainEnd'] as const;
  static override readonly fields: Fields = {
    ...{ onTrainBegin: hook, onTrainEnd: hook, onEpochBegin: hook, onEpochEnd: hook },
    ...{ onTrainBatchBegin: hook, onTrainBatchEnd: hook },
  };

  constructor(...args: Arguments<LambdaCallbackOptions, typeof LambdaCallback.positional>);
  constructor(hooks?: LambdaCallbackOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    // Hooks that were not given are those of the class: a subclass may have them, and what is not there reads nothing.
    const own = this as unknown as Record<string, unknown>;
    for (const name of Object.keys(LambdaCallback.fields))
      if (own[name] === nothing) Reflect.deleteProperty(this, name);
  }
}
