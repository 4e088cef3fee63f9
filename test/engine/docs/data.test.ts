import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import * as evenkeel from '../../../src/index.ts';
import { claimsOf, programOf, runProgram } from '../../support/doc-examples.ts';

const png = await evenkeel.utils.saveImg(null, [[[9, 99, 200]]], { scale: false, fileFormat: 'png' });

/** The files that the page reads. */
const files: Readonly<Record<string, string | Uint8Array>> = {
  'shapes/disk/1.png': png,
  'shapes/disk/2.png': png,
  'shapes/square/1.png': png,
  'reviews/bad/1.txt': 'bad',
  'reviews/bad/2.txt': 'worse',
  'reviews/good/1.txt': 'good',
  'reviews/good/2.txt': 'better',
  'houses.csv': 'rooms,city,price\n3,Bern,1.5\n5,Basel,2.5\n4,Chur,1\n',
};

test('the program in docs/data.md runs, and every value in its comments is right', async () => {
  const page = readFileSync(new URL('../../../docs/data.md', import.meta.url), 'utf8');
  const folder = mkdtempSync(join(tmpdir(), 'data-page-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const program = programOf(page).replaceAll(
    /'(shapes|reviews|houses\.csv)'/g,
    (_, name: string) => `'${folder}/${name}'`,
  );
  const { data, layers, utils } = evenkeel;
  try {
    expect(await runProgram(program, { ...layers, ...utils, ...data, ...evenkeel })).toBe(claimsOf(page));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
