import { print } from '../print.ts';
import { Callback, type Logs } from './callback.ts';

/**
 * Ends training at the first loss that is not a number, or infinite.
 *
 * @example
 * const model = new Sequential([new layers.Dense(1)]);
 * model.compile({ optimizer: 'sgd', loss: 'mse' });
 * const callbacks = [new TerminateOnNaN()];
 * const { epoch } = await model.fit([[1]], [[1e30]], { epochs: 9, verbose: 0, callbacks });    // its square is infinite
 * epoch;    // [0]
 * @see https://keras.io/api/callbacks/terminate_on_nan/
 */
export class TerminateOnNaN extends Callback {
  override onTrainBatchEnd(batch: number, logs: Logs): void {
    const loss = logs['loss'];
    if (loss === undefined || Number.isFinite(loss)) return;
    print(`Batch ${batch}: Invalid loss, terminating training`);
    this.model.stopTraining = true;
  }
}
