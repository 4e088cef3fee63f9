import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import Papa from 'papaparse';
import { Tensor } from 'evenkeel';
import { type CsvColumn, type CsvFeatures, type Dataset, makeCsvDataset } from 'evenkeel/data';
import { afterAll, describe, expect, expectTypeOf, test } from 'vitest';
import { readRows } from '../../../../src/keras/data/csv-rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'evenkeel-csv-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** A file that arrives in pieces of a number of bytes. */
function inPieces(text: string, size: number): Blob {
  const whole = bytes(text);
  const stream = (): ReadableStream<Uint8Array<ArrayBuffer>> => {
    let at = 0;
    return new ReadableStream({
      pull: (controller) => {
        if (at >= whole.length) controller.close();
        else controller.enqueue(whole.slice(at, (at += size)));
      },
    });
  };
  return Object.assign(new Blob([whole]), { stream });
}

const plain = (column: CsvColumn): unknown =>
  column instanceof Tensor ? { dtype: column.dtype, values: column.toArray() } : column;

const plainly = (features: CsvFeatures): unknown =>
  Object.fromEntries(Object.entries(features).map(([name, column]) => [name, plain(column)]));

const collect = async (rows: AsyncIterable<readonly string[]>): Promise<(readonly string[])[]> => {
  const found: (readonly string[])[] = [];
  for await (const row of rows) found.push(row);
  return found;
};

describe('the rows of a file', () => {
  test('are the same in pieces of every size', async () => {
    const cell = fc.oneof(fc.string(), fc.constantFrom('', 'a,b', 'say "x"', 'two\nlines', 'naïve 😀', '"'));
    const table = fc
      .integer({ min: 2, max: 4 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }),
      );
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        async (given, size, newline) => {
          const rows = given.map((row) => row.map((each) => each.replaceAll('\r', '')));
          const text = Papa.unparse(rows, { newline, quotes: true });
          expect(await collect(readRows('f', inPieces(text, size), ','))).toEqual(rows);
        },
      ),
    );
  });

  test('can come from a path, a file URL, bytes and buffers; empty lines are omitted', async () => {
    const path = join(folder, 'a.csv');
    writeFileSync(path, 'a;b\r\n\r\n1;2\r\n');
    for (const source of [path, pathToFileURL(path), bytes('a;b\n\n1;2'), bytes('a;b\n1;2\n\n').buffer]) {
      expect(await collect(readRows('f', source, ';'))).toEqual([['a', 'b'], ['1', '2']]); // prettier-ignore
    }
  });

  test('with a quote that is not closed are refused, and a file that does not exist', async () => {
    await expect(collect(readRows('f', bytes('a,b\n1,"2\n3,4\n'), ','))).rejects.toThrow(
      '[f] quotes must be closed. Received: Quoted field unterminated.',
    );
    await expect(collect(readRows('f', join(folder, 'none.csv'), ','))).rejects.toThrow(
      '[f] the file at path must exist.',
    );
  });
});

