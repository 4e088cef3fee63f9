import { formatToWrite, formats, isFileFormat } from '../saving/formats/formats.ts';
import { files } from '#files';
import { ValueError, show } from '../../core/errors.ts';
import type { Shape } from '../../core/shape.ts';
import { own, setOwn } from '../../core/own.ts';
import { print, warn } from '../../core/print.ts';
import { type Fields, boolean, field, integer, nullable, number, string } from '../saving/fields.ts';
import { Callback, type Logs } from './callback.ts';
import { checkScalar, vectorOf } from './log-value.ts';
import { Monitor, type MonitorMode, monitorMode } from './monitor.ts';
import { PathTemplate } from './path-template.ts';
import { type PythonNumber, pythonFormat } from './python-format.ts';
import { SaveFrequency, saveFrequency } from './save-frequency.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Options of {@link ModelCheckpoint}. */
export interface ModelCheckpointOptions {
  /** The name of the value to monitor, with `saveBestOnly`. @default 'val_loss' */
  readonly monitor?: string | undefined;
  /** 1 prints a line for every file. @default 0 */
  readonly verbose?: number | undefined;
  /** Whether to save only if the value is the best so far. @default false */
  readonly saveBestOnly?: boolean | undefined;
  /** Whether to save the weights and the optimizer's state (`model.saveWeights`) instead of the model. @default false */
  readonly saveWeightsOnly?: boolean | undefined;
  /** Whether smaller (`min`) or larger (`max`) values are better; `auto` is known for losses and metrics. @default 'auto' */
  readonly mode?: MonitorMode | undefined;
  /** The interval of saving: every epoch, or a number of batches. @default 'epoch' */
  readonly saveFreq?: 'epoch' | number | undefined;
  /** A value to beat before anything is saved, with `saveBestOnly`. @default null */
  readonly initialValueThreshold?: number | null | undefined;
}

const path = field<string>({
  read: (who, option, given) => {
    if (typeof given === 'string') return given;
    throw new TypeError(`[${who}] ${option} must be a path. Received: ${option}=${show(given)}.`);
  },
});

/**
 * Saves the model, or its weights, during training. The name of the file may contain numbers in Python's format:
 * `{epoch:02d}-{val_loss:.2f}.keras`, where epochs (and `{batch}`, with a saveFreq of batches) count from 1. Missing
 * folders are created.
 *
 * A file is replaced as a whole: if the process is killed while it saves, the previous checkpoint remains.
 *
 * @throws ValueError if filepath does not end in .keras or .h5, or, with saveWeightsOnly, in .weights.h5, or if its
 * format is invalid; during training, if it names a value that does not exist, or the file cannot be written.
 * @example
 * const options = { monitor: 'val_accuracy', saveBestOnly: true };
 * const checkpoint = new ModelCheckpoint('runs/{epoch:02d}-{val_accuracy:.3f}.keras', options);
 * checkpoint.best;    // null
 * @see https://keras.io/api/callbacks/model_checkpoint/
 */
export class ModelCheckpoint extends Callback {
  static override readonly className: string = 'ModelCheckpoint';
  static override readonly positional = ['filepath', 'monitor', 'verbose', 'saveBestOnly'] as const;
  static override readonly fields: Fields = {
    filepath: path,
    monitor: string('val_loss'),
    verbose: integer(0, 0),
    saveBestOnly: boolean(false),
    saveWeightsOnly: boolean(false),
    mode: monitorMode(),
    saveFreq: saveFrequency(),
    initialValueThreshold: nullable(number()),
  };

  /** The name of the file, with its formats. */
  declare readonly filepath: string;
  /** The name of the value to monitor. */
  declare readonly monitor: string;
  /** 1 to print a line for every file. */
  declare readonly verbose: number;
  /** Whether to save only if the value is the best so far. */
  declare readonly saveBestOnly: boolean;
  /** Whether to save the weights instead of the model. */
  declare readonly saveWeightsOnly: boolean;
  /** Whether smaller or larger values are better. */
  declare readonly mode: MonitorMode;
  /** The interval of saving. */
  declare readonly saveFreq: 'epoch' | number;
  /** A value to beat before anything is saved. */
  declare readonly initialValueThreshold: number | null;
  /** The best value so far; null before the first. */
  best: number | null;
  readonly #template: PathTemplate;
  readonly #frequency: SaveFrequency;
  readonly #monitor: Monitor;
  #epoch = 0;

