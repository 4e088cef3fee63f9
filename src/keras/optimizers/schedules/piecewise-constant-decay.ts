import { ValueError, show } from '../../../core/errors.ts';
import { numbers } from '../../saving/field-kinds.ts';
import { type Fields, string } from '../../saving/fields.ts';
import type { Maths } from './maths.ts';
import { LearningRateSchedule, type ScheduleOptions } from './schedule.ts';
import { type Arguments, takeArguments } from '../../saving/arguments.ts';

/**
 * A learning rate that is constant between boundaries: `values[0]` up to and including the step `boundaries[0]`, then
 * `values[1]` up to `boundaries[1]`, and so on.
 *
 * @throws ValueError if the number of values is not the number of boundaries + 1, or the boundaries do not increase.
 * @example
 * const schedule = new optimizers.schedules.PiecewiseConstantDecay([10, 20], [1, 0.5, 0.1]);
 * [0, 10, 11, 20, 21].map((step) => schedule.at(step));   // [1, 1, 0.5, 0.5, 0.1]
 * @see https://keras.io/api/optimizers/learning_rate_schedules/piecewise_constant_decay/
 */
export class PiecewiseConstantDecay extends LearningRateSchedule {
  static override readonly className: string = 'PiecewiseConstantDecay';
  static override readonly positional = ['boundaries', 'values', 'name'] as const;
  static override readonly fields: Fields = {
    boundaries: numbers(),
    values: numbers(),
    name: string('PiecewiseConstant'),
  };

  /** The last step of each learning rate except the final one. */
  declare readonly boundaries: readonly number[];
  /** The learning rates. */
  declare readonly values: readonly number[];
  /** The schedule's name. */
  declare readonly name: string;

  constructor(
    ...args: Arguments<
      ScheduleOptions & { boundaries: readonly number[]; values: readonly number[] },
      typeof PiecewiseConstantDecay.positional
    >
  );
  constructor(boundaries: readonly number[], values: readonly number[], options?: ScheduleOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    const who = 'PiecewiseConstantDecay';
    if (this.boundaries.length === 0 || this.boundaries.length !== this.values.length - 1) {
      throw new ValueError(
        `[${who}] there must be at least one boundary, and one more value than boundaries. Received: boundaries=${show(this.boundaries)}, values=${show(this.values)}.`,
      );
    }
    if (this.boundaries.some((boundary, i) => boundary <= (this.boundaries[i - 1] ?? -Infinity))) {
      throw new ValueError(`[${who}] boundaries must increase. Received: boundaries=${show(this.boundaries)}.`);
    }
  }

  override call<T>(step: T, { ifAtMost }: Maths<T>): T | number {
    const last: T | number = this.values.at(-1) ?? 0;
    // Steps are integers, and Keras truncates boundaries to integers too.
    return this.boundaries.reduceRight<T | number>(
      (later, boundary, i) => ifAtMost(step, Math.trunc(boundary), this.values[i] ?? 0, later),
      last,
    );
  }
}
