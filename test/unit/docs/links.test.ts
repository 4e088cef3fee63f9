import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { markdownFiles, root } from '../../support/docs/markdown.ts';

/** Code is not prose: what looks like a link there is none. */
const withoutCode = (text: string): string => text.replaceAll(/```.*?```|`[^`\n]*`/gs, '');

/** As GitHub names the anchors of headings. */
function anchorsOf(text: string): readonly string[] {
  return [...text.replaceAll(/```.*?```/gs, '').matchAll(/^#+ +(.*)$/gm)].map(([, heading = '']) =>
    heading
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test.for(markdownFiles)('the links of %s lead somewhere', (name) => {
  const text = readFileSync(join(root, name), 'utf8');
  const broken = [...withoutCode(text).matchAll(/\]\(([^)\s]+)[^)]*\)/g)].flatMap(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? join(root, name) : join(root, dirname(name), decodeURI(path));
    if (!existsSync(file)) return [target];
    const isFound =
      anchor === undefined || !file.endsWith('.md') || anchorsOf(readFileSync(file, 'utf8')).includes(anchor);
    return isFound ? [] : [target];
  });
  expect(broken).toEqual([]);
});