  constructor(...args: Arguments<ModelCheckpointOptions & { filepath: string }, typeof ModelCheckpoint.positional>);
  constructor(filepath: string, options?: ModelCheckpointOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    checkEnding(this.filepath, this.saveWeightsOnly);
    this.best = this.initialValueThreshold;
    this.#monitor = new Monitor('ModelCheckpoint', this);
    this.#frequency = new SaveFrequency(this.saveFreq);
    this.#template = new PathTemplate('ModelCheckpoint', this.filepath);
  }

  override checkReported(shapes: ReadonlyMap<string, Shape>): void {
    if (this.saveBestOnly) this.#monitor.check(this.model, shapes);
  }

  override onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
  }

  /** Whether weights are read between batches: files fetch them when they are written. */
  override get readsWeightsBetweenBatches(): boolean {
    return this.overridesBatchHooksOf(ModelCheckpoint);
  }

  override readsLogsOf(): boolean {
    return this.saveFreq !== 'epoch' || this.overridesBatchHooksOf(ModelCheckpoint);
  }

  override async onTrainBatchEnd(batch: number, logs: Logs): Promise<void> {
    if (this.#frequency.isDueAfter(batch)) await this.#save(this.#epoch, batch, logs);
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    if (this.saveFreq === 'epoch') await this.#save(epoch, null, logs);
  }

  async #save(epoch: number, batch: number | null, logs: Logs): Promise<void> {
    const path = this.#template.fill(numbersOf(epoch, batch, logs));
    const before = this.best;
    if (!this.#isDue(epoch, logs, path)) return;
    const { model } = this;
    try {
      await files.makeFolder('ModelCheckpoint', files.folderOf('ModelCheckpoint', path));
      if (this.saveWeightsOnly) await model.saveWeights(path);
      else await model.save(path);
    } catch (error) {
      this.best = before;
      throw error;
    }
    this.#log(epoch, `finished saving model to ${path}`);
  }

  #isDue(epoch: number, logs: Logs, path: string): boolean {
    if (!this.saveBestOnly) {
      this.#log(epoch, `saving model to ${path}`);
      return true;
    }
    const current = own(logs, this.monitor);
    if (current === undefined) {
      warn(
        `[ModelCheckpoint] there is no value named ${JSON.stringify(this.monitor)} to monitor. Available: ${Object.keys(logs).join(', ')}. Every model is saved.`,
      );
      return true;
    }
    checkScalar('ModelCheckpoint', this.monitor, current);
    const best = this.best === null ? 'None' : fiveDecimals(this.best);
    if (!this.#monitor.isBetter(this.model, current, this.best)) {
      this.#log(epoch, `${this.monitor} did not improve from ${best}`);
      return false;
    }
    this.#log(epoch, `${this.monitor} improved from ${best} to ${fiveDecimals(current)}, saving model to ${path}`);
    this.best = current;
    return true;
  }

  #log(epoch: number, text: string): void {
    if (this.verbose > 0) print(`Epoch ${epoch + 1}: ${text}`);
  }
}

const fiveDecimals = (value: number): string => pythonFormat('ModelCheckpoint', { value, isInteger: false }, '.5f');

/** The numbers that the name of a file may contain. */
function numbersOf(epoch: number, batch: number | null, logs: Logs): Record<string, PythonNumber> {
  const numbers: Record<string, PythonNumber> = {};
  for (const [name, value] of Object.entries(logs)) {
    if (vectorOf(value) === null) setOwn(numbers, name, { value, isInteger: false });
  }
  if (batch !== null) numbers['batch'] ??= { value: batch + 1, isInteger: true };
  numbers['epoch'] = { value: epoch + 1, isInteger: true };
  return numbers;
}

function checkEnding(filepath: string, weightsOnly: boolean): void {
  const holds = weightsOnly ? 'weights' : 'model';
  const format = formatToWrite(filepath, holds);
  // As in Keras, weights in the legacy .h5 format are for saveWeights alone.
  if (format !== undefined && isFileFormat(format.name)) return;
  const accepted = formats.filter((each) => each.holds === holds && isFileFormat(each.name));
  const endings = accepted.flatMap((each) => each.endings).join(', ');
  throw new ValueError(
    `[ModelCheckpoint] with saveWeightsOnly=${weightsOnly}, filepath must end in one of ${endings}. Received: filepath=${show(filepath)}.`,
  );
}
