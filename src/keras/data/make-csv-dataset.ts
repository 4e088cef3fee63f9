import { checkBoolean, checkChoice, checkInteger, checkOptions, checkString } from '../../core/checks.ts';
import { type TypedArray, allocate } from '../../core/dtype.ts';
import { ValueError, show } from '../../core/errors.ts';
import { isRecord } from '../../core/config.ts';
import { Tensor } from '../../core/tensor.ts';
import { type CsvSource, readRows } from './csv-rows.ts';
import { Dataset } from './dataset.ts';
import { grouped } from './transformations.ts';

/** The type of a column. */
export type CsvColumnType = 'int32' | 'float32' | 'float64' | 'string';

/** A batch of cells: numbers, with NaN for those that are missing, or strings. */
export type CsvColumn = Tensor | string[];

/** The columns of a batch, by name. */
export type CsvFeatures = Record<string, CsvColumn>;

/** Options of {@link makeCsvDataset}. */
export interface MakeCsvDatasetOptions {
  /** The names of the columns. @default null, those of the first line */
  readonly columnNames?: readonly string[] | null | undefined;
  /** The types of columns, by name. @default inferred from the first rows: int32, else float32, else string */
  readonly columnTypes?: Readonly<Record<string, CsvColumnType>> | undefined;
  /** The column that is the target. @default null, none: batches are features alone */
  readonly labelName?: string | null | undefined;
  /** The columns to read, by name. @default null, all */
  readonly selectColumns?: readonly string[] | null | undefined;
  /** The character between cells. @default ',' */
  readonly fieldDelim?: string | undefined;
  /** The cell that is a missing value, in addition to the empty one: NaN among numbers. @default '' */
  readonly naValue?: string | undefined;
  /** Whether the first line of each file has the names of the columns. @default true */
  readonly header?: boolean | undefined;
  /** The number of passes over the rows in one of the dataset; null for no end. @default 1 */
  readonly numEpochs?: number | null | undefined;
  /** Whether rows are shuffled, differently in each pass. @default true */
  readonly shuffle?: boolean | undefined;
  /** The number of rows among which the next one is drawn. @default 10000 */
  readonly shuffleBufferSize?: number | undefined;
  /** The seed of the order. @default null, drawn from that of `setRandomSeed` */
  readonly shuffleSeed?: number | null | undefined;
  /** The number of batches that are read ahead. @default 1 */
  readonly prefetchBufferSize?: number | undefined;
  /** The number of rows from which types are inferred. @default 100 */
  readonly numRowsForInference?: number | undefined;
}

const WHO = 'makeCsvDataset';
const OPTIONS = [
  ...['columnNames', 'columnTypes', 'labelName', 'selectColumns', 'fieldDelim', 'naValue', 'header', 'numEpochs'],
  ...['shuffle', 'shuffleBufferSize', 'shuffleSeed', 'prefetchBufferSize', 'numRowsForInference'],
];
const TYPES = ['int32', 'float32', 'float64', 'string'] as const;

/** The layout that all rows share. */
interface Layout {
  readonly names: readonly string[];
  readonly types: ReadonlyMap<string, CsvColumnType>;
}

/**
 * A dataset of the rows of CSV files, in batches of columns: a record of tensors, and of lists for columns of strings; or
 * `[features, labels]` with `labelName`. The files are read as a stream, so that they need not fit into memory.
 *
 *     const dataset = makeCsvDataset(['2023.csv', '2024.csv'], 32, { labelName: 'price' });
 *     await model.fit(dataset, { epochs: 10 });    // inputs by name
 *
 * As in TensorFlow, but for `numEpochs`, which is 1: `fit` begins a new pass with each epoch.
 *
 * @param source - the path or URL of a file, the file of a browser or its bytes, or a list of these
 * @throws TypeError if an option is unknown or has the wrong type. When iterated over, ValueError if a file cannot be read, a row
 * has too many or too few cells, a cell does not fit the type of its column, or a name is unknown.
 * @example
 * const bytes = new TextEncoder().encode('height,name,label\n1.5,a,0\n,b,1\n');
 * const [[features, labels]] = await makeCsvDataset(bytes, 2, { labelName: 'label', shuffle: false }).toArray();
 * features;    // { height: [1.5, NaN], name: ['a', 'b'] }
 * labels;      // [0, 1]
 * @see https://www.tensorflow.org/api_docs/python/tf/data/experimental/make_csv_dataset
 */
