import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as evenkeel from '../../../src/index.ts';
import * as normalization from '../../../src/tools/normalization/index.ts';
import { claimsOf, programOf, runProgram } from '../../support/doc-examples.ts';

test('the program in docs/normalization.md runs, and every value in its comments is right', async () => {
  const page = readFileSync(new URL('../../../docs/normalization.md', import.meta.url), 'utf8');
  const folder = mkdtempSync(join(tmpdir(), 'normalization-page-'));
  const program = programOf(page).replaceAll("'runs/", `'${folder}/`);
  try {
    expect(await runProgram(program, { ...evenkeel, ...normalization })).toBe(claimsOf(page));
    expect([existsSync(join(folder, 'bn.csv')), existsSync(join(folder, 'first'))]).toEqual([true, true]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
