import { files } from '#files';
import { ValueError, show } from '../../core/errors.ts';
import { checkBoolean, checkChoice, checkInteger, checkNumber, checkOptions } from '../../core/checks.ts';
import { print, warn } from '../../core/print.ts';
import { Callback, type Logs } from './callback.ts';
import { Monitor, type MonitorMode } from './monitor.ts';
import { PathTemplate } from './path-template.ts';
import { type PythonNumber, pythonFormat } from './python-format.ts';
import { savable } from './savable-model.ts';
import { SaveFrequency } from './save-frequency.ts';

/** Options of {@link ModelCheckpoint}. */
export interface ModelCheckpointOptions {
  /** The name of the value to watch, with `saveBestOnly`. @default 'val_loss' */
  readonly monitor?: string | undefined;
  /** 1 prints what is saved. @default 0 */
  readonly verbose?: number | undefined;
  /** Save only when the value is the best so far. @default false */
  readonly saveBestOnly?: boolean | undefined;
  /** Save the weights and the optimizer's state alone (`model.saveWeights`), else the model. @default false */
  readonly saveWeightsOnly?: boolean | undefined;
  /** Whether less or more is better; `auto` knows it of the loss and of Keras's metrics. @default 'auto' */
  readonly mode?: MonitorMode | undefined;
  /** After every epoch, or each time after so many batches. @default 'epoch' */
  readonly saveFreq?: 'epoch' | number | undefined;
  /** A value that must be beaten before anything is saved, with `saveBestOnly`. @default null */
  readonly initialValueThreshold?: number | null | undefined;
}

const OPTIONS = ['monitor', 'verbose', 'saveBestOnly', 'saveWeightsOnly', 'mode', 'saveFreq', 'initialValueThreshold'];

/**
 * Saves the model, or its weights, as training goes on. The name of the file may hold numbers in Python's format:
 * `{epoch:02d}-{val_loss:.2f}.keras`, where epochs (and `{batch}`, with a saveFreq of batches) count from 1. Folders are
 * made where there are none.
 *
 * A file is replaced as a whole: a training that is killed while it saves leaves the checkpoint before.
 *
 * @throws ValueError if filepath does not end in .keras or .h5, or, with saveWeightsOnly, in .weights.h5, or its
 * format is not known; in training, if it names a value that there is none of, or the file cannot be written.
 * @example
 * const options = { monitor: 'val_accuracy', saveBestOnly: true };
 * const checkpoint = new ModelCheckpoint('runs/{epoch:02d}-{val_accuracy:.3f}.keras', options);
 * checkpoint.best;    // null
 * @see https://keras.io/api/callbacks/model_checkpoint/
 */
export class ModelCheckpoint extends Callback {
  /** The name of the file, with its formats. */
  readonly filepath: string;
  /** The name of the value to watch. */
  readonly monitor: string;
  /** Save only when the value is the best so far. */
  readonly saveBestOnly: boolean;
  /** Save the weights alone. */
  readonly saveWeightsOnly: boolean;
  /** The best value so far; null before there is one. */
  best: number | null;
  readonly #template: PathTemplate;
  readonly #frequency: SaveFrequency;
  readonly #monitor: Monitor;
  readonly #verbose: number;
  #epoch = 0;

  constructor(filepath: string, options: ModelCheckpointOptions = {}) {
    super();
    const who = 'ModelCheckpoint';
    checkOptions(who, options, OPTIONS);
    this.monitor = options.monitor ?? 'val_loss';
    this.#verbose = checkInteger(who, 'verbose', options.verbose ?? 0, 0);
    this.saveBestOnly = checkBoolean(who, 'saveBestOnly', options.saveBestOnly ?? false);
    this.saveWeightsOnly = checkBoolean(who, 'saveWeightsOnly', options.saveWeightsOnly ?? false);
    const mode = checkChoice(who, 'mode', options.mode ?? 'auto', ['auto', 'min', 'max']);
    this.#monitor = new Monitor(who, this.monitor, mode, 0);
    this.#frequency = new SaveFrequency(who, options.saveFreq ?? 'epoch');
    const threshold = options.initialValueThreshold ?? null;
    this.best = threshold === null ? null : checkNumber(who, 'initialValueThreshold', threshold);
    this.filepath = checkFilepath(who, filepath, this.saveWeightsOnly);
    this.#template = new PathTemplate(who, this.filepath);
  }

