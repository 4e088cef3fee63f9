import Ajv from 'ajv';
import draft4 from 'ajv/lib/refs/json-schema-draft-04.json' with { type: 'json' };
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { importsFromNpm, notebookOf } from '../../../scripts/examples/notebook.ts';
import { overview, readWebPage } from '../../../scripts/examples/overview.ts';
import { outputsFolder, readRecord } from '../../../scripts/examples/recorded.ts';
import { exampleNames, examplesFolder, parseExample, readExample } from '../../../scripts/examples/source.ts';

const schema = new URL('../../golden/nbformat.v4.5.schema.json', import.meta.url);
const ajv = new Ajv({ schemaId: 'id', meta: false });
ajv.addMetaSchema(draft4);
const validate = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')) as object);

const source = `/**
 * # Title
 *
 * One sentence.
 *
 * @level beginner
 * @needs nothing
 *   else
 * @time 3 s
 */
import { readFile } from 'node:fs/promises';
import {
  a,
} from 'evenkeel';

// A text
// of two lines.
const x = 1;
// Not at the beginning.
f(x);

g();
`;

test('a header and the parts of a program are read', () => {
  const example = parseExample('x', source);
  expect(example).toMatchObject({
    title: 'Title',
    description: 'One sentence.',
    level: 'beginner',
    needs: 'nothing else',
    time: '3 s',
    playground: null,
    noNotebook: null,
  });
  expect(example.cells.map(({ kind }) => kind)).toEqual(['code', 'text', 'code']);
  expect(example.cells[1]?.text).toBe('A text\nof two lines.');
  expect(example.cells[2]?.text).toBe('const x = 1;\n// Not at the beginning.\nf(x);\n\ng();');
});

test.each([
  ['a level that does not exist', source.replace('beginner', 'easy')],
  ['no title', source.replace('# Title', 'Title')],
  ['an unknown tag', source.replace('@needs', '@wants')],
  ['a time without a unit', source.replace('3 s', '3')],
])('a header with %s is refused', (_, text) => {
  expect(() => parseExample('x', text)).toThrow(/^examples\/x\.ts must begin with a comment/);
});

test('a notebook imports packages by npm:, and modules of Node as they are', () => {
  const code = importsFromNpm(parseExample('x', source).code);
  expect(code).toContain("from 'node:fs/promises'");
  expect(code).toContain("} from 'npm:evenkeel'");
});

test.each(exampleNames)('the recorded output of %s is that of the present program', (name) => {
  const record = readRecord(name);
  expect(record?.hash, 'run: npm run examples').toBe(readExample(name).hash);
  expect(record?.output).not.toBe('');
  for (const plot of record?.plots ?? []) expect(existsSync(outputsFolder + plot)).toBe(true);
});

test('the web page has the header of an example', () => {
  expect(readWebPage().title).toBe('A web page');
});

test('examples/README.md lists the examples', async () => {
  expect(readFileSync(`${examplesFolder}README.md`, 'utf8'), 'run: npm run examples').toBe(await overview());
});

const withNotebooks = exampleNames.map(readExample).filter(({ noNotebook }) => noNotebook === null);

test.each(withNotebooks)('the notebook of $name is valid, and has the whole program', (example) => {
  const notebook = notebookOf(example);
  expect(validate(notebook), JSON.stringify(validate.errors)).toBe(true);
  const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => !/^\/*$/.test(word));
  const cells = notebook.cells.slice(1).map(({ source: text }) => String(text));
  expect(words(cells.join('\n').replaceAll("'npm:", "'"))).toEqual(words(example.code));
  expect(example.code).not.toMatch(/from '\./);
});

test('the schema of notebooks refuses what is no notebook', () => {
  expect(validate({ ...notebookOf(withNotebooks[0]!), cells: [{ cell_type: 'code' }] })).toBe(false);
});
