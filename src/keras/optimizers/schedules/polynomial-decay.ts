import { type Fields, boolean, number, string } from '../../saving/fields.ts';
import type { Maths } from './maths.ts';
import { LearningRateSchedule, type ScheduleOptions, positive } from './schedule.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link PolynomialDecay}. */
export interface PolynomialDecayOptions extends ScheduleOptions {
  /** The learning rate after `decaySteps`. @default 0.0001 */
  endLearningRate?: number;
  /** The degree of the polynomial; 1 for a straight line. @default 1 */
  power?: number;
  /** Whether the decay, after its end, continues over two, three, … times as many steps. @default false */
  cycle?: boolean;
}

/**
 * Polynomial decay from one learning rate to another within `decaySteps` steps.
 *
 *     η(step) = (initialLearningRate − endLearningRate) · (1 − min(step, decaySteps) / decaySteps)^power + endLearningRate
 *
 * With `cycle`, decaySteps is replaced by its first multiple that is ≥ step.
 *
 * @throws ValueError if decaySteps is not greater than 0.
 * @example
 * new optimizers.schedules.PolynomialDecay(0.5, 10, { endLearningRate: 0.1 }).at(5);   // 0.3
 * @see https://keras.io/api/optimizers/learning_rate_schedules/polynomial_decay/
 */
export class PolynomialDecay extends LearningRateSchedule {
  static override readonly className: string = 'PolynomialDecay';
  static override readonly positional = ['initialLearningRate', 'decaySteps', 'endLearningRate', 'power'] as const;
  static override readonly fields: Fields = {
    initialLearningRate: number(),
    decaySteps: positive(),
    endLearningRate: number(0.0001),
    power: number(1),
    cycle: boolean(false),
    name: string('PolynomialDecay'),
  };

  /** The initial learning rate. */
  declare readonly initialLearningRate: number;
  /** Number of steps of the decay. */
  declare readonly decaySteps: number;
  /** The learning rate after `decaySteps`. */
  declare readonly endLearningRate: number;
  /** The degree of the polynomial. */
  declare readonly power: number;
  /** Whether the decay continues after its end. */
  declare readonly cycle: boolean;
  /** The schedule's name. */
  declare readonly name: string;

  constructor(
    ...args: Arguments<
      PolynomialDecayOptions & { initialLearningRate: number; decaySteps: number },
      typeof PolynomialDecay.positional
    >
  );
  constructor(initialLearningRate: number, decaySteps: number, options?: PolynomialDecayOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call<T>(step: T, maths: Maths<T>): T {
    const { add, multiply, power, subtract } = maths;
    const remaining = power(subtract(1, this.#fraction(step, maths)), this.power);
    return add(multiply(this.initialLearningRate - this.endLearningRate, remaining), this.endLearningRate);
  }

  /** The completed fraction of the decay, or of the current cycle. */
  #fraction<T>(step: T, { divide, floor, ifAtMost, minimum, multiply, subtract }: Maths<T>): T {
    if (!this.cycle) return divide(minimum(step, this.decaySteps), this.decaySteps);
    // Rounded up: −⌊−x⌋.
    const cycles = subtract(0, floor(subtract(0, divide(step, this.decaySteps))));
    return divide(step, multiply(ifAtMost(step, 0, 1, cycles), this.decaySteps));
  }
}
