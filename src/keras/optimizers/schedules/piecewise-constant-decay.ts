import type { Config } from '../../../core/config.ts';
import { ValueError, show } from '../../../core/errors.ts';
import { checkNumber, checkOptions } from '../../../core/checks.ts';
import { optionsOf } from '../../saving/registry.ts';
import type { Maths } from './maths.ts';
import { LearningRateSchedule, type ScheduleOptions } from './schedule.ts';

function numbers(argument: string, given: unknown): readonly number[] {
  const who = 'PiecewiseConstantDecay';
  if (Array.isArray(given)) return given.map((entry) => checkNumber(who, argument, entry));
  throw new TypeError(`[${who}] ${argument} must be a list of numbers. Received: ${argument}=${show(given)}.`);
}

/**
 * A rate that is constant between boundaries: `values[0]` up to and with the step `boundaries[0]`, then `values[1]` up to
 * `boundaries[1]`, and so on.
 *
 * @throws ValueError if there is not one boundary less than values, or the boundaries do not increase.
 * @example
 * const schedule = new optimizers.schedules.PiecewiseConstantDecay([10, 20], [1, 0.5, 0.1]);
 * [0, 10, 11, 20, 21].map((step) => schedule.at(step));   // [1, 1, 0.5, 0.5, 0.1]
 * @see https://keras.io/api/optimizers/learning_rate_schedules/piecewise_constant_decay/
 */
export class PiecewiseConstantDecay extends LearningRateSchedule {
  /** The last step of each rate but the last. */
  readonly boundaries: readonly number[];
  /** The rates. */
  readonly values: readonly number[];
  /** What it is called. */
  readonly name: string;

  constructor(boundaries: readonly number[], values: readonly number[], options: ScheduleOptions = {}) {
    super();
    const who = 'PiecewiseConstantDecay';
    checkOptions(who, options, ['name']);
    this.boundaries = numbers('boundaries', boundaries);
    this.values = numbers('values', values);
    this.name = options.name ?? 'PiecewiseConstant';
    if (this.boundaries.length === 0 || this.boundaries.length !== this.values.length - 1) {
      throw new ValueError(
        `[${who}] there must be one boundary or more, and one value more than boundaries. Received: boundaries=${show(boundaries)}, values=${show(values)}.`,
      );
    }
    if (this.boundaries.some((boundary, i) => boundary <= (this.boundaries[i - 1] ?? -Infinity))) {
      throw new ValueError(`[${who}] boundaries must increase. Received: boundaries=${show(boundaries)}.`);
    }
  }

  override call<T>(step: T, { ifAtMost }: Maths<T>): T | number {
    const last: T | number = this.values.at(-1) ?? 0;
    // Steps are integers, and Keras cuts boundaries to integers too.
    return this.boundaries.reduceRight<T | number>(
      (later, boundary, i) => ifAtMost(step, Math.trunc(boundary), this.values[i] ?? 0, later),
      last,
    );
  }

  override getConfig(): Config {
    return { boundaries: this.boundaries, values: this.values, name: this.name };
  }

  static override fromConfig(config: Config): PiecewiseConstantDecay {
    const { boundaries, values, ...options } = optionsOf(config);
    return new PiecewiseConstantDecay(boundaries as readonly number[], values as readonly number[], options);
  }
}
