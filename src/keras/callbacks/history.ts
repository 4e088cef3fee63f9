import { own, setOwn } from '../../core/own.ts';
import { Callback, type Logs } from './callback.ts';

/**
 * The result of `fit`: the values of each epoch. Every `fit` adds one.
 *
 * @example
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'zeros' })]);
 * model.compile({ optimizer: new optimizers.SGD({ learningRate: 0 }), loss: 'mse' });
 * const { history, epoch } = await model.fit([[1]], [[2]], { epochs: 3, verbose: 0 });
 * history;    // { loss: [4, 4, 4] }
 * epoch;      // [0, 1, 2]
 * @see https://keras.io/api/callbacks/history/
 */
export class History extends Callback {
  static override readonly className: string = 'History';

  /** The values at the end of each epoch, by the name of the loss or metric. */
  readonly history: Record<string, number[]> = {};
  /** The number of each epoch, counted from 0. */
  epoch: number[] = [];

  override onTrainBegin(): void {
    this.epoch = [];
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    this.epoch.push(epoch);
    for (const [name, value] of Object.entries(logs))
      setOwn(this.history, name, [...(own(this.history, name) ?? []), value]);
  }
}
