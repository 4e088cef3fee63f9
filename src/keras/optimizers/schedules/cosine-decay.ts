import { type Fields, nullable, number, string } from '../../saving/fields.ts';
import type { Maths } from './maths.ts';
import { LearningRateSchedule, type ScheduleOptions, positive } from './schedule.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** (1 + cos(π x)) / 2 */
export function halfCosine<T>(x: T, { add, cos, multiply }: Maths<T>): T {
  return multiply(0.5, add(1, cos(multiply(Math.PI, x))));
}

/** Options of {@link CosineDecay}. */
export interface CosineDecayOptions extends ScheduleOptions {
  /** Minimum learning rate as a fraction of the maximum. @default 0 */
  alpha?: number;
  /** The learning rate at the end of a linear warm-up, from which it decays; null for no warm-up. @default null */
  warmupTarget?: number | null;
  /** Number of steps of the warm-up, before the decay. @default 0 */
  warmupSteps?: number;
}

/**
 * Cosine decay, optionally after a linear warm-up.
 *
 *     η(step) = initialLearningRate · ((1 − α) (1 + cos(π · min(step, decaySteps) / decaySteps)) / 2 + α)
 *
 * With a warm-up, η increases from initialLearningRate to warmupTarget in warmupSteps, and then decays from there.
 *
 * @throws ValueError if decaySteps is not greater than 0.
 * @example
 * const schedule = new optimizers.schedules.CosineDecay(0, 10, { warmupTarget: 0.5, warmupSteps: 5 });
 * [0, 1, 5, 10, 15].map((step) => schedule.at(step));   // [0, 0.1, 0.5, 0.25, 0]
 * @see https://keras.io/api/optimizers/learning_rate_schedules/cosine_decay/
 */
export class CosineDecay extends LearningRateSchedule {
  static override readonly className: string = 'CosineDecay';
  static override readonly positional = ['initialLearningRate', 'decaySteps', 'alpha', 'name'] as const;
  static override readonly fields: Fields = {
    initialLearningRate: number(),
    decaySteps: positive(),
    alpha: number(0),
    name: string('CosineDecay'),
    warmupTarget: nullable(number()),
    warmupSteps: number(0),
  };

  /** The initial learning rate. */
  declare readonly initialLearningRate: number;
  /** Number of steps of the decay. */
  declare readonly decaySteps: number;
  /** Minimum learning rate as a fraction of the maximum. */
  declare readonly alpha: number;
  /** The learning rate at the end of the warm-up; null for no warm-up. */
  declare readonly warmupTarget: number | null;
  /** Number of steps of the warm-up. */
  declare readonly warmupSteps: number;
  /** The schedule's name. */
  declare readonly name: string;

  constructor(
    ...args: Arguments<
      CosineDecayOptions & { initialLearningRate: number; decaySteps: number },
      typeof CosineDecay.positional
    >
  );
  constructor(initialLearningRate: number, decaySteps: number, options?: CosineDecayOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call<T>(step: T, maths: Maths<T>): T {
    const { add, divide, ifAtMost, multiply, subtract } = maths;
    const { initialLearningRate, warmupSteps, warmupTarget } = this;
    if (warmupTarget === null) return this.#decayed(step, initialLearningRate, maths);
    if (warmupSteps <= 0) return this.#decayed(step, warmupTarget, maths);
    const increase = multiply(warmupTarget - initialLearningRate, divide(step, warmupSteps));
    const decayed = this.#decayed(subtract(step, warmupSteps), warmupTarget, maths);
    return ifAtMost(warmupSteps, step, decayed, add(increase, initialLearningRate));
  }

  #decayed<T>(step: T, from: number, maths: Maths<T>): T {
    const { add, divide, minimum, multiply } = maths;
    const fraction = divide(minimum(step, this.decaySteps), this.decaySteps);
    return multiply(from, add(multiply(1 - this.alpha, halfCosine(fraction, maths)), this.alpha));
  }
}
