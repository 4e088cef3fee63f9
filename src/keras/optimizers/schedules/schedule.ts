import { Configurable } from '../../saving/configurable.ts';
import { type Fields, number } from '../../saving/fields.ts';
import { type Maths, numberMaths } from './maths.ts';

/**
 * A learning rate as a function of the number of steps. Pass it to any optimizer as its learningRate; the rate is then
 * computed within the training step. A custom schedule extends this class with `call`, and with `getConfig` if it has
 * arguments.
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
export abstract class LearningRateSchedule extends Configurable {
  /**
   * Computes the learning rate of a step.
   *
   * @param step the number of steps before it
   * @param maths the operations to compute with: on values of a graph, or on numbers
   */
  abstract call<T>(step: T, maths: Maths<T>): T | number;

  /** The learning rate after a number of steps, as a number. */
  at(step: number): number {
    return this.call(step, numberMaths);
  }
}

/** Options of every schedule of Keras. */
export interface ScheduleOptions {
  /** The schedule's name, which has no effect. @default depends on the class */
  name?: string;
}

/** A required number greater than 0. */
export const positive = (): Fields[string] => number(undefined, { above: 0 });
