import { ValueError, show } from '../../core/errors.ts';
import { checkInteger, checkOptions } from '../../core/checks.ts';
import { print } from '../../core/print.ts';
import { Callback, type CallbackModel, type Logs } from './callback.ts';

/** The learning rate of an epoch, counted from 0, given the one so far. */
export type Schedule = (epoch: number, learningRate: number) => number;

/**
 * Sets the learning rate at the start of every epoch.
 *
 * @throws ValueError if the schedule does not return a number.
 * @example
 * const halve = new LearningRateScheduler((epoch, rate) => (epoch === 0 ? rate : rate / 2));
 * const model = new Sequential([new layers.Dense(1)]);
 * model.compile({ optimizer: new optimizers.SGD({ learningRate: 0.1 }), loss: 'mse' });
 * const { history } = await model.fit([[1]], [[2]], { epochs: 3, verbose: 0, callbacks: [halve] });
 * history.learning_rate;    // [0.1, 0.05, 0.025]
 * @see https://keras.io/api/callbacks/learning_rate_scheduler/
 */
export class LearningRateScheduler extends Callback {
  readonly #schedule: Schedule;
  readonly #verbose: number;

  constructor(schedule: Schedule, options: { readonly verbose?: number | undefined } = {}) {
    super();
    const given: unknown = schedule;
    if (typeof given !== 'function') {
      throw new TypeError(`[LearningRateScheduler] schedule must be a function. Received: ${show(given)}.`);
    }
    checkOptions('LearningRateScheduler', options, ['verbose']);
    this.#schedule = schedule;
    this.#verbose = checkInteger('LearningRateScheduler', 'verbose', options.verbose ?? 0, 0);
  }

  override onEpochBegin(epoch: number): void {
    const rate: unknown = this.#schedule(epoch, learningRateOf(this.model));
    if (typeof rate !== 'number' || !Number.isFinite(rate)) {
      throw new ValueError(`[LearningRateScheduler] schedule must return a finite number. Received: ${show(rate)}.`);
    }
    setLearningRate(this.model, rate);
    if (this.#verbose > 0) print(`Epoch ${epoch + 1}: LearningRateScheduler setting learning rate to ${rate}.`);
  }

  override onEpochEnd(_epoch: number, logs: Logs): void {
    logs['learning_rate'] = learningRateOf(this.model);
  }
}

export function learningRateOf({ optimizer, name }: CallbackModel): number {
  if (optimizer === null) throw new ValueError(`[${name}] a model has no learning rate before it is compiled.`);
  return optimizer.learningRate.value.item();
}

export function setLearningRate({ optimizer }: CallbackModel, rate: number): void {
  if (optimizer !== null) optimizer.learningRate = rate;
}
