import { isRecord } from '../../core/config.ts';
import { NotImplementedError, show } from '../../core/errors.ts';
import type { FilePath } from '../../formats/files/files.ts';
import { type Fields, boolean, field, integer, nullable } from '../saving/fields.ts';

/** Options of {@link TensorBoard}. */
export interface TensorBoardOptions {
  /** The folder of the runs `train` and `validation`. @default 'logs' */
  readonly logDir?: FilePath | undefined;
  /** The interval of the histograms of weights, in epochs; 0 for none. @default 0 */
  readonly histogramFreq?: number | undefined;
  /** Whether to write the model, which TensorBoard draws as a graph. @default true */
  readonly writeGraph?: boolean | undefined;
  /** Whether to write the weights as images, together with their histograms. @default false */
  readonly writeImages?: boolean | undefined;
  /** Whether to write the number of steps per second, of epochs and of batches. @default false */
  readonly writeStepsPerSecond?: boolean | undefined;
  /** The interval of the losses and metrics of batches: a number of batches, `batch` for 1, `epoch` for none. @default 'epoch' */
  readonly updateFreq?: 'epoch' | 'batch' | number | undefined;
  /** Must be 0: the profiler of TensorFlow does not exist here. @default 0 */
  readonly profileBatch?: 0 | undefined;
  /** The interval at which the matrices of Embedding layers are written for TensorBoard's projector, in epochs; 0 for none. @default 0 */
  readonly embeddingsFreq?: number | undefined;
  /**
   * The path of a file with the labels of the rows, relative to `logDir`, for all Embedding layers or for each by its name.
   *
   * @default null
   */
  readonly embeddingsMetadata?: string | Readonly<Record<string, string>> | null | undefined;
}

const logDir = field<FilePath>({
  byDefault: 'logs',
  read: (who, option, given) => {
    if (given instanceof URL || (typeof given === 'string' && given !== '')) return given;
    throw new TypeError(
      `[${who}] ${option} must be the path of a folder, or a file URL. Received: ${option}=${show(given)}.`,
    );
  },
});

const updateFreq = field<'epoch' | number>({
  byDefault: 'epoch',
  read: (who, option, given) => {
    if (given === 'batch') return 1;
    if (given === 'epoch' || (typeof given === 'number' && Number.isInteger(given) && given >= 1)) return given;
    throw new TypeError(
      `[${who}] ${option} must be "epoch", "batch" or an integer ≥ 1. Received: ${option}=${show(given)}.`,
    );
  },
});

const profileBatch = field<0>({
  byDefault: 0,
  read: (who, option, given) => {
    if (given === 0) return given;
    throw new NotImplementedError(
      `[${who}] ${option} must be 0: TensorBoard's profiler shows traces of TensorFlow, and this engine makes none. Received: ${option}=${show(given)}. Use writeStepsPerSecond, or Node's own profiler: node --cpu-prof.`,
    );
  },
});

const embeddingsMetadata = field<string | Readonly<Record<string, string>>>({
  read: (who, option, given) => {
    if (typeof given === 'string' && given !== '') return given;
    if (isRecord(given) && Object.values(given).every((path) => typeof path === 'string' && path !== '')) {
      return { ...given } as Record<string, string>;
    }
    throw new TypeError(
      `[${who}] ${option} must be the path of a file, or paths by the names of Embedding layers. Received: ${option}=${show(given)}.`,
    );
  },
});

/** The options of the callback. */
export const tensorBoardFields: Fields = {
  logDir,
  histogramFreq: integer(0, 0),
  writeGraph: boolean(true),
  writeImages: boolean(false),
  writeStepsPerSecond: boolean(false),
  updateFreq,
  profileBatch,
  embeddingsFreq: integer(0, 0),
  embeddingsMetadata: nullable(embeddingsMetadata),
};
