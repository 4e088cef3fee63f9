import type { Config } from '../../../core/config.ts';
import { checkBoolean, checkNumber, checkOptions } from '../../../core/checks.ts';
import { optionsOf } from '../../saving/registry.ts';
import type { Maths } from './maths.ts';
import { LearningRateSchedule, type ScheduleOptions, checkPositive } from './schedule.ts';

/** Options of {@link PolynomialDecay}. */
export interface PolynomialDecayOptions extends ScheduleOptions {
  /** The rate after `decaySteps`. @default 0.0001 */
  endLearningRate?: number;
  /** The degree of the polynomial; 1 is a straight line. @default 1 */
  power?: number;
  /** Whether, after its end, the decay starts again, over twice, three times, … as many steps. @default false */
  cycle?: boolean;
}

/**
 * A rate that falls from one to another within `decaySteps` steps.
 *
 *     η(step) = (initialLearningRate − endLearningRate) · (1 − min(step, decaySteps) / decaySteps)^power + endLearningRate
 *
 * With `cycle`, decaySteps stands for its first multiple that is not below step.
 *
 * @throws ValueError if decaySteps is not above 0.
 * @example
 * new optimizers.schedules.PolynomialDecay(0.5, 10, { endLearningRate: 0.1 }).at(5);   // 0.3
 * @see https://keras.io/api/optimizers/learning_rate_schedules/polynomial_decay/
 */
export class PolynomialDecay extends LearningRateSchedule {
  /** The rate at first. */
  readonly initialLearningRate: number;
  /** Over how many steps it falls. */
  readonly decaySteps: number;
  /** The rate after `decaySteps`. */
  readonly endLearningRate: number;
  /** The degree of the polynomial. */
  readonly power: number;
  /** Whether the decay starts again after its end. */
  readonly cycle: boolean;
  /** What it is called. */
  readonly name: string;

  constructor(initialLearningRate: number, decaySteps: number, options: PolynomialDecayOptions = {}) {
    super();
    const who = 'PolynomialDecay';
    checkOptions(who, options, ['endLearningRate', 'power', 'cycle', 'name']);
    this.initialLearningRate = checkNumber(who, 'initialLearningRate', initialLearningRate);
    this.decaySteps = checkPositive(who, 'decaySteps', decaySteps);
    this.endLearningRate = checkNumber(who, 'endLearningRate', options.endLearningRate ?? 0.0001);
    this.power = checkNumber(who, 'power', options.power ?? 1);
    this.cycle = checkBoolean(who, 'cycle', options.cycle ?? false);
    this.name = options.name ?? who;
  }

  override call<T>(step: T, maths: Maths<T>): T {
    const { add, multiply, power, subtract } = maths;
    const left = power(subtract(1, this.#done(step, maths)), this.power);
    return add(multiply(this.initialLearningRate - this.endLearningRate, left), this.endLearningRate);
  }

  /** How much of the decay, or of this cycle of it, is done. */
  #done<T>(step: T, { divide, floor, ifAtMost, minimum, multiply, subtract }: Maths<T>): T {
    if (!this.cycle) return divide(minimum(step, this.decaySteps), this.decaySteps);
    // Rounded up: −⌊−x⌋.
    const cycles = subtract(0, floor(subtract(0, divide(step, this.decaySteps))));
    return divide(step, multiply(ifAtMost(step, 0, 1, cycles), this.decaySteps));
  }

  override getConfig(): Config {
    return {
      initial_learning_rate: this.initialLearningRate,
      decay_steps: this.decaySteps,
      end_learning_rate: this.endLearningRate,
      power: this.power,
      cycle: this.cycle,
      name: this.name,
    };
  }

  static override fromConfig(config: Config): PolynomialDecay {
    const { initialLearningRate, decaySteps, ...options } = optionsOf(config);
    return new PolynomialDecay(initialLearningRate as number, decaySteps as number, options);
  }
}
