import type { Tensor } from '../../core/tensor.ts';
import type { Shape } from '../../core/shape.ts';
import { print } from '../../core/print.ts';
import { type Fields, boolean, integer, nullable, number, string } from '../saving/fields.ts';
import { Callback, type Logs } from './callback.ts';
import { Monitor, type MonitorMode, monitorMode } from './monitor.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Options of {@link EarlyStopping}. */
export interface EarlyStoppingOptions {
  /** The name of the value to monitor. @default 'val_loss' */
  readonly monitor?: string | undefined;
  /** The minimum change that counts as an improvement. @default 0 */
  readonly minDelta?: number | undefined;
  /** The number of epochs without improvement after which training ends. @default 0 */
  readonly patience?: number | undefined;
  /** 1 prints a line when training ends early. @default 0 */
  readonly verbose?: number | undefined;
  /** Whether smaller (`min`) or larger (`max`) values are better; `auto` is known for losses and metrics. @default 'auto' */
  readonly mode?: MonitorMode | undefined;
  /** A value to beat, without which training ends. @default null */
  readonly baseline?: number | null | undefined;
  /** Whether the model gets the weights of its best epoch when training ends. @default false */
  readonly restoreBestWeights?: boolean | undefined;
  /** The number of epochs before monitoring starts. @default 0 */
  readonly startFromEpoch?: number | undefined;
}

/**
 * Ends training when a value has stopped improving.
 *
 * @throws ValueError during training, if `mode` is `auto` and the better direction of the value is not known.
 * @example
 * const model = new Sequential([new layers.Dense(1)]);
 * model.compile({ optimizer: new optimizers.SGD({ learningRate: 0 }), loss: 'mse' });    // it cannot improve
 * const stopping = new EarlyStopping({ monitor: 'loss', patience: 2 });
 * const { epoch } = await model.fit([[1]], [[2]], { epochs: 100, verbose: 0, callbacks: [stopping] });
 * epoch;    // [0, 1, 2]
 * @see https://keras.io/api/callbacks/early_stopping/
 */
export class EarlyStopping extends Callback {
  static override readonly className: string = 'EarlyStopping';
  static override readonly positional = ['monitor', 'minDelta', 'patience', 'verbose'] as const;
  static override readonly fields: Fields = {
    monitor: string('val_loss'),
    minDelta: number(0),
    patience: integer(0, 0),
    verbose: integer(0, 0),
    mode: monitorMode(),
    baseline: nullable(number()),
    restoreBestWeights: boolean(false),
    startFromEpoch: integer(0, 0),
  };

  /** The name of the value to monitor. */
  declare readonly monitor: string;
  /** The minimum change that counts as an improvement. */
  declare readonly minDelta: number;
  /** The number of epochs without improvement after which training ends. */
  declare readonly patience: number;
  /** 1 to print a line when training ends early. */
  declare readonly verbose: number;
  /** Whether smaller or larger values are better. */
  declare readonly mode: MonitorMode;
  /** A value to beat, without which training ends. */
  declare readonly baseline: number | null;
  /** Whether the model gets the weights of its best epoch when training ends. */
  declare readonly restoreBestWeights: boolean;
  /** The number of epochs before monitoring starts. */
  declare readonly startFromEpoch: number;
  /** The epoch, counted from 0, in which training ended early; 0 if it did not. */
  stoppedEpoch = 0;
  /** The epoch with the best value. */
  bestEpoch = 0;
  /** The best value so far; null before the first. */
  best: number | null = null;
  readonly #monitor: Monitor;
  #bestWeights: Tensor[] | null = null;
  #wait = 0;

  constructor(...args: Arguments<EarlyStoppingOptions, typeof EarlyStopping.positional>);
  constructor(options?: EarlyStoppingOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.#monitor = new Monitor('EarlyStopping', this);
  }

  override checkReported(shapes: ReadonlyMap<string, Shape>): void {
    this.#monitor.check(this.model, shapes);
  }

  override onTrainBegin(): void {
    this.#wait = 0;
    this.stoppedEpoch = 0;
    this.best = null;
    this.bestEpoch = 0;
    this.#bestWeights = null;
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    const current = this.#monitor.read(logs);
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
    if (this.stoppedEpoch > 0 && this.verbose > 0) print(`Epoch ${this.stoppedEpoch + 1}: early stopping`);
    if (this.#bestWeights === null) return;
    if (this.verbose > 0) print(`Restoring the weights of the best epoch: ${this.bestEpoch + 1}.`);
    this.model.setWeights(this.#bestWeights);
  }

  #keep(epoch: number): void {
    this.bestEpoch = epoch;
    if (this.restoreBestWeights) this.#bestWeights = this.model.getWeights();
  }
}
