import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The Markdown files of the repository; hidden folders and what is installed or built are left out. */
const files = readdirSync(root, { withFileTypes: true }).flatMap((entry) => {
  if (entry.name.startsWith('.') || ['node_modules', 'dist', 'coverage', 'api'].includes(entry.name)) return [];
  if (!entry.isDirectory()) return entry.name.endsWith('.md') ? [entry.name] : [];
  const inside = readdirSync(join(root, entry.name), { recursive: true, encoding: 'utf8' });
  // The site's pages are generated from these files; its links are checked when it is built.
  const isPage = (name: string): boolean => entry.name === 'site' && /^(pages|dist)\b/.test(name);
  return inside.filter((name) => name.endsWith('.md') && !isPage(name)).map((name) => join(entry.name, name));
});

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

test.for(files)('the links of %s lead somewhere', (name) => {
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
