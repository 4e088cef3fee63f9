import { type Fields, number, string } from '../../saving/fields.ts';
import { halfCosine } from './cosine-decay.ts';
import type { Maths } from './maths.ts';
import { LearningRateSchedule, type ScheduleOptions, positive } from './schedule.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/** Options of {@link CosineDecayRestarts}. */
export interface CosineDecayRestartsOptions extends ScheduleOptions {
  /** Factor by which each decay is longer than the previous one, greater than 0. @default 2 */
  tMul?: number;
  /** Factor by which the initial learning rate changes at each restart. @default 1 */
  mMul?: number;
  /** Minimum learning rate as a fraction of the initial one. @default 0 */
  alpha?: number;
}

/**
 * Cosine decay with warm restarts: each decay is `tMul` times as long as the previous one, and starts `mMul` times as
 * high.
 *
 *     η(step) = initialLearningRate · ((1 − α) mMulⁱ (1 + cos(π x)) / 2 + α)
 *
 * i is the number of restarts so far, and x in [0, 1) the fraction of the current decay.
 *
 * @throws ValueError if firstDecaySteps or tMul is not greater than 0.
 * @example
 * const schedule = new optimizers.schedules.CosineDecayRestarts(0.1, 10, { mMul: 0.5 });
 * [0, 5, 10, 20, 30].map((step) => schedule.at(step));   // [0.1, 0.05, 0.05, 0.025, 0.025]
 * @see https://arxiv.org/abs/1608.03983
 */
export class CosineDecayRestarts extends LearningRateSchedule {
  static override readonly className: string = 'CosineDecayRestarts';
  static override readonly positional = ['initialLearningRate', 'firstDecaySteps', 'tMul', 'mMul'] as const;
  static override readonly fields: Fields = {
    initialLearningRate: number(),
    firstDecaySteps: positive(),
    tMul: number(2, { above: 0 }),
    mMul: number(1),
    alpha: number(0),
    name: string('SGDRDecay'),
  };

  /** The initial learning rate. */
  declare readonly initialLearningRate: number;
  /** Number of steps of the first decay. */
  declare readonly firstDecaySteps: number;
  /** Factor by which each decay is longer than the previous one. */
  declare readonly tMul: number;
  /** Factor by which the initial learning rate changes at each restart. */
  declare readonly mMul: number;
  /** Minimum learning rate as a fraction of the initial one. */
  declare readonly alpha: number;
  /** The schedule's name. */
  declare readonly name: string;

  constructor(
    ...args: Arguments<
      CosineDecayRestartsOptions & { initialLearningRate: number; firstDecaySteps: number },
      typeof CosineDecayRestarts.positional
    >
  );
  constructor(initialLearningRate: number, firstDecaySteps: number, options?: CosineDecayRestartsOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override call<T>(step: T, maths: Maths<T>): T {
    const { add, multiply, power } = maths;
    const { restarts, fraction } = this.#cycle(maths.divide(step, this.firstDecaySteps), maths);
    const decayed = multiply(power(this.mMul, restarts), halfCosine(fraction, maths));
    return multiply(this.initialLearningRate, add(multiply(1 - this.alpha, decayed), this.alpha));
  }

  /**
   * The number of restarts before a time, in units of the first decay, and the fraction of the current decay. i restarts
   * take the time 1 + t + … + tⁱ⁻¹ = (1 − tⁱ) / (1 − t), so i = ⌊log(1 − time (1 − t)) / log t⌋.
   */
  #cycle<T>(time: T, { add, divide, floor, ifAtMost, log, multiply, power, subtract }: Maths<T>): Cycle<T> {
    const t = this.tMul;
    if (t === 1) return { restarts: floor(time), fraction: subtract(time, floor(time)) };
    const restarts = floor(divide(log(subtract(1, multiply(time, 1 - t))), Math.log(t)));
    const scale = power(t, restarts);
    const fraction = divide(subtract(time, divide(subtract(1, scale), 1 - t)), scale);
    // At a restart the logarithm may be rounded down, so that the previous decay would seem to end there.
    const ifOver = (then: T, otherwise: T): T => ifAtMost(1, fraction, then, otherwise);
    return {
      restarts: ifOver(add(restarts, 1), restarts),
      fraction: ifOver(divide(subtract(fraction, 1), t), fraction),
    };
  }
}

interface Cycle<T> {
  readonly restarts: T;
  readonly fraction: T;
}
