import { checkBoolean, checkChoice, checkInteger, checkNumber, checkOptions } from '../../core/checks.ts';
import type { Tensor } from '../../core/tensor.ts';
import { print, warn } from '../../core/print.ts';
import { Callback, type Logs } from './callback.ts';
import { Monitor, type MonitorMode } from './monitor.ts';

/** Options of {@link EarlyStopping}. */
export interface EarlyStoppingOptions {
  /** The name of the value to watch. @default 'val_loss' */
  readonly monitor?: string | undefined;
  /** A smaller change does not count. @default 0 */
  readonly minDelta?: number | undefined;
  /** Epochs without improvement after which training ends. @default 0 */
  readonly patience?: number | undefined;
  /** 1 prints when training ends early. @default 0 */
  readonly verbose?: number | undefined;
  /** Whether less or more is better; `auto` knows it of the loss and of Keras's metrics. @default 'auto' */
  readonly mode?: MonitorMode | undefined;
  /** Training ends if the value does not beat this. @default null */
  readonly baseline?: number | null | undefined;
  /** Give the model the weights of its best epoch when training ends. @default false */
  readonly restoreBestWeights?: boolean | undefined;
  /** Epochs before the watch begins. @default 0 */
  readonly startFromEpoch?: number | undefined;
}

const OPTIONS = [
  'monitor',
  'minDelta',
  'patience',
  'verbose',
  'mode',
  'baseline',
  'restoreBestWeights',
  'startFromEpoch',
];

/**
 * Ends training when a value has stopped improving.
 *
 * @throws ValueError in training, if nobody knows whether more or less of the value is better and `mode` does not say.
 * @example
 * const model = new Sequential([new layers.Dense(1)]);
 * model.compile({ optimizer: new optimizers.SGD({ learningRate: 0 }), loss: 'mse' });    // it cannot improve
 * const stopping = new EarlyStopping({ monitor: 'loss', patience: 2 });
 * const { epoch } = await model.fit([[1]], [[2]], { epochs: 100, verbose: 0, callbacks: [stopping] });
 * epoch;    // [0, 1, 2]
 * @see https://keras.io/api/callbacks/early_stopping/
 */
export class EarlyStopping extends Callback {
  /** The name of the value to watch. */
  readonly monitor: string;
  /** Epochs without improvement after which training ends. */
  readonly patience: number;
  /** Training ends if the value does not beat this. */
  readonly baseline: number | null;
  /** Give the model the weights of its best epoch when training ends. */
  readonly restoreBestWeights: boolean;
  /** Epochs before the watch begins. */
  readonly startFromEpoch: number;
  /** The epoch, counted from 0, in which training was ended; 0 if it was not. */
  stoppedEpoch = 0;
  /** The epoch with the best value. */
  bestEpoch = 0;
  /** The best value so far; null before there is one. */
  best: number | null = null;
  readonly #monitor: Monitor;
  readonly #verbose: number;
  #bestWeights: Tensor[] | null = null;
  #wait = 0;

  constructor(options: EarlyStoppingOptions = {}) {
    super();
    const who = 'EarlyStopping';
    checkOptions(who, options, OPTIONS);
    this.monitor = options.monitor ?? 'val_loss';
    this.patience = checkInteger(who, 'patience', options.patience ?? 0, 0);
    this.baseline =
      options.baseline === null || options.baseline === undefined
        ? null
        : checkNumber(who, 'baseline', options.baseline);
    this.restoreBestWeights = checkBoolean(who, 'restoreBestWeights', options.restoreBestWeights ?? false);
    this.startFromEpoch = checkInteger(who, 'startFromEpoch', options.startFromEpoch ?? 0, 0);
    this.#verbose = checkInteger(who, 'verbose', options.verbose ?? 0, 0);
    const mode = checkChoice(who, 'mode', options.mode ?? 'auto', ['auto', 'min', 'max']);
    this.#monitor = new Monitor(who, this.monitor, mode, checkNumber(who, 'minDelta', options.minDelta ?? 0));
  }

  override onTrainBegin(): void {
    this.#wait = 0;
    this.stoppedEpoch = 0;
    this.best = null;
    this.bestEpoch = 0;
    this.#bestWeights = null;
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    const current = this.#read(logs);
    if (current === null || epoch < this.startFromEpoch) return;
    if (this.restoreBestWeights && this.#bestWeights === null) this.#keep(epoch);
    this.#wait++;
    if (this.#monitor.isBetter(this.model, current, this.best)) {
      this.best = current;
      this.#keep(epoch);
      if (this.baseline === null || this.#monitor.isBetter(this.model, current, this.baseline)) this.#wait = 0;
      return;
    }
    if (this.#wait >= this.patience && epoch > 0) {
      this.stoppedEpoch = epoch;
      this.model.stopTraining = true;
    }
  }

  override onTrainEnd(): void {
    if (this.stoppedEpoch > 0 && this.#verbose > 0) print(`Epoch ${this.stoppedEpoch + 1}: early stopping`);
    if (this.#bestWeights === null) return;
    if (this.#verbose > 0) print(`Restoring the weights of the best epoch: ${this.bestEpoch + 1}.`);
    this.model.setWeights(this.#bestWeights);
  }

  #keep(epoch: number): void {
    this.bestEpoch = epoch;
    if (this.restoreBestWeights) this.#bestWeights = this.model.getWeights();
  }

  #read(logs: Logs): number | null {
    const value = logs[this.monitor];
    if (value !== undefined) return value;
    warn(
      `[EarlyStopping] there is no value named ${JSON.stringify(this.monitor)} to watch. There are: ${Object.keys(logs).join(', ')}.`,
    );
    return null;
  }
}