export function makeCsvDataset<const Options extends MakeCsvDatasetOptions = Record<never, never>>(
  source: CsvSource | readonly CsvSource[],
  batchSize: number,
  options?: Options,
): Dataset<Options extends { readonly labelName: string } ? [features: CsvFeatures, labels: CsvColumn] : CsvFeatures> {
  const given: MakeCsvDatasetOptions = options ?? {};
  checkOptions(WHO, given, OPTIONS);
  const size = checkInteger(WHO, 'batchSize', batchSize, 1);
  const sources = readSources(source);
  const settings = readSettings(given);
  const { labelName, missing } = settings;
  const passes = given.numEpochs === null ? null : checkInteger(WHO, 'numEpochs', given.numEpochs ?? 1, 1);
  let layout: Promise<Layout> | null = null;
  const rows = Dataset.fromGenerator(async () => {
    layout ??= findLayout(sources, settings);
    // A file that could not be read may be there in the next pass.
    layout.catch(() => (layout = null));
    const { names } = await layout;
    return allRows(sources, settings, names);
  });
  const shuffled = checkBoolean(WHO, 'shuffle', given.shuffle ?? true)
    ? rows.shuffle(checkInteger(WHO, 'shuffleBufferSize', given.shuffleBufferSize ?? 10_000, 1), {
        seed: given.shuffleSeed ?? null,
      })
    : rows;
  const repeats = passes === 1 ? shuffled : shuffled.repeat(passes);
  const made = Dataset.fromGenerator(
    () => grouped(repeats, size, false),
    passes === null ? { cardinality: Infinity } : {},
  ).map(async (group): Promise<CsvFeatures | [CsvFeatures, CsvColumn]> => {
    const { names, types } = await (layout ?? findLayout(sources, settings));
    const chosen = names.flatMap((name, j) => (types.has(name) ? [[name, j] as const] : []));
    const columns = chosen.map(([name, j]) => {
      const cells = group.map((row) => row[j] ?? '');
      return [name, columnOf(name, cells, types.get(name) ?? 'string', missing)] as const;
    });
    const features = Object.fromEntries(columns.filter(([name]) => name !== labelName));
    const labels = columns.find(([name]) => name === labelName)?.[1];
    return labels === undefined ? features : [features, labels];
  });
  const ahead = checkInteger(WHO, 'prefetchBufferSize', given.prefetchBufferSize ?? 1, 1);
  return made.prefetch(ahead) as Dataset<never>;
}

function readSources(source: unknown): readonly CsvSource[] {
  const list: readonly unknown[] = Array.isArray(source) ? source : [source];
  const isSource = (each: unknown): each is CsvSource =>
    (typeof each === 'string' && each !== '') ||
    each instanceof URL ||
    each instanceof Blob ||
    each instanceof Uint8Array ||
    each instanceof ArrayBuffer;
  if (list.length > 0 && list.every(isSource)) return list;
  throw new TypeError(
    `[${WHO}] source must be a path, a URL, a file or bytes, or a list of these. Received: source=${show(source)}.`,
  );
}

/** Checked options that the rows depend on. */
interface Settings {
  readonly columnNames: readonly string[] | null;
  readonly columnTypes: Readonly<Record<string, CsvColumnType>>;
  readonly labelName: string | null;
  readonly selectColumns: readonly string[] | null;
  readonly delimiter: string;
  readonly missing: ReadonlySet<string>;
  readonly header: boolean;
  readonly inferred: number;
}

function readSettings(options: MakeCsvDatasetOptions): Settings {
  const header = checkBoolean(WHO, 'header', options.header ?? true);
  const columnNames = readNames('columnNames', options.columnNames);
  if (!header && columnNames === null) {
    throw new ValueError(`[${WHO}] columnNames must be given where header is false. Received: columnNames=null.`);
  }
  const types: unknown = options.columnTypes ?? {};
  if (!isRecord(types)) {
    throw new TypeError(
      `[${WHO}] columnTypes must be a record of types by name. Received: columnTypes=${show(types)}.`,
    );
  }
  for (const [name, type] of Object.entries(types)) checkChoice(WHO, `columnTypes.${name}`, type, TYPES);
  const delimiter = checkString(WHO, 'fieldDelim', options.fieldDelim ?? ',');
  if (delimiter.length !== 1) {
    throw new ValueError(`[${WHO}] fieldDelim must be one character. Received: fieldDelim=${show(delimiter)}.`);
  }
  const labelName = options.labelName ?? null;
  return {
    columnNames,
    columnTypes: options.columnTypes ?? {},
    labelName: labelName === null ? null : checkString(WHO, 'labelName', labelName),
    selectColumns: readNames('selectColumns', options.selectColumns),
    delimiter,
    missing: new Set(['', checkString(WHO, 'naValue', options.naValue ?? '')]),
    header,
    inferred: checkInteger(WHO, 'numRowsForInference', options.numRowsForInference ?? 100, 1),
  };
}

