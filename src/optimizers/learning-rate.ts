import { type Tensor, type TensorLike, tensor } from '../core/tensor.ts';
import type { Variable } from '../graph/variable.ts';
import type { LearningRateSchedule } from './schedules/schedule.ts';

/**
 * The size of an optimizer's steps: a variable, or what a schedule makes of the number of steps.
 *
 * @example
 * const sgd = new optimizers.SGD({ learningRate: 0.5 });
 * sgd.learningRate.value;    // 0.5
 * sgd.learningRate.assign(0.25);
 * sgd.learningRate.value;    // 0.25
 * @see https://keras.io/api/optimizers/
 */
export interface LearningRate {
  /** What it is now: a scalar. */
  readonly value: Tensor;
  /**
   * Replaces it.
   * @throws TypeError if it comes from a schedule.
   */
  assign(values: TensorLike): void;
}

/** The error for setting what a schedule decides. */
export function notSettable(who: string): TypeError {
  return new TypeError(
    `[${who}] the learning rate comes from a LearningRateSchedule and cannot be set. Make the optimizer with a number: learningRate: 0.01.`,
  );
}

/** The rate of a schedule after as many steps as a variable says. */
export class ScheduledRate implements LearningRate {
  readonly schedule: LearningRateSchedule;
  readonly #who: string;
  readonly #iterations: Variable;

  constructor(who: string, schedule: LearningRateSchedule, iterations: Variable) {
    this.#who = who;
    this.schedule = schedule;
    this.#iterations = iterations;
  }

  get value(): Tensor {
    return tensor(this.schedule.at(this.#iterations.value.item()));
  }

  assign(): void {
    throw notSettable(this.#who);
  }
}
