import { type Fields, boolean, number, string } from '../../saving/fields.ts';
import type { Maths } from './maths.ts';
import { LearningRateSchedule, type ScheduleOptions, positive } from './schedule.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link ExponentialDecay} and {@link InverseTimeDecay}. */
export interface DecayOptions extends ScheduleOptions {
  /** Whether the rate changes only at multiples of `decaySteps`. @default false */
  staircase?: boolean;
}

const decayFields = (name: string): Fields => ({
  initialLearningRate: number(),
  decaySteps: positive(),
  decayRate: number(),
  staircase: boolean(false),
  name: string(name),
});

/** The base of {@link ExponentialDecay} and {@link InverseTimeDecay}. */
abstract class Decay extends LearningRateSchedule {
  static override readonly positional = ['initialLearningRate', 'decaySteps', 'decayRate', 'staircase'] as const;
  /** The initial learning rate. */
  declare readonly initialLearningRate: number;
  /** Number of steps of one decay. */
  declare readonly decaySteps: number;
  /** Rate of one decay. */
  declare readonly decayRate: number;
  /** Whether the rate changes only at multiples of `decaySteps`. */
  declare readonly staircase: boolean;
  /** The schedule's name. */
  declare readonly name: string;

  constructor(
    ...args: Arguments<
      DecayOptions & { initialLearningRate: number; decaySteps: number; decayRate: number },
      typeof Decay.positional
    >
  );
  constructor(initialLearningRate: number, decaySteps: number, decayRate: number, options?: DecayOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  /** The number of decays so far. */
  protected decays<T>(step: T, { divide, floor }: Maths<T>): T {
    const decays = divide(step, this.decaySteps);
    return this.staircase ? floor(decays) : decays;
  }
}

/**
 * Exponential decay: the learning rate is multiplied by `decayRate` every `decaySteps` steps.
 *
 *     η(step) = initialLearningRate · decayRate^(step / decaySteps)
 *
 * @throws ValueError if decaySteps is not greater than 0.
 * @example
 * new optimizers.schedules.ExponentialDecay(0.1, 10, 0.5).at(20);   // 0.025
 * @see https://keras.io/api/optimizers/learning_rate_schedules/exponential_decay/
 */
export class ExponentialDecay extends Decay {
  static override readonly className: string = 'ExponentialDecay';
  static override readonly fields: Fields = decayFields('ExponentialDecay');

  override call<T>(step: T, maths: Maths<T>): T {
    return maths.multiply(this.initialLearningRate, maths.power(this.decayRate, this.decays(step, maths)));
  }
}

/**
 * Inverse time decay: the learning rate is inversely proportional to a linear function of the steps.
 *
 *     η(step) = initialLearningRate / (1 + decayRate · step / decaySteps)
 *
 * @throws ValueError if decaySteps is not greater than 0.
 * @example
 * new optimizers.schedules.InverseTimeDecay(0.1, 10, 0.5).at(20);   // 0.05
 * @see https://keras.io/api/optimizers/learning_rate_schedules/inverse_time_decay/
 */
export class InverseTimeDecay extends Decay {
  static override readonly className: string = 'InverseTimeDecay';
  static override readonly fields: Fields = decayFields('InverseTimeDecay');

  override call<T>(step: T, maths: Maths<T>): T {
    const { add, divide, multiply } = maths;
    return divide(this.initialLearningRate, add(1, multiply(this.decayRate, this.decays(step, maths))));
  }
}