function readNames(argument: string, value: unknown): readonly string[] | null {
  if (value === null || value === undefined) return null;
  if (!Array.isArray(value))
    throw new TypeError(`[${WHO}] ${argument} must be a list of strings. Received: ${argument}=${show(value)}.`);
  const names = value.map((name) => checkString(WHO, argument, name));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return names;
  throw new ValueError(`[${WHO}] ${argument} must have each name once. Received: ${show(twice)} twice.`);
}

/** The rows of all files, without the lines of names. */
async function* allRows(
  sources: readonly CsvSource[],
  { delimiter, header }: Settings,
  names: readonly string[],
): AsyncGenerator<readonly string[], void, undefined> {
  for (const source of sources) {
    let line = 0;
    for await (const row of readRows(WHO, source, delimiter)) {
      line++;
      if (row.length !== names.length) {
        throw new ValueError(
          `[${WHO}] each row must have ${names.length} cells. Received: ${row.length} in row ${line} of ${nameOf(source)}. Check fieldDelim.`,
        );
      }
      if (!header || line > 1) yield row;
    }
  }
}

/** A source in messages. */
const nameOf = (source: CsvSource): string =>
  typeof source === 'string' || source instanceof URL
    ? show(String(source))
    : source instanceof File
      ? show(source.name)
      : 'the bytes';

/** The names and types of the columns, from the first rows of the first file. */
async function findLayout(sources: readonly CsvSource[], settings: Settings): Promise<Layout> {
  const { columnNames, columnTypes, labelName, selectColumns, header, inferred, delimiter, missing } = settings;
  const first: (readonly string[])[] = [];
  const [source] = sources;
  if (source !== undefined) {
    for await (const row of readRows(WHO, source, delimiter)) if (first.push(row) > inferred) break;
  }
  const names = columnNames ?? first[0] ?? [];
  checkNames(names);
  const rows = header ? first.slice(1) : first;
  for (const [argument, wanted] of [
    ['selectColumns', selectColumns ?? []],
    ['labelName', labelName === null ? [] : [labelName]],
    ['columnTypes', Object.keys(columnTypes)],
  ] as const) {
    const unknown = wanted.find((name) => !names.includes(name));
    if (unknown === undefined) continue;
    throw new ValueError(
      `[${WHO}] ${argument} must name columns of the file. Received: ${show(unknown)}. The columns are ${show(names)}.`,
    );
  }
  if (labelName !== null && selectColumns !== null && !selectColumns.includes(labelName)) {
    throw new ValueError(
      `[${WHO}] selectColumns must contain labelName. Received: labelName=${show(labelName)}, selectColumns=${show(selectColumns)}.`,
    );
  }
  const types = names.flatMap((name, j) => {
    if (selectColumns !== null && !selectColumns.includes(name)) return [];
    const cells = rows.map((row) => row[j] ?? '');
    return [[name, columnTypes[name] ?? inferType(cells, missing)] as const];
  });
  return { names, types: new Map(types) };
}

function checkNames(names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new ValueError(`[${WHO}] each column must have a name of its own. Received: ${show(twice)} twice.`);
  }
}

const isMissing = (cell: string, missing: ReadonlySet<string>): boolean => missing.has(cell.trim());

function inferType(cells: readonly string[], missing: ReadonlySet<string>): CsvColumnType {
  const present = cells.filter((cell) => !isMissing(cell, missing));
  if (present.length === 0 || present.some((cell) => Number.isNaN(Number(cell)))) return 'string';
  // Integers have no NaN.
  const isWhole = present.length === cells.length && present.every((cell) => /^\s*[+-]?\d+\s*$/.test(cell));
  return isWhole && present.every((cell) => Math.abs(Number(cell)) < 2 ** 31) ? 'int32' : 'float32';
}

function columnOf(
  name: string,
  cells: readonly string[],
  type: CsvColumnType,
  missing: ReadonlySet<string>,
): CsvColumn {
  if (type === 'string') return [...cells];
  const data: TypedArray = allocate(type, cells.length);
  for (const [i, cell] of cells.entries()) {
    const isNone = isMissing(cell, missing);
    const value = isNone ? NaN : Number(cell);
    const fits =
      type === 'int32' ? Number.isInteger(value) && Math.abs(value) < 2 ** 31 : isNone || !Number.isNaN(value);
    if (!fits) {
      throw new ValueError(
        `[${WHO}] a cell must fit the type of its column. Received: ${show(cell)} in the column ${show(name)} of ${type}. Pass columnTypes: { ${show(name)}: ${type === 'int32' ? "'float32'" : "'string'"} }.`,
      );
    }
    data[i] = value;
  }
  return new Tensor(data, [cells.length], type);
}
