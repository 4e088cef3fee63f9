import { checkNumber } from '../../core/checks.ts';
import { ValueError } from '../../core/errors.ts';
import type { Shape } from '../../core/shape.ts';
import { print } from '../../core/print.ts';
import { type Fields, field, integer, number, string } from '../saving/fields.ts';
import { Callback, type Logs } from './callback.ts';
import {
  type RatedOptimizer,
  checkLearningRates,
  learningRateOf,
  learningRatesOf,
  ratedOptimizers,
  setLearningRate,
} from './learning-rate.ts';
import { Monitor, type MonitorMode, monitorMode } from './monitor.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Options of {@link ReduceLROnPlateau}. */
export interface ReduceLROnPlateauOptions {
  /** The name of the value to monitor. @default 'val_loss' */
  readonly monitor?: string | undefined;
  /** The factor by which the learning rate is multiplied; below 1. @default 0.1 */
  readonly factor?: number | undefined;
  /** The number of epochs without improvement after which the learning rate is reduced. @default 10 */
  readonly patience?: number | undefined;
  /** 1 prints a line for every reduction. @default 0 */
  readonly verbose?: number | undefined;
  /** Whether smaller (`min`) or larger (`max`) values are better; `auto` is known for losses and metrics. @default 'auto' */
  readonly mode?: MonitorMode | undefined;
  /** The minimum change that counts as an improvement. @default 1e-4 */
  readonly minDelta?: number | undefined;
  /** The number of epochs after a reduction in which the value is not monitored. @default 0 */
  readonly cooldown?: number | undefined;
  /** The minimum learning rate. @default 0 */
  readonly minLr?: number | undefined;
}

const factor = field<number>({
  byDefault: 0.1,
  read: (who, option, given) => {
    const value = checkNumber(who, option, given);
    if (value < 1) return value;
    throw new ValueError(`[${who}] ${option} must be less than 1. Received: ${option}=${value}.`);
  },
});

/**
 * Reduces the learning rate when a value has stopped improving; with a `MultiOptimizer`, that of each of its optimizers.
 *
 * @throws ValueError if `factor` is not below 1.
 * @example
 * const reduce = new ReduceLROnPlateau({ monitor: 'loss', factor: 0.5, patience: 1, minDelta: 100 });
 * const model = new Sequential([new layers.Dense(1)]);
 * model.compile({ optimizer: new optimizers.SGD({ learningRate: 0.1 }), loss: 'mse' });
 * await model.fit([[1]], [[2]], { epochs: 3, verbose: 0, callbacks: [reduce] });
 * model.optimizer.learningRate.value;    // 0.025
 * @see https://keras.io/api/callbacks/reduce_lr_on_plateau/
 */
export class ReduceLROnPlateau extends Callback {
  static override readonly className: string = 'ReduceLROnPlateau';
  static override readonly positional = ['monitor', 'factor', 'patience', 'verbose'] as const;
  static override readonly fields: Fields = {
    monitor: string('val_loss'),
    factor,
    patience: integer(10, 0),
    verbose: integer(0, 0),
    mode: monitorMode(),
    minDelta: number(1e-4),
    cooldown: integer(0, 0),
    minLr: number(0),
  };

  /** The name of the value to monitor. */
  declare readonly monitor: string;
  /** The factor by which the learning rate is multiplied. */
  declare readonly factor: number;
  /** The number of epochs without improvement after which the learning rate is reduced. */
  declare readonly patience: number;
  /** 1 to print a line for every reduction. */
  declare readonly verbose: number;
  /** Whether smaller or larger values are better. */
  declare readonly mode: MonitorMode;
  /** The minimum change that counts as an improvement. */
  declare readonly minDelta: number;
  /** The number of epochs after a reduction in which the value is not monitored. */
  declare readonly cooldown: number;
  /** The minimum learning rate. */
  declare readonly minLr: number;
  readonly #monitor: Monitor;
  #best: number | null = null;
  #wait = 0;
  #cooldownLeft = 0;

  constructor(...args: Arguments<ReduceLROnPlateauOptions, typeof ReduceLROnPlateau.positional>);
  constructor(options?: ReduceLROnPlateauOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.#monitor = new Monitor('ReduceLROnPlateau', this);
  }

  override checkReported(shapes: ReadonlyMap<string, Shape>): void {
    checkLearningRates(this.model);
    this.#monitor.check(this.model, shapes);
  }

  override onTrainBegin(): void {
    this.#best = null;
    this.#wait = 0;
    this.#cooldownLeft = 0;
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    Object.assign(logs, learningRatesOf(this.model));
    const current = this.#monitor.read(logs);
    if (current === null) return;
    if (this.#cooldownLeft > 0) {
      this.#cooldownLeft--;
      this.#wait = 0;
    }
    if (this.#monitor.isBetter(this.model, current, this.#best)) {
      this.#best = current;
      this.#wait = 0;
    } else if (this.#cooldownLeft === 0 && ++this.#wait >= this.patience) {
      this.#reduce(epoch);
    }
  }

  #reduce(epoch: number): void {
    const reduced = ratedOptimizers(this.model).filter((rated) => this.#reduceOne(rated, epoch));
    if (reduced.length === 0) return;
    this.#cooldownLeft = this.cooldown;
    this.#wait = 0;
  }

  /** Returns whether the learning rate was above the minimum. */
  #reduceOne(rated: RatedOptimizer, epoch: number): boolean {
    const rate = learningRateOf(rated);
    if (rate <= Math.fround(this.minLr)) return false;
    const reduced = Math.max(rate * this.factor, this.minLr);
    setLearningRate(rated, reduced);
    if (this.verbose > 0) {
      print(`Epoch ${epoch + 1}: ReduceLROnPlateau reducing ${rated.label}learning rate to ${reduced}.`);
    }
    return true;
  }
}
