import type { Config } from '../../../core/config.ts';
import { checkNumber, checkOptions } from '../../../core/checks.ts';
import { optionsOf } from '../../saving/registry.ts';
import type { Maths } from './maths.ts';
import { LearningRateSchedule, type ScheduleOptions, checkPositive } from './schedule.ts';

/** (1 + cos(π x)) / 2 */
export function halfCosine<T>(x: T, { add, cos, multiply }: Maths<T>): T {
  return multiply(0.5, add(1, cos(multiply(Math.PI, x))));
}

/** Options of {@link CosineDecay}. */
export interface CosineDecayOptions extends ScheduleOptions {
  /** Which part of the greatest rate is the least. @default 0 */
  alpha?: number;
  /** The rate that a linear warm-up leads to, and the decay starts from; null for no warm-up. @default null */
  warmupTarget?: number | null;
  /** How many steps the warm-up takes, before the decay. @default 0 */
  warmupSteps?: number;
}

/**
 * A rate that falls along half a cosine, after a linear warm-up if one is asked for.
 *
 *     η(step) = initialLearningRate · ((1 − α) (1 + cos(π · min(step, decaySteps) / decaySteps)) / 2 + α)
 *
 * With a warm-up, η rises from initialLearningRate to warmupTarget in warmupSteps, and then falls from there.
 *
 * @throws ValueError if decaySteps is not above 0.
 * @example
 * const schedule = new optimizers.schedules.CosineDecay(0, 10, { warmupTarget: 0.5, warmupSteps: 5 });
 * [0, 1, 5, 10, 15].map((step) => schedule.at(step));   // [0, 0.1, 0.5, 0.25, 0]
 * @see https://keras.io/api/optimizers/learning_rate_schedules/cosine_decay/
 */
export class CosineDecay extends LearningRateSchedule {
  /** The rate at first. */
  readonly initialLearningRate: number;
  /** Over how many steps it falls. */
  readonly decaySteps: number;
  /** Which part of the greatest rate is the least. */
  readonly alpha: number;
  /** The rate that the warm-up leads to; null for no warm-up. */
  readonly warmupTarget: number | null;
  /** How many steps the warm-up takes. */
  readonly warmupSteps: number;
  /** What it is called. */
  readonly name: string;

  constructor(initialLearningRate: number, decaySteps: number, options: CosineDecayOptions = {}) {
    super();
    const who = 'CosineDecay';
    checkOptions(who, options, ['alpha', 'name', 'warmupTarget', 'warmupSteps']);
    const target = options.warmupTarget ?? null;
    this.initialLearningRate = checkNumber(who, 'initialLearningRate', initialLearningRate);
    this.decaySteps = checkPositive(who, 'decaySteps', decaySteps);
    this.alpha = checkNumber(who, 'alpha', options.alpha ?? 0);
    this.warmupTarget = target === null ? null : checkNumber(who, 'warmupTarget', target);
    this.warmupSteps = checkNumber(who, 'warmupSteps', options.warmupSteps ?? 0);
    this.name = options.name ?? who;
  }

  override call<T>(step: T, maths: Maths<T>): T {
    const { add, divide, ifAtMost, multiply, subtract } = maths;
    const { initialLearningRate, warmupSteps, warmupTarget } = this;
    if (warmupTarget === null) return this.#decayed(step, initialLearningRate, maths);
    if (warmupSteps <= 0) return this.#decayed(step, warmupTarget, maths);
    const risen = multiply(warmupTarget - initialLearningRate, divide(step, warmupSteps));
    const fallen = this.#decayed(subtract(step, warmupSteps), warmupTarget, maths);
    return ifAtMost(warmupSteps, step, fallen, add(risen, initialLearningRate));
  }

  #decayed<T>(step: T, from: number, maths: Maths<T>): T {
    const { add, divide, minimum, multiply } = maths;
    const done = divide(minimum(step, this.decaySteps), this.decaySteps);
    return multiply(from, add(multiply(1 - this.alpha, halfCosine(done, maths)), this.alpha));
  }

  override getConfig(): Config {
    return {
      initial_learning_rate: this.initialLearningRate,
      decay_steps: this.decaySteps,
      alpha: this.alpha,
      name: this.name,
      warmup_target: this.warmupTarget,
      warmup_steps: this.warmupSteps,
    };
  }

  static override fromConfig(config: Config): CosineDecay {
    const { initialLearningRate, decaySteps, ...options } = optionsOf(config);
    return new CosineDecay(initialLearningRate as number, decaySteps as number, options);
  }
}
