import { ValueError, show } from '../../core/errors.ts';
import { print } from '../../core/print.ts';
import { type Fields, field, integer } from '../saving/fields.ts';
import { Callback, type Logs } from './callback.ts';
import {
  type RatedOptimizer,
  checkLearningRates,
  learningRateOf,
  learningRatesOf,
  ratedOptimizers,
  setLearningRate,
} from './learning-rate.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Returns the learning rate of an epoch, counted from 0, from the current one. */
export type Schedule = (epoch: number, learningRate: number) => number;

/** Options of {@link LearningRateScheduler}. */
export interface LearningRateSchedulerOptions {
  /** 1 prints the learning rate of every epoch. @default 0 */
  readonly verbose?: number | undefined;
}

const scheduleField = field<Schedule>({
  read: (who, option, given) => {
    if (typeof given === 'function') return given as Schedule;
    throw new TypeError(`[${who}] ${option} must be a function. Received: ${show(given)}.`);
  },
});

/**
 * Sets the learning rate at the start of every epoch; with a `MultiOptimizer`, that of each of its optimizers.
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
  static override readonly className: string = 'LearningRateScheduler';
  static override readonly positional = ['schedule', 'verbose'] as const;
  static override readonly fields: Fields = { schedule: scheduleField, verbose: integer(0, 0) };

  /** The schedule. */
  declare readonly schedule: Schedule;
  /** 1 to print the learning rate of every epoch. */
  declare readonly verbose: number;

  constructor(
    ...args: Arguments<LearningRateSchedulerOptions & { schedule: Schedule }, typeof LearningRateScheduler.positional>
  );
  constructor(schedule: Schedule, options?: LearningRateSchedulerOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override checkReported(): void {
    checkLearningRates(this.model);
  }

  override onEpochBegin(epoch: number): void {
    const found = ratedOptimizers(this.model).map((rated) => [rated, this.#rateAt(epoch, rated)] as const);
    for (const [rated, rate] of found) {
      setLearningRate(rated, rate);
      if (this.verbose > 0) {
        print(`Epoch ${epoch + 1}: LearningRateScheduler setting ${rated.label}learning rate to ${rate}.`);
      }
    }
  }

  #rateAt(epoch: number, rated: RatedOptimizer): number {
    const rate: unknown = this.schedule(epoch, learningRateOf(rated));
    if (typeof rate === 'number' && Number.isFinite(rate)) return rate;
    throw new ValueError(`[LearningRateScheduler] schedule must return a finite number. Received: ${show(rate)}.`);
  }

  override onEpochEnd(_epoch: number, logs: Logs): void {
    Object.assign(logs, learningRatesOf(this.model));
  }
}
