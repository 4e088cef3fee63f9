import { ValueError, show } from '../../core/errors.ts';
import { type Tensor, type TensorLike, tensor } from '../../core/tensor.ts';
import { Variable } from '../../compiler/graph/variable.ts';
import type { LearningRateSchedule } from './schedules/schedule.ts';

/**
 * The size of an optimizer's steps: a variable, what a schedule makes of the number of steps, or what a function returns.
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
   * @throws TypeError if it comes from a schedule or a function.
   */
  assign(values: TensorLike): void;
}

/** The error for setting what something else decides. */
function notSettable(who: string, source: string): TypeError {
  return new TypeError(
    `[${who}] the learning rate comes from ${source} and cannot be set. Make the optimizer with a number: learningRate: 0.01.`,
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
    throw notSettable(this.#who, 'a LearningRateSchedule');
  }
}

/** A learning rate as a function: it is called before each step. */
export type LearningRateFunction = () => number;

/** What a function of the user's returns, kept in a variable that is none of the optimizer's state. */
export class CalledRate implements LearningRate {
  readonly fn: LearningRateFunction;
  /** What the function returned when it was called last. */
  readonly variable: Variable;
  readonly #who: string;

  constructor(who: string, fn: LearningRateFunction, path: string) {
    this.#who = who;
    this.fn = fn;
    // The function may need what is made later; it is first called when the rate is asked for.
    this.variable = new Variable(tensor(0), { name: 'learning_rate', path, trainable: false });
  }

  /** Calls the function. @throws ValueError if it does not return a finite number. */
  refresh(): void {
    const rate: unknown = this.fn();
    if (typeof rate !== 'number' || !Number.isFinite(rate)) {
      throw new ValueError(
        `[${this.#who}] a learning rate that is a function must return a finite number. Received: ${show(rate)}.`,
      );
    }
    if (this.variable.value.item() !== Math.fround(rate)) this.variable.assign(rate);
  }

  get value(): Tensor {
    this.refresh();
    return this.variable.value;
  }

  assign(): void {
    throw notSettable(this.#who, 'a function');
  }
}
