import { files } from '#files';
import { ValueError, show } from '../../core/errors.ts';
import { own } from '../../core/own.ts';
import type { FilePath } from '../../formats/files/files.ts';
import { type Fields, boolean, field } from '../saving/fields.ts';
import { Callback, type Logs } from './callback.ts';
import { vectorOf } from './log-value.ts';
import { pythonFloat, pythonFloat32 } from './python-format.ts';
import { type Arguments, takeArguments } from '../saving/arguments.ts';

/** Options of {@link CSVLogger}. */
export interface CSVLoggerOptions {
  /** The separator of the values: one character. @default ',' */
  readonly separator?: string | undefined;
  /** Whether to append to the file, to resume a training, instead of replacing it. @default false */
  readonly append?: boolean | undefined;
}

const path = field<FilePath>({
  read: (who, option, given) => {
    if (given instanceof URL || (typeof given === 'string' && given !== '')) return given;
    throw new TypeError(`[${who}] ${option} must be a path, or a URL of a file. Received: ${option}=${show(given)}.`);
  },
});

const separator = field<string>({
  byDefault: ',',
  read: (who, option, given) => {
    if (typeof given === 'string' && /^[^"\r\n]$/u.test(given)) return given;
    throw new ValueError(
      `[${who}] ${option} must be one character other than a quotation mark or a line break. Received: ${option}=${show(given)}.`,
    );
  },
});

/**
 * Writes the values of every epoch to a CSV file: the number of the epoch, counted from 0, then the values of the first
 * epoch in the order of their names, and NA for values that a later epoch lacks. Numbers and line breaks are those of
 * Keras's files. Each line is written when its epoch ends.
 *
 * Browsers have no files: there, training throws at its start.
 *
 * @throws ValueError at the start of training, if the file cannot be written.
 * @example
 * const logger = new CSVLogger('training.csv', { separator: ';', append: true });
 * logger.separator;    // ';'
 * @see https://keras.io/api/callbacks/csv_logger/
 */
export class CSVLogger extends Callback {
  static override readonly className: string = 'CSVLogger';
  static override readonly positional = ['filename', 'separator', 'append'] as const;
  static override readonly fields: Fields = { filename: path, separator, append: boolean(false) };

  /** The path of the file. */
  declare readonly filename: FilePath;
  /** The separator of the values. */
  declare readonly separator: string;
  /** Whether to append to the file. */
  declare readonly append: boolean;
  #keys: readonly string[] | null = null;
  #writesHeader = true;

  constructor(...args: Arguments<CSVLoggerOptions & { filename: FilePath }, typeof CSVLogger.positional>);
  constructor(filename: FilePath, options?: CSVLoggerOptions);
  constructor(...args: readonly unknown[]) {
    super(...takeArguments(new.target, args));
  }

  override async onTrainBegin(): Promise<void> {
    this.#keys = null;
    this.#writesHeader = !(this.append && (await this.#hasContent()));
    if (this.append) await files.append('CSVLogger', this.filename, '');
    else await files.writeFileAtomic('CSVLogger', this.filename, []);
  }

  async #hasContent(): Promise<boolean> {
    if (!(await files.exists('CSVLogger', this.filename))) return false;
    return (await files.fileSize('CSVLogger', this.filename)) > 0;
  }

  override async onEpochEnd(epoch: number, logs: Logs): Promise<void> {
    const isFirst = this.#keys === null;
    const keys = (this.#keys ??= columnsOf(logs));
    const values = keys.map((key) => {
      const value = own(logs, key);
      return value === undefined ? 'NA' : written(value);
    });
    const header = isFirst && this.#writesHeader ? this.#line(['epoch', ...keys]) : '';
    await files.append('CSVLogger', this.filename, header + this.#line([String(epoch), ...values]));
  }

  #line(fields: readonly string[]): string {
    const quoted = fields.map((field) =>
      field.includes(this.separator) || /["\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field,
    );
    return `${quoted.join(this.separator)}\r\n`;
  }
}

/** A number, or the numbers of a vector in the form of Keras's files, which includes the quotation marks. */
function written(value: number): string {
  const vector = vectorOf(value);
  return vector === null ? pythonFloat(value) : `"[${vector.map(pythonFloat32).join(', ')}]"`;
}

/** The columns: the values of the first epoch. Without validation, which may start later, its columns are added. */
function columnsOf(logs: Logs): readonly string[] {
  const keys = Object.keys(logs).sort(byCodePoints);
  return keys.some((key) => key.startsWith('val_')) ? keys : [...keys, ...keys.map((key) => `val_${key}`)];
}

/** Compares strings as Python does, by code points. */
function byCodePoints(a: string, b: string): number {
  const [x, y] = [Array.from(a, codePoint), Array.from(b, codePoint)];
  const at = x.findIndex((point, i) => point !== y[i]);
  return at < 0 ? x.length - y.length : (x[at] ?? -1) - (y[at] ?? -1);
}

const codePoint = (character: string): number => character.codePointAt(0) ?? 0;
