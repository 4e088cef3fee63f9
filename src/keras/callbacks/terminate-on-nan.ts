import { ValueError } from '../../core/errors.ts';
import { own } from '../../core/own.ts';
import { print } from '../../core/print.ts';
import { type Fields, boolean } from '../saving/fields.ts';
import { Callback, type Logs } from './callback.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Options of {@link TerminateOnNaN}. */
export interface TerminateOnNaNOptions {
  /** Whether to throw, without calling `onTrainEnd`, instead of ending the training. @default false */
  raiseError?: boolean;
}

/**
 * Ends training at the first loss that is NaN or infinite.
 *
 * @throws ValueError during `fit`, with `raiseError`, at such a loss.
 * @example
 * const model = new Sequential([new layers.Dense(1)]);
 * model.compile({ optimizer: 'sgd', loss: 'mse' });
 * const callbacks = [new TerminateOnNaN()];
 * const { epoch } = await model.fit([[1]], [[1e30]], { epochs: 9, verbose: 0, callbacks });    // its square is infinite
 * epoch;    // [0]
 * @see https://keras.io/api/callbacks/terminate_on_nan/
 */
export class TerminateOnNaN extends Callback {
  static override readonly className: string = 'TerminateOnNaN';
  static override readonly positional = ['raiseError'] as const;
  static override readonly fields: Fields = { raiseError: boolean(false) };

  /** Whether such a loss is an error. */
  declare readonly raiseError: boolean;

  constructor(...args: Arguments<TerminateOnNaNOptions, typeof TerminateOnNaN.positional>);
  constructor(options?: TerminateOnNaNOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  /** Whether weights are read between batches: only the loss is. */
  override get readsWeightsBetweenBatches(): boolean {
    return this.overridesBatchHooksOf(TerminateOnNaN);
  }

  override onTrainBatchEnd(batch: number, logs: Logs): void {
    const loss = own(logs, 'loss');
    if (loss === undefined || Number.isFinite(loss)) return;
    if (this.raiseError) {
      throw new ValueError(
        `[TerminateOnNaN] the loss must be a finite number. Received: loss=${loss} at batch ${batch}. Lower the learning rate, or clip gradients.`,
      );
    }
    print(`Batch ${batch}: Invalid loss, terminating training`);
    this.model.stopTraining = true;
  }
}
