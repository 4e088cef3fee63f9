import { files } from '#files';
import { ValueError, show } from '../../core/errors.ts';
import { checkBoolean, checkOptions } from '../../core/checks.ts';
import type { FilePath } from '../../formats/files/files.ts';
import { Callback, type Logs } from './callback.ts';
import { pythonFloat } from './python-format.ts';

/** Options of {@link CSVLogger}. */
export interface CSVLoggerOptions {
  /** What stands between values: one character. @default ',' */
  readonly separator?: string | undefined;
  /** Write behind what is in the file, for a training that goes on; else the file begins anew. @default false */
  readonly append?: boolean | undefined;
}

/**
 * Writes the values of every epoch into a CSV file: a column for the epoch, counted from 0, then the values of the first
 * epoch by their names, in order, and NA where a later epoch lacks one. Numbers and ends of lines are those of Keras's
 * files. Each line is in the file when its epoch ends.
 *
 * In browsers there are no files: training refuses to begin.
 *
 * @throws ValueError when training begins, if the file cannot be written.
 * @example
 * const logger = new CSVLogger('training.csv', { separator: ';', append: true });
 * logger.separator;    // ';'
 * @see https://keras.io/api/callbacks/csv_logger/
 */
export class CSVLogger extends Callback {
  /** Where the file lies. */
  readonly filename: FilePath;
  /** What stands between values. */
  readonly separator: string;
  /** Whether what is in the file stays. */
  readonly append: boolean;
  #keys: readonly string[] | null = null;
  #writesHeader = true;

  constructor(filename: FilePath, options: CSVLoggerOptions = {}) {
    super();
    const who = 'CSVLogger';
    checkOptions(who, options, ['separator', 'append']);
    const given: unknown = filename;
    if (!(given instanceof URL) && (typeof given !== 'string' || given === '')) {
      throw new TypeError(`[${who}] filename must be a path, or a URL of a file. Received: filename=${show(given)}.`);
    }
    this.filename = filename;
    this.append = checkBoolean(who, 'append', options.append ?? false);
    this.separator = checkSeparator(who, options.separator ?? ',');
  }

  override async onTrainBegin(): Promise<void> {
    this.#keys = null;
    this.#writesHeader = !(this.append && (await this.#hasContent()));
    if (this.append) await files.appendText('CSVLogger', this.filename, '');
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
      const value = logs[key];
      return value === undefined ? 'NA' : pythonFloat(value);
    });
    const header = isFirst && this.#writesHeader ? this.#line(['epoch', ...keys]) : '';
    await files.appendText('CSVLogger', this.filename, header + this.#line([String(epoch), ...values]));
  }

  #line(fields: readonly string[]): string {
    const quoted = fields.map((field) =>
      field.includes(this.separator) || /["\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field,
    );
    return `${quoted.join(this.separator)}\r\n`;
  }
}

/** The first epoch's values. If none is of a validation, one may come with a later epoch, and gets a column as well. */
function columnsOf(logs: Logs): readonly string[] {
  const keys = Object.keys(logs).sort(byCodePoints);
  return keys.some((key) => key.startsWith('val_')) ? keys : [...keys, ...keys.map((key) => `val_${key}`)];
}

/** Python's order of texts. */
function byCodePoints(a: string, b: string): number {
  const [x, y] = [Array.from(a, codePoint), Array.from(b, codePoint)];
  const at = x.findIndex((point, i) => point !== y[i]);
  return at < 0 ? x.length - y.length : (x[at] ?? -1) - (y[at] ?? -1);
}

const codePoint = (character: string): number => character.codePointAt(0) ?? 0;

function checkSeparator(who: string, separator: unknown): string {
  if (typeof separator === 'string' && /^[^"\r\n]$/u.test(separator)) return separator;
  throw new ValueError(
    `[${who}] separator must be one character, and no quotation mark or end of line. Received: separator=${show(separator)}.`,
  );
}
