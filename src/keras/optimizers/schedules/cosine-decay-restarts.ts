import type { Config } from '../../../core/config.ts';
import { checkNumber, checkOptions } from '../../../core/checks.ts';
import { optionsOf } from '../../saving/registry.ts';
import { halfCosine } from './cosine-decay.ts';
import type { Maths } from './maths.ts';
import { LearningRateSchedule, type ScheduleOptions, checkPositive } from './schedule.ts';

/** Options of {@link CosineDecayRestarts}. */
export interface CosineDecayRestartsOptions extends ScheduleOptions {
  /** How many times as long each decay is as the one before; above 0. @default 2 */
  tMul?: number;
  /** How many times as high it starts. @default 1 */
  mMul?: number;
  /** Which part of the rate at first is the least. @default 0 */
  alpha?: number;
}

/**
 * A rate that falls along half a cosine, again and again: each time over `tMul` times as many steps, from `mMul` times
 * as high.
 *
 *     η(step) = initialLearningRate · ((1 − α) mMulⁱ (1 + cos(π x)) / 2 + α)
 *
 * i is the number of restarts so far, and x in [0, 1) the part of the decay that is done since the last.
 *
 * @throws ValueError if firstDecaySteps or tMul is not above 0.
 * @example
 * const schedule = new optimizers.schedules.CosineDecayRestarts(0.1, 10, { mMul: 0.5 });
 * [0, 5, 10, 20, 30].map((step) => schedule.at(step));   // [0.1, 0.05, 0.05, 0.025, 0.025]
 * @see https://arxiv.org/abs/1608.03983
 */
export class CosineDecayRestarts extends LearningRateSchedule {
  /** The rate at first. */
  readonly initialLearningRate: number;
  /** Over how many steps it falls the first time. */
  readonly firstDecaySteps: number;
  /** How many times as long each decay is as the one before. */
  readonly tMul: number;
  /** How many times as high it starts. */
  readonly mMul: number;
  /** Which part of the rate at first is the least. */
  readonly alpha: number;
  /** What it is called. */
  readonly name: string;

  constructor(initialLearningRate: number, firstDecaySteps: number, options: CosineDecayRestartsOptions = {}) {
    super();
    const who = 'CosineDecayRestarts';
    checkOptions(who, options, ['tMul', 'mMul', 'alpha', 'name']);
    this.initialLearningRate = checkNumber(who, 'initialLearningRate', initialLearningRate);
    this.firstDecaySteps = checkPositive(who, 'firstDecaySteps', firstDecaySteps);
    this.tMul = checkPositive(who, 'tMul', options.tMul ?? 2);
    this.mMul = checkNumber(who, 'mMul', options.mMul ?? 1);
    this.alpha = checkNumber(who, 'alpha', options.alpha ?? 0);
    this.name = options.name ?? 'SGDRDecay';
  }

  override call<T>(step: T, maths: Maths<T>): T {
    const { add, multiply, power } = maths;
    const { restarts, done } = this.#cycle(maths.divide(step, this.firstDecaySteps), maths);
    const decayed = multiply(power(this.mMul, restarts), halfCosine(done, maths));
    return multiply(this.initialLearningRate, add(multiply(1 - this.alpha, decayed), this.alpha));
  }

  /**
   * How many restarts there were within a time, in units of the first decay, and which part of the decay is done since.
   * After i restarts the time is 1 + t + … + tⁱ⁻¹ = (1 − tⁱ) / (1 − t), so i = ⌊log(1 − time (1 − t)) / log t⌋.
   */
  #cycle<T>(time: T, { add, divide, floor, ifAtMost, log, multiply, power, subtract }: Maths<T>): Cycle<T> {
    const t = this.tMul;
    if (t === 1) return { restarts: floor(time), done: subtract(time, floor(time)) };
    const restarts = floor(divide(log(subtract(1, multiply(time, 1 - t))), Math.log(t)));
    const scale = power(t, restarts);
    const done = divide(subtract(time, divide(subtract(1, scale), 1 - t)), scale);
    // At a restart the logarithm may be rounded down, and the last decay would seem to end there.
    const isOver = (then: T, otherwise: T): T => ifAtMost(1, done, then, otherwise);
    return { restarts: isOver(add(restarts, 1), restarts), done: isOver(divide(subtract(done, 1), t), done) };
  }

  override getConfig(): Config {
    return {
      initial_learning_rate: this.initialLearningRate,
      first_decay_steps: this.firstDecaySteps,
      t_mul: this.tMul,
      m_mul: this.mMul,
      alpha: this.alpha,
      name: this.name,
    };
  }

  static override fromConfig(config: Config): CosineDecayRestarts {
    const { initialLearningRate, firstDecaySteps, ...options } = optionsOf(config);
    return new CosineDecayRestarts(initialLearningRate as number, firstDecaySteps as number, options);
  }
}

interface Cycle<T> {
  readonly restarts: T;
  readonly done: T;
}
