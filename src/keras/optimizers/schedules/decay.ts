import type { Config, Json } from '../../../core/config.ts';
import { checkBoolean, checkNumber, checkOptions } from '../../../core/checks.ts';
import { optionsOf } from '../../saving/registry.ts';
import type { Maths } from './maths.ts';
import { LearningRateSchedule, type ScheduleOptions, checkPositive } from './schedule.ts';

/** Options of {@link ExponentialDecay} and {@link InverseTimeDecay}. */
export interface DecayOptions extends ScheduleOptions {
  /** Whether the rate changes only after every so many whole `decaySteps`. @default false */
  staircase?: boolean;
}

/** What the two share. */
abstract class Decay extends LearningRateSchedule {
  /** The rate at first. */
  readonly initialLearningRate: number;
  /** After how many steps it has decayed once. */
  readonly decaySteps: number;
  /** How much it decays. */
  readonly decayRate: number;
  /** Whether the rate changes only after every so many whole `decaySteps`. */
  readonly staircase: boolean;
  /** What it is called. */
  readonly name: string;

  constructor(who: string, given: readonly [number, number, number], options: DecayOptions) {
    super();
    checkOptions(who, options, ['staircase', 'name']);
    this.initialLearningRate = checkNumber(who, 'initialLearningRate', given[0]);
    this.decaySteps = checkPositive(who, 'decaySteps', given[1]);
    this.decayRate = checkNumber(who, 'decayRate', given[2]);
    this.staircase = checkBoolean(who, 'staircase', options.staircase ?? false);
    this.name = options.name ?? who;
  }

  /** How many times it has decayed. */
  protected times<T>(step: T, { divide, floor }: Maths<T>): T {
    const times = divide(step, this.decaySteps);
    return this.staircase ? floor(times) : times;
  }

  override getConfig(): Config {
    return {
      initial_learning_rate: this.initialLearningRate,
      decay_steps: this.decaySteps,
      decay_rate: this.decayRate,
      staircase: this.staircase,
      name: this.name,
    };
  }
}

/** The three numbers of a decay, and the options, in its config. */
function decayArguments(config: Config): readonly [number, number, number, DecayOptions] {
  const { initialLearningRate, decaySteps, decayRate, ...options } = optionsOf(config);
  // The constructor checks them.
  const number = (value: Json | undefined): number => value as number;
  return [number(initialLearningRate), number(decaySteps), number(decayRate), options];
}

/**
 * A rate that is multiplied by `decayRate` every `decaySteps` steps.
 *
 *     η(step) = initialLearningRate · decayRate^(step / decaySteps)
 *
 * @throws ValueError if decaySteps is not above 0.
 * @example
 * new optimizers.schedules.ExponentialDecay(0.1, 10, 0.5).at(20);   // 0.025
 * @see https://keras.io/api/optimizers/learning_rate_schedules/exponential_decay/
 */
export class ExponentialDecay extends Decay {
  constructor(initialLearningRate: number, decaySteps: number, decayRate: number, options: DecayOptions = {}) {
    super('ExponentialDecay', [initialLearningRate, decaySteps, decayRate], options);
  }

  override call<T>(step: T, maths: Maths<T>): T {
    return maths.multiply(this.initialLearningRate, maths.power(this.decayRate, this.times(step, maths)));
  }

  static override fromConfig(config: Config): ExponentialDecay {
    return new ExponentialDecay(...decayArguments(config));
  }
}

/**
 * A rate that falls as the inverse of the steps.
 *
 *     η(step) = initialLearningRate / (1 + decayRate · step / decaySteps)
 *
 * @throws ValueError if decaySteps is not above 0.
 * @example
 * new optimizers.schedules.InverseTimeDecay(0.1, 10, 0.5).at(20);   // 0.05
 * @see https://keras.io/api/optimizers/learning_rate_schedules/inverse_time_decay/
 */
export class InverseTimeDecay extends Decay {
  constructor(initialLearningRate: number, decaySteps: number, decayRate: number, options: DecayOptions = {}) {
    super('InverseTimeDecay', [initialLearningRate, decaySteps, decayRate], options);
  }

  override call<T>(step: T, maths: Maths<T>): T {
    const { add, divide, multiply } = maths;
    return divide(this.initialLearningRate, add(1, multiply(this.decayRate, this.times(step, maths))));
  }

  static override fromConfig(config: Config): InverseTimeDecay {
    return new InverseTimeDecay(...decayArguments(config));
  }
}
