import type { Json } from '../../core/config.ts';
import { NotImplementedError, ValueError, show } from '../../core/errors.ts';
import { type Tensor, type TensorLike, tensor } from '../../core/tensor.ts';
import { Variable } from '../../compiler/ir/variable.ts';
import { type Field, field } from '../saving/fields.ts';
import { functionName, isIdentifier, serializeFunction } from '../saving/registry.ts';
import { get as getSchedule, serialize as serializeSchedule } from './schedules/resolve.ts';
import { LearningRateSchedule } from './schedules/schedule.ts';

/**
 * An optimizer's learning rate: a variable, the value of a schedule at the current step, or the result of a function.
 *
 * @example
 * const sgd = new optimizers.SGD({ learningRate: 0.5 });
 * sgd.learningRate.value;    // 0.5
 * sgd.learningRate.assign(0.25);
 * sgd.learningRate.value;    // 0.25
 * @see https://keras.io/api/optimizers/
 */
export interface LearningRate {
  /** The current learning rate: a scalar. */
  readonly value: Tensor;
  /**
   * Replaces the learning rate.
   * @throws TypeError if it comes from a schedule or a function.
   */
  assign(values: TensorLike): void;
}

/** A learning rate as a function, which is called before each step. */
export type LearningRateFunction = () => number;

/** A learning rate as an option: checked, and with the config of a schedule made into the schedule. */
export type LearningRateOption = number | LearningRateSchedule | LearningRateFunction;

/** The error for assigning to a learning rate that is computed. */
function notAssignable(who: string, source: string): TypeError {
  return new TypeError(
    `[${who}] the learning rate comes from ${source} and cannot be set. Create the optimizer with a number: learningRate: 0.01.`,
  );
}

/** The value of a schedule at the step that a variable counts. */
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
    throw notAssignable(this.#who, 'a LearningRateSchedule');
  }
}

/** The result of a user's function, held in a variable that is not part of the optimizer's state. */
export class CalledRate implements LearningRate {
  readonly fn: LearningRateFunction;
  /** The result of the latest call. */
  readonly variable: Variable;
  readonly #who: string;

  constructor(who: string, fn: LearningRateFunction, path: string) {
    this.#who = who;
    this.fn = fn;
    // The first call is made when the rate is needed: the function may use objects that are created after the optimizer.
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
    throw notAssignable(this.#who, 'a function');
  }
}

/** The learning rate of an optimizer: the only option whose attribute is an object that follows the steps. */
export type OptimizerRate = Variable | ScheduledRate | CalledRate;

/** Checks a learning rate that is a number. */
export function checkLearningRate(who: string, value: unknown): number {
  // The variable that holds it has 32 bits.
  if (typeof value === 'number' && Number.isFinite(Math.fround(value))) return value;
  throw new TypeError(
    `[${who}] learningRate must be a finite number, a LearningRateSchedule or a function. Received: learningRate=${show(value)}.`,
  );
}

function readLearningRate(who: string, value: unknown): LearningRateOption {
  if (value instanceof LearningRateSchedule) return value;
  if (typeof value === 'function') return value as LearningRateFunction;
  const name = functionName(value);
  if (name !== null) {
    throw new NotImplementedError(
      `[${who}] a learning rate that is a function cannot be read from a config. Received: learning_rate=${show(name)}. Create the optimizer with the function, and pass it to compile.`,
    );
  }
  return isIdentifier(value) && typeof value !== 'string' ? getSchedule(value, who) : checkLearningRate(who, value);
}

/** The field of a learning rate: a number, a schedule, the config of a schedule, or a function. */
export function learningRate(byDefault: number): Field {
  return field({
    byDefault,
    read: (who, _option, given): unknown => readLearningRate(who, given),
    write: (rate, who) => rateConfig(rate as OptimizerRate, who),
    revive: (json, context) =>
      isIdentifier(json) && typeof json !== 'string' && functionName(json) === null
        ? getSchedule(json, 'optimizers.deserialize', context)
        : json,
  });
}

function rateConfig(rate: OptimizerRate, who: string): Json {
  if (rate instanceof ScheduledRate) return { ...serializeSchedule(rate.schedule) };
  return rate instanceof CalledRate ? { ...serializeFunction(rate.fn, who) } : rate.value.item();
}
