import { expect, test } from 'vitest';
import { blocksOf, codeBlocks, markdownFiles } from '../../support/docs/markdown.ts';

/** The languages of blocks, with the tests that read them. */
const LANGUAGES: Readonly<Record<string, string>> = {
  ts: 'compiled by typed-programs.test.ts, run by test/engine/docs/pages.test.ts',
  js: 'the same',
  sh: 'shell-commands.test.ts',
  text: 'the help in docs/command-line.md: test/unit/cli/run.test.ts; the output of programs: test/engine/docs/pages.test.ts',
  http: 'headers, with which test/browser/page.test.ts serves its page',
  python: 'Python, which tests do not need: the function of docs/from-tensorflow-js.md',
};

const blocks = markdownFiles.flatMap(blocksOf);

test('every block of code is in a language that a test reads, or in one of the list', () => {
  expect([...new Set(blocks.map(({ language }) => language))].sort()).toEqual(Object.keys(LANGUAGES).sort());
});

test('blocks of HTTP, Python and text are on the pages of the list', () => {
  const others = blocks.filter(({ language }) => ['http', 'python', 'text'].includes(language));
  expect([...new Set(others.map(({ page, language }) => `${language} ${page}`))].sort()).toEqual([
    'http docs/browsers.md',
    'python docs/from-tensorflow-js.md',
    'text docs/command-line.md',
    'text docs/normalization.md',
  ]);
});

test('pages have code', () => {
  expect(codeBlocks.size).toBeGreaterThan(10);
});
