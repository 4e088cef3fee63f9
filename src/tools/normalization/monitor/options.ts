import { checkNumber } from '../../../core/checks.ts';
import { ValueError, show } from '../../../core/errors.ts';
import type { FilePath } from '../../../formats/files/files.ts';
import { saveFrequency } from '../../../keras/callbacks/save-frequency.ts';
import { type Field, type Fields, choice, field, integer, nullable } from '../../../keras/saving/fields.ts';
import type { BatchLike } from '../../../core/data.ts';

/** The gradients whose norms are recorded. */
export type MonitoredGradients = 'none' | 'normalization' | 'all';

/** Options of {@link NormalizationMonitor}. */
export interface NormalizationMonitorOptions {
  /**
   * A batch of data, `[x]`, `[x, y]` or `[x, y, sampleWeight]`, from which the batch statistics, the percentiles and the
   * gradients are computed. @default null, neither of them
   */
  readonly probe?: BatchLike | null | undefined;
  /** The interval of the records: every epoch, or a number of steps. @default 'epoch' */
  readonly updateFreq?: 'epoch' | number | undefined;
  /** The names of the normalization layers; `outer/inner` for a layer of a nested model. @default null, all */
  readonly layers?: readonly string[] | null | undefined;
  /** The names of the layers, of any class, of whose inputs percentiles are recorded. @default [] */
  readonly inputsOf?: readonly string[] | undefined;
  /** The percentiles of the inputs, in [0, 100]. @default [15, 50, 85] */
  readonly percentiles?: readonly number[] | undefined;
  /** The index along the last axis of the inputs whose percentiles are recorded. @default null, all elements */
  readonly unit?: number | null | undefined;
  /** The weights of whose gradients the norms are recorded: γ and β, or all trainable weights. @default 'none' */
  readonly gradients?: MonitoredGradients | undefined;
  /** The path of a CSV file, which is replaced. @default null, no file */
  readonly filename?: FilePath | null | undefined;
  /**
   * The folder into which an event file for TensorBoard is written; it is made if it does not exist. Use one for each
   * training. @default null, no file
   */
  readonly logDir?: FilePath | null | undefined;
}

const probe = field<BatchLike>({
  read: (who, option, given) => {
    if (Array.isArray(given) && given.length >= 1 && given.length <= 3)
      return [...(given as unknown[])] as unknown as BatchLike;
    throw new TypeError(
      `[${who}] ${option} must be a batch: [x], [x, y] or [x, y, sampleWeight]. Received: ${option}=${show(given)}.`,
    );
  },
});

/** A list of names without repetition. */
function layerNames(byDefault?: readonly string[]): Field<readonly string[]> {
  return field({
    byDefault,
    read: (who, option, given) => {
      const isName = (value: unknown): value is string => typeof value === 'string';
      if (Array.isArray(given) && given.every(isName) && new Set(given).size === given.length) return [...given];
      throw new TypeError(
        `[${who}] ${option} must be a list of different names of layers. Received: ${option}=${show(given)}.`,
      );
    },
  });
}

const levels = field<readonly number[]>({
  byDefault: [15, 50, 85],
  read: (who, option, given) => {
    if (!Array.isArray(given) || given.length === 0) {
      throw new TypeError(`[${who}] ${option} must be a list of numbers. Received: ${option}=${show(given)}.`);
    }
    return given.map((level: unknown) => {
      const checked = checkNumber(who, option, level);
      if (checked >= 0 && checked <= 100) return checked;
      throw new ValueError(`[${who}] ${option} must be in [0, 100]. Received: ${option}=${show(given)}.`);
    });
  },
});

const path = field<FilePath>({
  read: (who, option, given) => {
    if (given instanceof URL || (typeof given === 'string' && given !== '')) return given;
    throw new TypeError(`[${who}] ${option} must be a path, or a file URL. Received: ${option}=${show(given)}.`);
  },
});

/** The options of the monitor. */
export const monitorFields: Fields = {
  probe: nullable(probe),
  updateFreq: saveFrequency(),
  layers: nullable(layerNames()),
  inputsOf: layerNames([]),
  percentiles: levels,
  unit: nullable(integer(undefined, 0)),
  gradients: choice(['none', 'normalization', 'all'], 'none'),
  filename: nullable(path),
  logDir: nullable(path),
};