  override onTrainBegin(): void {
    savable('ModelCheckpoint', this.model);
  }

  override onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
  }

  override async onTrainBatchEnd(batch: number, logs: Logs): Promise<void> {
    if (this.#frequency.isDueAfter(batch)) await this.#save(this.#epoch, batch, logs);
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    if (this.#frequency.value === 'epoch') await this.#save(epoch, null, logs);
  }

  async #save(epoch: number, batch: number | null, logs: Logs): Promise<void> {
    const path = this.#template.fill(numbersOf(epoch, batch, logs));
    const before = this.best;
    if (!this.#isDue(epoch, logs, path)) return;
    const model = savable('ModelCheckpoint', this.model);
    try {
      await files.makeFolder('ModelCheckpoint', files.folderOf('ModelCheckpoint', path));
      if (this.saveWeightsOnly) await model.saveWeights(path);
      else await model.save(path);
    } catch (error) {
      this.best = before;
      throw error;
    }
    this.#say(epoch, `finished saving model to ${path}`);
  }

  #isDue(epoch: number, logs: Logs, path: string): boolean {
    if (!this.saveBestOnly) {
      this.#say(epoch, `saving model to ${path}`);
      return true;
    }
    const current = logs[this.monitor];
    if (current === undefined) {
      warn(
        `[ModelCheckpoint] there is no value named ${JSON.stringify(this.monitor)} to tell the best model by, so each is saved. There are: ${Object.keys(logs).join(', ')}.`,
      );
      return true;
    }
    const best = this.best === null ? 'None' : fiveDecimals(this.best);
    if (!this.#monitor.isBetter(this.model, current, this.best)) {
      this.#say(epoch, `${this.monitor} did not improve from ${best}`);
      return false;
    }
    this.#say(epoch, `${this.monitor} improved from ${best} to ${fiveDecimals(current)}, saving model to ${path}`);
    this.best = current;
    return true;
  }

  #say(epoch: number, text: string): void {
    if (this.#verbose > 0) print(`Epoch ${epoch + 1}: ${text}`);
  }
}

const fiveDecimals = (value: number): string => pythonFormat('ModelCheckpoint', { value, isInteger: false }, '.5f');

/** What the name of a file may hold. */
function numbersOf(epoch: number, batch: number | null, logs: Logs): Record<string, PythonNumber> {
  const numbers: Record<string, PythonNumber> = {};
  for (const [name, value] of Object.entries(logs)) numbers[name] = { value, isInteger: false };
  if (batch !== null) numbers['batch'] ??= { value: batch + 1, isInteger: true };
  numbers['epoch'] = { value: epoch + 1, isInteger: true };
  return numbers;
}

function checkFilepath(who: string, filepath: unknown, weightsOnly: boolean): string {
  if (typeof filepath !== 'string') {
    throw new TypeError(`[${who}] filepath must be a path. Received: filepath=${show(filepath)}.`);
  }
  const isOfWeights = filepath.endsWith('.weights.h5');
  if (weightsOnly ? isOfWeights : !isOfWeights && /\.(keras|h5)$/.test(filepath)) return filepath;
  const must = weightsOnly
    ? 'with saveWeightsOnly, filepath must end in .weights.h5'
    : 'filepath must end in .keras or .h5, and not in .weights.h5, which is for saveWeightsOnly';
  throw new ValueError(`[${who}] ${must}. Received: filepath=${show(filepath)}.`);
}
