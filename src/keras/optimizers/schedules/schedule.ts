import type { Config } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { checkNumber } from '../../../core/checks.ts';
import { optionsOf } from '../../saving/registry.ts';
import { type Maths, numberMaths } from './maths.ts';

/**
 * A learning rate that depends on how many steps were made. Give it to any optimizer as its learningRate; the rate is
 * then computed within the training step. One's own extends this class and gives `call` and `getConfig`.
 *
 * @example
 * class Inverse extends optimizers.schedules.LearningRateSchedule {
 *   call(step, { add, divide }) { return divide(0.5, add(step, 1)); }
 * }
 * const sgd = new optimizers.SGD({ learningRate: new Inverse() });
 * const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'ones', useBias: false })]);
 * model.compile({ optimizer: sgd, loss: 'mse' });
 * await model.trainOnBatch([[1]], [[0.5]]);    // the gradient is 1
 * model.weights[0].value;                      // [[0.5]]
 * sgd.learningRate.value;                      // 0.25
 * @see https://keras.io/api/optimizers/learning_rate_schedules/learning_rate_schedule/
 */
export abstract class LearningRateSchedule {
  /**
   * The rate after so many steps.
   *
   * @param step how many steps came before
   * @param maths what to compute with: on values in a graph, or on numbers
   */
  abstract call<T>(step: T, maths: Maths<T>): T | number;

  /** The rate after so many steps, as a number. */
  at(step: number): number {
    return this.call(step, numberMaths);
  }

  /** Keras's JSON: the arguments to make this schedule again. */
  getConfig(): Config {
    return {};
  }

  /** Makes a schedule from what `getConfig` gave. */
  static fromConfig(this: new (options: never) => LearningRateSchedule, config: Config): LearningRateSchedule {
    return new this(optionsOf(config) as never);
  }
}

/** What every schedule of Keras is called; nothing depends on it. */
export interface ScheduleOptions {
  /** What it is called. @default the class's */
  name?: string;
}

/** Checks an argument that must be a finite number above 0. */
export function checkPositive(who: string, argument: string, value: unknown): number {
  const number = checkNumber(who, argument, value);
  if (number > 0) return number;
  throw new ValueError(`[${who}] ${argument} must be greater than 0. Received: ${argument}=${show(number)}.`);
}