describe('makeCsvDataset', () => {
  const table = 'i,x,name,mixed\n1,0.5,a,1\n2,,b,NA\n-3,1e3,c,z\n';

  test('infers types, and has NaN for missing numbers', async () => {
    const [batch] = await makeCsvDataset(bytes(table), 3, { shuffle: false }).toArray();
    expect(plainly(batch!)).toEqual({
      i: { dtype: 'int32', values: [1, 2, -3] },
      x: { dtype: 'float32', values: [0.5, NaN, 1000] },
      name: ['a', 'b', 'c'],
      mixed: ['1', 'NA', 'z'],
    });
  });

  test('has labels, columns and types that were asked for', async () => {
    const dataset = makeCsvDataset(bytes(table), 2, {
      labelName: 'name',
      selectColumns: ['name', 'i', 'x'],
      columnTypes: { i: 'float64' },
      shuffle: false,
    });
    expectTypeOf(dataset).toEqualTypeOf<Dataset<[CsvFeatures, CsvColumn]>>();
    const batches = await dataset.toArray();
    expect(batches.map(([x, y]) => [plainly(x), y])).toEqual([
      [{ i: { dtype: 'float64', values: [1, 2] }, x: { dtype: 'float32', values: [0.5, NaN] } }, ['a', 'b']],
      [{ i: { dtype: 'float64', values: [-3] }, x: { dtype: 'float32', values: [1000] } }, ['c']],
    ]);
  });

  test('reads several files, without a line of names, with other missing values and delimiters', async () => {
    const dataset = makeCsvDataset([bytes('1;-\n2;3\n'), bytes('4;5\n')], 4, {
      header: false,
      columnNames: ['a', 'b'],
      fieldDelim: ';',
      naValue: '-',
      shuffle: false,
    });
    const [batch] = await dataset.toArray();
    expect(plainly(batch!)).toEqual({
      a: { dtype: 'int32', values: [1, 2, 4] },
      b: { dtype: 'float32', values: [NaN, 3, 5] },
    });
  });

  test('shuffles rows by a seed, differently in each pass, and repeats them', async () => {
    const many = `n\n${Array.from({ length: 50 }, (_, i) => i).join('\n')}\n`;
    const numbers = async (dataset: Dataset<CsvFeatures>): Promise<number[]> =>
      (await dataset.toArray()).flatMap(({ n }) => (n instanceof Tensor ? [...n.data] : []));
    const make = (): Dataset<CsvFeatures> => makeCsvDataset(bytes(many), 8, { shuffleSeed: 3 });
    const dataset = make();
    const passes = [await numbers(dataset), await numbers(dataset)];
    expect(passes[0]).not.toEqual(passes[1]);
    expect([...passes[0]!].sort((a, b) => a - b)).toEqual([...passes[1]!].sort((a, b) => a - b));
    expect(await numbers(make())).toEqual(passes[0]);
    expect(await numbers(makeCsvDataset(bytes('n\n1\n2\n'), 3, { numEpochs: 2, shuffle: false }))).toEqual([
      1, 2, 1, 2,
    ]);
    const endless = makeCsvDataset(bytes('n\n1\n2\n'), 3, { numEpochs: null, shuffle: false });
    expect(endless.cardinality()).toBe(Infinity);
    expect(await numbers(endless.take(2))).toEqual([1, 2, 1, 2, 1, 2]);
  });

  test('does not read more of a file than its consumer needs', async () => {
    let read = 0;
    const endless = Object.assign(new Blob(), {
      stream: () =>
        new ReadableStream({
          pull: (controller) => {
            controller.enqueue(bytes(`${read === 0 ? 'a,b\n' : ''}${`${read},1\n`.repeat(100)}`));
            read++;
          },
        }),
    });
    let batches = 0;
    for await (const batch of makeCsvDataset(endless, 10, { shuffleBufferSize: 200 })) {
      expect(Object.keys(batch)).toEqual(['a', 'b']);
      if (++batches === 5) break;
    }
    expect(read).toBeLessThan(15);
  });

  test('refuses rows, cells, names and options that do not fit', async () => {
    const refused = async (
      text: string,
      options: Readonly<Record<string, unknown>>,
      message: string,
    ): Promise<void> => {
      const work = async (): Promise<unknown> =>
        makeCsvDataset(bytes(text), 2, { shuffle: false, ...options }).toArray();
      await expect(work()).rejects.toThrow(`[makeCsvDataset] ${message}`);
    };
    await refused(
      'a,b\n1,2\n3\n',
      {},
      'each row must have 2 cells. Received: 1 in row 3 of the bytes. Check fieldDelim.',
    );
    await refused(
      'a\n1\n2\nx\n',
      { numRowsForInference: 2 },
      `a cell must fit the type of its column. Received: "x" in the column "a" of int32. Pass columnTypes: { "a": 'float32' }.`,
    );
    await refused(
      'a\n0.5\nx\n',
      { columnTypes: { a: 'float32' } },
      `a cell must fit the type of its column. Received: "x" in the column "a" of float32. Pass columnTypes: { "a": 'string' }.`,
    );
    await refused('a,a\n1,2\n', {}, 'each column must have a name of its own. Received: "a" twice.');
    await refused(
      'a\n1\n',
      { labelName: 'y' },
      'labelName must name columns of the file. Received: "y". The columns are ["a"].',
    );
    await refused('a,y\n1,2\n', { labelName: 'y', selectColumns: ['a'] }, 'selectColumns must contain labelName.');
    await refused('1\n', { header: false }, 'columnNames must be given where header is false.');
    await refused('a\n1\n', { fieldDelim: '||' }, 'fieldDelim must be one character.');
    await refused(
      'a\n1\n',
      { columnTypes: { a: 'int64' } },
      'columnTypes.a must be one of "int32", "float32", "float64", "string".',
    );
    await refused('a\n1\n', { columnNames: ['a', 'a'] }, 'columnNames must have each name once. Received: "a" twice.');
    await refused('a\n1\n', { numEpochs: 0 }, 'numEpochs must be an integer ≥ 1.');
    await refused('a\n1\n', { batch: 3 }, 'unknown option "batch".');
    expect(() => makeCsvDataset([], 2)).toThrow(
      '[makeCsvDataset] source must be a path, a URL, a file or bytes, or a list of these. Received: source=[].',
    );
  });
});
