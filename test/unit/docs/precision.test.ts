import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cases } from '../../../bench/precision/problems.ts';
import { precisionTables } from '../../../bench/precision/tables.ts';

const text = readFileSync(new URL('../../../docs/precision.md', import.meta.url), 'utf8');

/** The column that was measured on one machine. */
const OURS = 2;

/** The cells of each table, without the line below the header. */
const tables = text
  .split('\n\n')
  .filter((part) => part.startsWith('| input'))
  .map((table) => table.split('\n').map((line) => line.split('|').slice(1, -1)))
  .map((rows) => rows.toSpliced(1, 1).map((row) => row.map((cell) => cell.trim())));

test('docs/precision.md has the rows and the numbers of the golden file', () => {
  const unmeasured = new Map(
    cases.map((given) => [given, Object.fromEntries(Object.keys(given.truthRms).map((name) => [name, null]))]),
  );
  const expected = precisionTables(unmeasured).map(({ header, rows }) => [header, ...rows]);
  const others = (rows: readonly (readonly string[])[]): readonly (readonly string[])[] =>
    rows.map((row) => row.toSpliced(OURS, 1));
  expect(tables.map(others)).toEqual(expected.map(others));
});

test('docs/precision.md says what was measured for each row', () => {
  const measured = tables.flatMap((rows) => rows.slice(1).map((row) => row[OURS]));
  expect(measured.filter((cell) => !/^(0|\d\.\de[+-]\d+|not finite)$/.test(cell ?? ''))).toEqual([]);
});
