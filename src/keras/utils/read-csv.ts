import { checkBoolean, checkOptions, checkString } from '../../core/checks.ts';
import { ValueError, show } from '../../core/errors.ts';
import { own } from '../../core/own.ts';
import { Tensor } from '../../core/tensor.ts';
import type { FilePath } from '../../formats/files/files.ts';
import { bytesOf } from './bytes-of.ts';

/** Options of {@link readCsv}. */
export interface ReadCsvOptions {
  /** The character between cells; null for the one that fits the first lines. @default null */
  readonly delimiter?: string | null | undefined;
  /** Whether the first line has the names of the columns; otherwise they are "0", "1", … @default true */
  readonly header?: boolean | undefined;
  /** The cells that are missing numbers, in addition to empty ones. @default ['NA', 'NaN', 'nan', 'null', '?'] */
  readonly missing?: readonly string[] | undefined;
}

const MISSING: readonly string[] = ['NA', 'NaN', 'nan', 'null', '?'];

/** A table of a CSV file. Columns whose cells are all numbers are numbers, with NaN for what is missing. */
export class CsvTable {
  /** The names of the columns, in order. */
  readonly names: readonly string[];
  /** The number of rows. */
  readonly length: number;
  readonly #columns: Readonly<Record<string, Float64Array | readonly string[]>>;

  constructor(columns: readonly (readonly [name: string, cells: Float64Array | readonly string[]])[], length: number) {
    this.names = columns.map(([name]) => name);
    this.length = length;
    this.#columns = Object.fromEntries(columns);
  }

  /** The names of the columns of numbers, in order. */
  get numericNames(): readonly string[] {
    return this.names.filter((name) => this.column(name) instanceof Float64Array);
  }

  /** A column: numbers, or strings if a cell is not a number. @throws ValueError if there is no such column. */
  column(name: string): Float64Array | readonly string[] {
    const found = own(this.#columns, name);
    if (found !== undefined) return found;
    throw new ValueError(`[CsvTable] the table has no column ${show(name)}. Its columns are ${show(this.names)}.`);
  }

  /**
   * The numbers of columns, by default of all columns of numbers, as float32: `[rows, columns]`.
   *
   * @throws ValueError if there is no such column, or it has cells that are not numbers.
   */
  tensor(names: readonly string[] = this.numericNames): Tensor {
    const columns = names.map((name) => this.#numbers(name));
    const data = new Float32Array(this.length * columns.length);
    for (const [j, column] of columns.entries()) {
      for (const [i, value] of column.entries()) data[i * columns.length + j] = value;
    }
    return new Tensor(data, [this.length, columns.length]);
  }

  /** The position of each cell of a column among its different cells, in order: labels for classes, as int32. */
  labels(name: string): { readonly labels: Tensor; readonly classes: readonly string[] } {
    const cells = Array.from<unknown, string>(this.column(name), String);
    const classes = [...new Set(cells)].sort();
    const places = new Map(classes.map((cell, i) => [cell, i]));
    return {
      labels: new Tensor(
        Int32Array.from(cells, (cell) => places.get(cell) ?? 0),
        [this.length],
      ),
      classes,
    };
  }

  #numbers(name: string): Float64Array {
    const column = this.column(name);
    if (column instanceof Float64Array) return column;
    const at = column.findIndex((cell) => cell.trim() === '' || Number.isNaN(Number(cell)));
    throw new ValueError(
      `[CsvTable] the column ${show(name)} must have numbers alone. Received: ${show(column[at])} in row ${at}. Read it with column or labels, or list such cells in missing.`,
    );
  }
}

/**
 * Reads a CSV file from a path, a file URL or bytes: its columns by name, and its numbers as a tensor.
 *
 *     const table = await utils.readCsv('iris.csv');
 *     const { labels, classes } = table.labels('species');
 *     await model.fit(table.tensor(['sepal_length', 'sepal_width']), labels);
 *
 * @throws ValueError if the file cannot be read, a row has too many or too few cells, or a name occurs twice; TypeError if
 * an option is unknown.
 * @example
 * const bytes = new TextEncoder().encode('height,width,name\n1,2,a\n3,,b\n');
 * const table = await utils.readCsv(bytes);
 * table.names;                   // ['height', 'width', 'name']
 * table.tensor().toArray();      // [[1, 2], [3, NaN]]
 * table.column('name');          // ['a', 'b']
 * table.labels('name').labels.toArray();   // [0, 1]
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export async function readCsv(
  source: FilePath | Uint8Array | ArrayBuffer,
  options: ReadCsvOptions = {},
): Promise<CsvTable> {
  const who = 'utils.readCsv';
  checkOptions(who, options, ['delimiter', 'header', 'missing']);
  const delimiter = options.delimiter === null ? '' : checkString(who, 'delimiter', options.delimiter ?? '');
  const hasHeader = checkBoolean(who, 'header', options.header ?? true);
  const missing = new Set(['', ...checkMissing(who, options.missing ?? MISSING)]);
  const text = new TextDecoder().decode(await bytesOf(who, source));
  // Loaded on demand, since few programs read CSV.
  const { default: papa } = await import('papaparse');
  const { data, errors } = papa.parse<readonly string[]>(text, { delimiter, skipEmptyLines: true });
  const broken = errors.find(({ type }) => type === 'Quotes');
  if (broken !== undefined) throw new ValueError(`[${who}] ${broken.message}. Received: row ${broken.row ?? 0}.`);
  const [first = []] = data;
  const names = hasHeader ? first : first.map((_, i) => String(i));
  const rows = hasHeader ? data.slice(1) : data;
  checkTable(who, names, rows);
  const columns = names.map((name, j) => [name, columnOf(rows, j, missing)] as const);
  return new CsvTable(columns, rows.length);
}

function checkMissing(who: string, missing: unknown): readonly string[] {
  if (Array.isArray(missing)) return missing.map((cell) => checkString(who, 'missing', cell));
  throw new TypeError(`[${who}] missing must be a list of strings. Received: missing=${show(missing)}.`);
}

function checkTable(who: string, names: readonly string[], rows: readonly (readonly string[])[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new ValueError(`[${who}] each column must have a name of its own. Received: ${show(twice)} twice.`);
  const at = rows.findIndex(({ length }) => length !== names.length);
  if (at === -1) return;
  throw new ValueError(
    `[${who}] each row must have ${names.length} cells. Received: ${rows[at]?.length ?? 0} in row ${at}. Check the delimiter.`,
  );
}

/** Numbers if all cells are numbers or missing, and one is a number; otherwise the cells. */
function columnOf(
  rows: readonly (readonly string[])[],
  j: number,
  missing: ReadonlySet<string>,
): Float64Array | readonly string[] {
  const cells = rows.map((row) => row[j] ?? '');
  const numbers = Float64Array.from(cells, (cell) => (missing.has(cell.trim()) ? NaN : Number(cell)));
  const isNumber = cells.every((cell, i) => missing.has(cell.trim()) || !Number.isNaN(numbers[i]));
  return isNumber && numbers.some((value) => !Number.isNaN(value)) ? numbers : cells;
}
