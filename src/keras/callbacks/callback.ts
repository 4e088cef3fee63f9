import { ValueError } from '../../core/errors.ts';
import type { Shape } from '../../core/shape.ts';
import { classNameOf } from '../saving/class-name.ts';
import { assignOptions } from '../saving/configurable.ts';
import { takeArguments } from '../saving/arguments.ts';
import type { Fields } from '../saving/fields.ts';
import type { CallbackModel, Logs } from './callback-model.ts';

export type { CallbackModel, Logs } from './callback-model.ts';

/** The result of a hook; a promise is awaited. */
export type HookResult = void | Promise<void>;

/** The parameters of a training. */
export interface CallbackParams {
  /** The verbosity, 0 for no output. */
  readonly verbose: number;
  /** The number of epochs at which training ends. */
  readonly epochs: number;
  /** The number of steps in an epoch, `null` if unknown. */
  readonly steps: number | null;
}

/**
 * The base of callbacks: classes with hooks that `fit`, `evaluate` and `predict` call. A custom callback overrides the
 * hooks that it needs; a hook may be asynchronous. Options, if it has any, are described by static `fields`.
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
  /** The class's name in messages, where a minifier may have changed the name of the class itself. */
  static readonly className?: string;
  /** The options. Each is assigned to the attribute of its name. */
  static readonly fields: Fields = {};
  /** The options that can be given by position, in order. @default those without a default, then the other `fields` */
  static readonly positional?: readonly string[];

  #model: CallbackModel | null = null;
  #params: CallbackParams | null = null;

  /** Nothing: tracking does not search the models of callbacks. */
  get trackedState(): readonly never[] {
    return [];
  }

  /**
   * @param args the options object and the positional arguments by name; or values in the order of `positional`, then an
   * options object
   */
  constructor(...args: readonly unknown[]) {
    assignOptions(this, new.target, ...takeArguments(new.target, args));
  }

  /**
   * Whether the hooks between batches may read weights, which are then fetched from a GPU after each step. By default, a class that
   * overrides these hooks may.
   */
  get readsWeightsBetweenBatches(): boolean {
    return this.overridesBatchHooksOf(Callback);
  }

  /**
   * Whether `onTrainBatchEnd` or `onTestBatchEnd` reads the logs of a batch, counted from 0. They come down from a GPU only if a
   * callback does; otherwise the hook may receive those of a batch before. By default, a class that overrides one of these hooks
   * reads them.
   */
  readsLogsOf(_batch: number): boolean {
    return this.overridesBatchHooksOf(Callback, ['onTrainBatchEnd', 'onBatchEnd', 'onTestBatchEnd']);
  }

  /** Whether hooks between batches are others than those of a class: a subclass may read what the class does not. */
  protected overridesBatchHooksOf(
    { prototype }: { readonly prototype: Callback },
    hooks: readonly (keyof Callback)[] = ['onTrainBatchBegin', 'onTrainBatchEnd', 'onBatchBegin', 'onBatchEnd'],
  ): boolean {
    return hooks.some((hook) => this[hook] !== prototype[hook]);
  }

  /** The model. */
  get model(): CallbackModel {
    if (this.#model === null) {
      throw new ValueError(
        `[${classNameOf(this.constructor)}] a callback has no model before fit, evaluate or predict begins.`,
      );
    }
    return this.#model;
  }

  /** The parameters of the training. */
  get params(): CallbackParams {
    return this.#params ?? { verbose: 0, epochs: 0, steps: null };
  }

  /** Called with the model before the first hook. */
  setModel(model: CallbackModel): void {
    this.#model = model;
  }

  /** Called with the parameters of the training before the first hook. */
  setParams(params: CallbackParams): void {
    this.#params = params;
  }

  /**
   * Called before the first step of `fit` with the shapes of the values that will be reported, `[]` for a number.
   * @throws ValueError if the callback cannot use them: nothing has changed then.
   */
  checkReported(_shapes: ReadonlyMap<string, Shape>): void {}
  /** Called before the first epoch of `fit`. */
  onTrainBegin(_logs: Logs): HookResult {}
  /** Called after the last epoch, with its values. */
  onTrainEnd(_logs: Logs): HookResult {}
  /** Called before each epoch, counted from 0. */
  onEpochBegin(_epoch: number, _logs: Logs): HookResult {}
  /** Called after each epoch and its validation, with their values. */
  onEpochEnd(_epoch: number, _logs: Logs): HookResult {}
  /** The old name of `onTrainBatchBegin`. */
  onBatchBegin(_batch: number, _logs: Logs): HookResult {}
  /** The old name of `onTrainBatchEnd`. */
  onBatchEnd(_batch: number, _logs: Logs): HookResult {}
  /** Called before each step of an epoch, counted from 0. */
  onTrainBatchBegin(batch: number, logs: Logs): HookResult {
    return this.onBatchBegin(batch, logs);
  }
  /** Called after each step, with the values of the epoch so far. */
  onTrainBatchEnd(batch: number, logs: Logs): HookResult {
    return this.onBatchEnd(batch, logs);
  }
  /** Called before an evaluation, including a validation. */
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

  /**
   * Called if an error or an abort signal ends the work, in place of the hooks that would have followed: releases
   * resources and restores what was changed temporarily.
   */
  onInterrupt(): void {}
}
