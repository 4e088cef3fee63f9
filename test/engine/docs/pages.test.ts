import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as evenkeel from '../../../src/index.ts';
import * as hub from '../../../src/keras/hub/index.ts';
import * as normalization from '../../../src/tools/normalization/index.ts';
import { claimsOf, runProgram } from '../../support/doc-examples.ts';
import { blocksOf, codeBlocks } from '../../support/docs/markdown.ts';
import { missing, pages } from '../../support/docs/pages.ts';
import { programs, staleReasons } from '../../support/docs/programs.ts';
import { takeOutput } from '../../support/fail-on-console.ts';

/** Pages break long lines. */
const inOneLine = (text: string): string => text.trim().replaceAll(/\s+/g, ' ');

describe('the pages with code', () => {
  test('are those of the table', () => {
    expect(Object.keys(pages).sort()).toEqual([...codeBlocks.keys()].sort());
  });

  test('have the blocks that the table excludes from running, once each', () => {
    expect(staleReasons).toEqual([]);
  });

  test('say why a block does not run', () => {
    const reasons = programs.flatMap(({ notRun }) => notRun.map(([, reason]) => reason));
    expect(reasons.filter((reason) => reason.length < 10)).toEqual([]);
  });
});

describe('the programs of pages', () => {
  const before = process.cwd();
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'evenkeel-page-'));
    process.chdir(folder);
    evenkeel.resetNames();
  });
  afterEach(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
    evenkeel.distribution.setDistribution(null);
  });

  const modules = { evenkeel: { ...evenkeel, hub, normalization } };

  test.for(Object.keys(pages))('of %s run, and every value in their comments is right', async (page) => {
    const { given = {}, writeFiles, written = [], printsText = false } = pages[page] ?? {};
    await writeFiles?.();
    for (const { runs } of programs.filter((each) => each.page === page)) {
      const values = Object.entries(given).flatMap(([name, { value }]) =>
        value === undefined ? [] : [[name, value()] as const],
      );
      expect(await runProgram(runs, { ...modules, ...Object.fromEntries(values) })).toBe(claimsOf(runs));
    }
    const printed = takeOutput().map(({ text }) => inOneLine(text));
    if (printsText) {
      const texts = blocksOf(page).filter(({ language }) => language === 'text');
      expect(texts.length).toBeGreaterThan(0);
      for (const { code } of texts) expect(printed.join(' ')).toContain(inOneLine(code));
    }
    expect(missing(written)).toEqual([]);
  });
});
