import { files } from '#files';
import { isRecord } from '../../core/config.ts';
import { ValueError, show } from '../../core/errors.ts';
import { type Fields, boolean, field } from '../saving/fields.ts';
import { Callback, type CallbackModel } from './callback.ts';
import { SaveFrequency, saveFrequency } from './save-frequency.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Options of {@link BackupAndRestore}. */
export interface BackupAndRestoreOptions {
  /** The interval of backups: every epoch, or a number of batches. @default 'epoch' */
  readonly saveFreq?: 'epoch' | number | undefined;
  /** Whether the previous backup is kept as well, in case the last one cannot be read. @default false */
  readonly doubleCheckpoint?: boolean | undefined;
  /** Whether the backup is removed at the end of training. @default true */
  readonly deleteCheckpoint?: boolean | undefined;
}

const who = 'BackupAndRestore';

const folder = field<string>({
  read: (_who, option, given) => {
    if (typeof given === 'string' && given !== '') return given;
    throw new ValueError(`[${who}] ${option} must be the path of a folder. Received: ${option}=${show(given)}.`);
  },
});

/**
 * Keeps a backup of a training that may be interrupted: the weights, the optimizer's state and the number of the epoch.
 * A `fit` that finds a backup continues after the last complete epoch, or, with a saveFreq of batches, at the start of
 * the interrupted epoch with the weights of the backup. Keras reads the same files.
 *
 * The folder must be used for the backup only. If the process is killed while it writes a backup, the previous one
 * remains.
 *
 * @throws ValueError if backupDir is empty; at the start of training, if the model is not built or the backup does not
 * match it.
 * @example
 * const backup = new BackupAndRestore('runs/backup', { saveFreq: 100, doubleCheckpoint: true });
 * backup.backupDir;    // 'runs/backup'
 * @see https://keras.io/api/callbacks/backup_and_restore/
 */
export class BackupAndRestore extends Callback {
  static override readonly className: string = who;
  static override readonly positional = ['backupDir', 'saveFreq', 'doubleCheckpoint', 'deleteCheckpoint'] as const;
  static override readonly fields: Fields = {
    backupDir: folder,
    saveFreq: saveFrequency(),
    doubleCheckpoint: boolean(false),
    deleteCheckpoint: boolean(true),
  };

  /** The folder of the backup. */
  declare readonly backupDir: string;
  /** The interval of backups. */
  declare readonly saveFreq: 'epoch' | number;
  /** Whether the previous backup is kept as well. */
  declare readonly doubleCheckpoint: boolean;
  /** Whether the backup is removed at the end of training. */
  declare readonly deleteCheckpoint: boolean;
  readonly #frequency: SaveFrequency;
  readonly #weights: string;
  readonly #metadata: string;
  #epoch = 0;

  constructor(...args: Arguments<BackupAndRestoreOptions & { backupDir: string }, typeof BackupAndRestore.positional>);
  constructor(backupDir: string, options?: BackupAndRestoreOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
    this.#frequency = new SaveFrequency(this.saveFreq);
    const base = this.backupDir.replace(/(?<=.)\/+$/, '');
    this.#weights = `${base}/latest.weights.h5`;
    this.#metadata = `${base}/training_metadata.json`;
  }

  override async onTrainBegin(): Promise<void> {
    const { model } = this;
    if (!model.built) {
      throw new ValueError(
        `[${who}] the model must be built before training. Received: ${model.name}, which is not. Give its first layer an input shape, or call model.build(shape).`,
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

  async #restore(model: CallbackModel): Promise<void> {
    // The metadata are checked before anything changes.
    const epoch = await this.#readEpoch();
    if (await files.exists(who, this.#weights)) {
      // The optimizer needs variables for its state.
      model.optimizer.build(model.trainableWeights);
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
      `[${who}] the backup must contain the next epoch: {"epoch": 3, "batch": 0}. Received: ${show(text)} in ${show(this.#metadata)}. Remove the folder to start from the beginning.`,
    );
  }

  override onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
  }

  /** Whether weights are read between batches: files fetch them when they are written. */
  override get readsWeightsBetweenBatches(): boolean {
    return this.overridesBatchHooksOf(BackupAndRestore);
  }

  override readsLogsOf(): boolean {
    return this.overridesBatchHooksOf(BackupAndRestore);
  }

  override async onTrainBatchEnd(batch: number): Promise<void> {
    if (this.#frequency.isDueAfter(batch)) await this.#save(batch);
  }

  override async onEpochEnd(epoch: number): Promise<void> {
    this.#epoch = epoch + 1;
    if (this.saveFreq === 'epoch') await this.#save(0);
  }

  async #save(batch: number): Promise<void> {
    await files.makeFolder(who, this.backupDir);
    if (this.doubleCheckpoint) {
      await copyIfThere(this.#weights, previous(this.#weights));
      await copyIfThere(this.#metadata, previous(this.#metadata));
    }
    await this.model.saveWeights(this.#weights);
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
