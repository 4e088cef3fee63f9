import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { utils } from 'evenkeel';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const read = (text: string, options?: utils.ReadCsvOptions): Promise<utils.CsvTable> =>
  utils.readCsv(new TextEncoder().encode(text), options);

describe('readCsv', () => {
  test('readCsv separates columns of numbers from others, and has NaN for missing numbers', async () => {
    const table = await read('a,b,c\n1,x,?\n-2.5e1,y,3\n,"z, ""q""",NA\n');
    expect([table.names, table.numericNames, table.length]).toEqual([['a', 'b', 'c'], ['a', 'c'], 3]);
    expect([...table.column('a')]).toEqual([1, -25, NaN]);
    expect(table.column('b')).toEqual(['x', 'y', 'z, "q"']);
    expect(table.tensor().toArray()).toEqual([
      [1, NaN],
      [-25, 3],
      [NaN, NaN],
    ]);
    expect(table.tensor(['c', 'a']).shape).toEqual([3, 2]);
  });

  test('readCsv finds the delimiter, accepts line ends of Windows and a byte order mark, and reads files', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'csv-'));
    const path = join(folder, 'points.csv');
    try {
      writeFileSync(path, '\uFEFFx;y\r\n1;2\r\n3;4\r\n');
      const table = await utils.readCsv(path);
      expect(table.names).toEqual(['x', 'y']);
      expect(table.tensor().toArray()).toEqual([
        [1, 2],
        [3, 4],
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('readCsv numbers the columns of a file without a header', async () => {
    const table = await read('1,2\n3,4\n', { header: false });
    expect(table.names).toEqual(['0', '1']);
    expect([...table.column('1')]).toEqual([2, 4]);
  });

  test('labels number the different cells of a column in order', async () => {
    const { labels, classes } = (await read('kind\nb\na\nb\n')).labels('kind');
    expect(classes).toEqual(['a', 'b']);
    expect([labels.dtype, labels.toArray()]).toEqual(['int32', [1, 0, 1]]);
  });

  test('a column may have a name that every object inherits', async () => {
    const table = await read('constructor,__proto__\n1,2\n');
    expect(table.tensor(['__proto__', 'constructor']).toArray()).toEqual([[2, 1]]);
    expect(() => table.column('toString')).toThrow(
      '[CsvTable] the table has no column "toString". Its columns are ["constructor", "__proto__"].',
    );
  });

  test.each([
    ['a,b\n1,2\n3\n', {}, '[utils.readCsv] each row must have 2 cells. Received: 1 in row 1. Check the delimiter.'],
    ['a,a\n1,2\n', {}, '[utils.readCsv] each column must have a name of its own. Received: "a" twice.'],
    ['a,b\n1,"2\n', {}, '[utils.readCsv] Quoted field unterminated. Received: row 1.'],
    ['a\n1\n', { seperator: ';' }, '[utils.readCsv] unknown option "seperator".'],
    ['a\n1\n', { header: 1 }, '[utils.readCsv] header must be true or false. Received: header=1.'],
    ['a\n1\n', { missing: 'NA' }, '[utils.readCsv] missing must be a list of strings. Received: missing="NA".'],
  ])('readCsv refuses %j with %j by an error that says what to change', async (text, options, message) => {
    await expect(read(text, options as never)).rejects.toThrow(message);
  });

  test('a tensor of a column that is not of numbers is refused with the first such cell', async () => {
    const table = await read('a\n1\nx\n');
    expect(() => table.tensor(['a'])).toThrow(
      '[CsvTable] the column "a" must have numbers alone. Received: "x" in row 1. Read it with column or labels, or list such cells in missing.',
    );
  });

  test('numbers that are written to CSV are read back', async () => {
    const row = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
        const table = await read(`a,b,c\n${rows.map((cells) => cells.join(',')).join('\n')}\n`);
        for (const [j, name] of table.names.entries()) {
          expect([...table.column(name)]).toEqual(rows.map((cells) => (cells[j] ?? NaN) + 0));
        }
      }),
    );
  });
});
