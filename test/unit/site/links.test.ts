import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { allGuides } from '../../../site/prepare/guides.ts';
import { faultsIn } from '../../../site/prepare/check-built.ts';
import { rewriteLinks } from '../../../site/prepare/links.ts';
import { root } from '../../../site/prepare/places.ts';

const folder = mkdtempSync(join(tmpdir(), 'evenkeel-site-'));
afterAll(() => rmSync(folder, { recursive: true }));

function rewritten(
  text: string,
  repository: string | null = null,
): { readonly text: string; readonly assets: string[] } {
  const assets: string[] = [];
  const pages = new Map([['docs/engines.md', 'guides/engines']]);
  const asset = (file: string): void => void assets.push(file);
  return { text: rewriteLinks(text, 'docs/files.md', { pages, repository, asset }), assets };
}

test('a link to a Markdown file of the repository leads to its page', () => {
  expect(rewritten('see [`Engines`](engines.md#in-a-worker)').text).toBe(
    'see [`Engines`](/guides/engines#in-a-worker)',
  );
});

test('a link to a source leads to the repository, or becomes its text where that is unknown', () => {
  const link = 'see [`fit`](../src/keras/trainers/trainer.ts) and [rules](../src/compiler/passes)';
  expect(rewritten(link).text).toBe('see `fit` and rules');
  expect(rewritten(link, 'https://example.org/x').text).toBe(
    'see [`fit`](https://example.org/x/blob/main/src/keras/trainers/trainer.ts) and ' +
      '[rules](https://example.org/x/tree/main/src/compiler/passes)',
  );
});

test('an image is copied beside the pages', () => {
  expect(rewritten('![curve](images/diagnosis.png)')).toEqual({
    text: '![curve](/files/docs/images/diagnosis.png)',
    assets: ['docs/images/diagnosis.png'],
  });
});

test('links to other hosts, to headings, and in code stay as they are', () => {
  const text = '[a](https://x.org) [b](#there) `[c](d.md)`\n```md\n[e](f.md)\n```';
  expect(rewritten(text).text).toBe(text);
});

test('every page of docs/ is on the site', () => {
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const files = allGuides.map(({ file }) => file);
  expect(docs.filter((name) => !files.includes(`docs/${name}`))).toEqual([]);
});

test('the numbers of the first page are in the README', () => {
  const [page, readme] = ['site/index.md', 'README.md'].map((file) => readFileSync(join(root, file), 'utf8'));
  const numbers = [...(page ?? '').matchAll(/(\d+(?:\.\d+)?) ms|of (\d+(?:,\d+)*) standard|(\de-\d)/g)];
  expect(numbers.length).toBeGreaterThan(5);
  for (const [, ...found] of numbers) expect(readme).toContain(found.join(''));
});

test('the check of the built site finds dead links, dead anchors and foreign hosts', async () => {
  const pages = {
    'index.html':
      '<a href="/a.html#there">a</a> <a href="/a.html#nowhere">b</a> <a href="./none.html">c</a> <a href="/a.html#n=1">e</a>',
    'a.html':
      '<h1 id="there">A</h1> <script src="https://example.org/x.js"></script> <a href="https://example.org">d</a>',
    'a.css': '@font-face { src: url(https://example.org/font.woff2) }',
  };
  for (const [name, text] of Object.entries(pages)) writeFileSync(join(folder, name), text);
  expect([...(await faultsIn(folder))].sort()).toEqual([
    'a.css: loads url(https://example.org/font.woff2)',
    'a.html: loads https://example.org/x.js',
    'index.html: ./none.html leads nowhere',
    'index.html: /a.html#nowhere has no such anchor',
  ]);
});
