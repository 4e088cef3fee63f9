import { files } from '#files';
import { isRecord } from '../../core/config.ts';
import { ValueError, show } from '../../core/errors.ts';
import { checkBoolean, checkOptions } from '../../core/checks.ts';
import { Callback } from './callback.ts';
import { type SavableModel, savable } from './savable-model.ts';
import { SaveFrequency } from './save-frequency.ts';

/** Options of {@link BackupAndRestore}. */
export interface BackupAndRestoreOptions {
  /** After every epoch, or each time after so many batches. @default 'epoch' */
  readonly saveFreq?: 'epoch' | number | undefined;
  /** Keep the backup before the last one too, for when the last one cannot be read. @default false */
  readonly doubleCheckpoint?: boolean | undefined;
  /** Remove the backup when training has ended. @default true */
  readonly deleteCheckpoint?: boolean | undefined;
}

const who = 'BackupAndRestore';

/**
 * Keeps a backup of a training that may be interrupted: the weights, the optimizer's state and the number of the epoch.
 * A `fit` that finds one goes on behind the last epoch that was finished, or, with a saveFreq of batches, at the start
 * of the epoch that was under way, with the weights of the backup. Keras reads the files too.
 *
 * The folder is for this alone. A backup that is killed while it is written leaves the one before.
 *
 * @throws ValueError if backupDir is empty; when training begins, if the model is not built or the backup does not fit.
 * @example
 * const backup = new BackupAndRestore('runs/backup', { saveFreq: 100, doubleCheckpoint: true });
 * backup.backupDir;    // 'runs/backup'
 * @see https://keras.io/api/callbacks/backup_and_restore/
 */
export class BackupAndRestore extends Callback {
  /** The folder of the backup. */
  readonly backupDir: string;
  /** Whether the backup before the last one is kept. */
  readonly doubleCheckpoint: boolean;
  /** Whether the backup is removed when training has ended. */
  readonly deleteCheckpoint: boolean;
  readonly #frequency: SaveFrequency;
  readonly #weights: string;
  readonly #metadata: string;
  #epoch = 0;

  constructor(backupDir: string, options: BackupAndRestoreOptions = {}) {
    super();
    checkOptions(who, options, ['saveFreq', 'doubleCheckpoint', 'deleteCheckpoint']);
    const given: unknown = backupDir;
    if (typeof given !== 'string' || given === '') {
      throw new ValueError(`[${who}] backupDir must be the path of a folder. Received: backupDir=${show(given)}.`);
    }
    this.backupDir = backupDir;
    this.doubleCheckpoint = checkBoolean(who, 'doubleCheckpoint', options.doubleCheckpoint ?? false);
    this.deleteCheckpoint = checkBoolean(who, 'deleteCheckpoint', options.deleteCheckpoint ?? true);
    this.#frequency = new SaveFrequency(who, options.saveFreq ?? 'epoch');
    const folder = backupDir.replace(/(?<=.)\/+$/, '');
    this.#weights = `${folder}/latest.weights.h5`;
    this.#metadata = `${folder}/training_metadata.json`;
  }

  override async onTrainBegin(): Promise<void> {
    const model = savable(who, this.model);
    if (!model.built) {
      throw new ValueError(
        `[${who}] the model must be built before training begins. Received: ${model.name}, which is not. Give its first layer an input shape, or call model.build(shape).`,
      );
    }
    this.#epoch = model.initialEpoch;
    try {
      await this.#restore(model);
    } catch (error) {
      if (!(await files.exists(who, previous(this.#weights)))) throw error;
      await copyIfThere(previous(this.#weights), this.#weights);
      await files.removeFile(who, this.#metadata);
      await copyIfThere(previous(this.#metadata), this.#metadata);
      await this.#restore(model);
    }
  }

  async #restore(model: SavableModel): Promise<void> {
    // Both are read before anything changes.
    const epoch = await this.#readEpoch();
    if (await files.exists(who, this.#weights)) {
      // So that the optimizer's state has a place to go.
      model.optimizer?.build(model.trainableWeights);
      await model.loadWeights(this.#weights);
    }
    if (epoch === null) return;
    model.initialEpoch = epoch;
    this.#epoch = epoch;
  }

  async #readEpoch(): Promise<number | null> {
    if (!(await files.exists(who, this.#metadata))) return null;
    const text = new TextDecoder().decode(await files.readFile(who, this.#metadata));
    const epoch = epochIn(text);
    if (epoch !== null) return epoch;
    throw new ValueError(
      `[${who}] the backup must say which epoch is next: {"epoch": 3, "batch": 0}. Received: ${show(text)} in ${show(this.#metadata)}. Remove the folder to begin anew.`,
    );
  }

  override onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
  }

  override async onTrainBatchEnd(batch: number): Promise<void> {
    if (this.#frequency.isDueAfter(batch)) await this.#save(batch);
  }

  override async onEpochEnd(epoch: number): Promise<void> {
    this.#epoch = epoch + 1;
    if (this.#frequency.value === 'epoch') await this.#save(0);
  }

  async #save(batch: number): Promise<void> {
    await files.makeFolder(who, this.backupDir);
    if (this.doubleCheckpoint) {
      await copyIfThere(this.#weights, previous(this.#weights));
      await copyIfThere(this.#metadata, previous(this.#metadata));
    }
    await savable(who, this.model).saveWeights(this.#weights);
    const metadata = `{"epoch": ${this.#epoch}, "batch": ${batch}}`;
    await files.writeFileAtomic(who, this.#metadata, new TextEncoder().encode(metadata));
  }

  override async onTrainEnd(): Promise<void> {
    if (!this.deleteCheckpoint) return;
    for (const file of [this.#weights, this.#metadata]) {
      await files.removeFile(who, file);
      await files.removeFile(who, previous(file));
    }
    await files.removeEmptyFolder(who, this.backupDir);
  }
}

const previous = (path: string): string => `${path}.bkp`;

async function copyIfThere(from: string, to: string): Promise<void> {
  if (await files.exists(who, from)) await files.writeFileAtomic(who, to, await files.readFile(who, from));
}

function epochIn(text: string): number | null {
  try {
    const read: unknown = JSON.parse(text);
    const epoch = isRecord(read) ? read['epoch'] : null;
    return typeof epoch === 'number' && Number.isInteger(epoch) && epoch >= 0 ? epoch : null;
  } catch {
    return null;
  }
}
