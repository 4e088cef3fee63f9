import { ValueError } from '../../core/errors.ts';
import { checkChoice, checkInteger, checkNumber, checkOptions } from '../../core/checks.ts';
import { print, warn } from '../../core/print.ts';
import { Callback, type Logs } from './callback.ts';
import { learningRateOf, setLearningRate } from './learning-rate-scheduler.ts';
import { Monitor, type MonitorMode } from './monitor.ts';

/** Options of {@link ReduceLROnPlateau}. */
export interface ReduceLROnPlateauOptions {
  /** The name of the value to watch. @default 'val_loss' */
  readonly monitor?: string | undefined;
  /** What the learning rate is multiplied by; below 1. @default 0.1 */
  readonly factor?: number | undefined;
  /** Epochs without improvement after which it is reduced. @default 10 */
  readonly patience?: number | undefined;
  /** 1 prints when it is reduced. @default 0 */
  readonly verbose?: number | undefined;
  /** Whether less or more is better; `auto` knows it of the loss and of Keras's metrics. @default 'auto' */
  readonly mode?: MonitorMode | undefined;
  /** A smaller change does not count. @default 1e-4 */
  readonly minDelta?: number | undefined;
  /** Epochs after a reduction in which nothing is watched. @default 0 */
  readonly cooldown?: number | undefined;
  /** The learning rate is never made smaller than this. @default 0 */
  readonly minLr?: number | undefined;
}

const OPTIONS = ['monitor', 'factor', 'patience', 'verbose', 'mode', 'minDelta', 'cooldown', 'minLr'];

/**
 * Makes the learning rate smaller when a value has stopped improving.
 *
 * @throws ValueError if `factor` is not below 1.
 * @example
 * const reduce = new ReduceLROnPlateau({ monitor: 'loss', factor: 0.5, patience: 1, minDelta: 100 });
 * const model = new Sequential([new layers.Dense(1)]);
 * model.compile({ optimizer: new optimizers.SGD({ learningRate: 0.1 }), loss: 'mse' });
 * await model.fit([[1]], [[2]], { epochs: 3, verbose: 0, callbacks: [reduce] });
 * model.optimizer?.learningRate.value;    // 0.025
 * @see https://keras.io/api/callbacks/reduce_lr_on_plateau/
 */
export class ReduceLROnPlateau extends Callback {
  /** The name of the value to watch. */
  readonly monitor: string;
  /** What the learning rate is multiplied by; below 1. */
  readonly factor: number;
  /** Epochs without improvement after which it is reduced. */
  readonly patience: number;
  /** Epochs after a reduction in which nothing is watched. */
  readonly cooldown: number;
  /** The learning rate is never made smaller than this. */
  readonly minLr: number;
  readonly #monitor: Monitor;
  readonly #verbose: number;
  #best: number | null = null;
  #wait = 0;
  #cooldownLeft = 0;

  constructor(options: ReduceLROnPlateauOptions = {}) {
    super();
    const who = 'ReduceLROnPlateau';
    checkOptions(who, options, OPTIONS);
    this.monitor = options.monitor ?? 'val_loss';
    this.factor = checkNumber(who, 'factor', options.factor ?? 0.1);
    if (this.factor >= 1) throw new ValueError(`[${who}] factor must be below 1. Received: factor=${this.factor}.`);
    this.patience = checkInteger(who, 'patience', options.patience ?? 10, 0);
    this.cooldown = checkInteger(who, 'cooldown', options.cooldown ?? 0, 0);
    this.minLr = checkNumber(who, 'minLr', options.minLr ?? 0);
    this.#verbose = checkInteger(who, 'verbose', options.verbose ?? 0, 0);
    const mode = checkChoice(who, 'mode', options.mode ?? 'auto', ['auto', 'min', 'max']);
    this.#monitor = new Monitor(who, this.monitor, mode, checkNumber(who, 'minDelta', options.minDelta ?? 1e-4));
  }

  override onTrainBegin(): void {
    this.#best = null;
    this.#wait = 0;
    this.#cooldownLeft = 0;
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    logs['learning_rate'] = learningRateOf(this.model);
    const current = logs[this.monitor];
    if (current === undefined) {
      warn(
        `[ReduceLROnPlateau] there is no value named ${JSON.stringify(this.monitor)} to watch. There are: ${Object.keys(logs).join(', ')}.`,
      );
      return;
    }
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
    const rate = learningRateOf(this.model);
    if (rate <= Math.fround(this.minLr)) return;
    const reduced = Math.max(rate * this.factor, this.minLr);
    setLearningRate(this.model, reduced);
    if (this.#verbose > 0) print(`Epoch ${epoch + 1}: ReduceLROnPlateau reducing learning rate to ${reduced}.`);
    this.#cooldownLeft = this.cooldown;
    this.#wait = 0;
  }
}
