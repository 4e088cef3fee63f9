import { readFileSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root: string = fileURLToPath(new URL('../../..', import.meta.url));

/** The Markdown files of the repository; hidden folders and what is installed, built or generated are omitted. */
export const markdownFiles: readonly string[] = readdirSync(root, { withFileTypes: true }).flatMap((entry) => {
  if (entry.name.startsWith('.') || ['node_modules', 'dist', 'coverage', 'api'].includes(entry.name)) return [];
  if (!entry.isDirectory()) return entry.name.endsWith('.md') ? [entry.name] : [];
  const inside = readdirSync(join(root, entry.name), { recursive: true, encoding: 'utf8' });
  const isPage = (name: string): boolean => entry.name === 'site' && /^(pages|dist)\b/.test(name);
  return inside
    .filter((name) => name.endsWith('.md') && !isPage(name))
    .map((name) => [entry.name, ...name.split(sep)].join('/'));
});

/** A block of code of a page. */
export interface Block {
  readonly page: string;
  /** The line of the page on which the code begins, from 0. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
}

/** The blocks of a page that name their language. */
export function blocksOf(page: string): readonly Block[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map((found) => {
    const [, language = '', code = ''] = found;
    return { page, line: text.slice(0, found.index).split('\n').length, language, code };
  });
}

const LANGUAGES: readonly string[] = ['js', 'ts', 'mjs', 'javascript', 'typescript'];

/** The blocks of JavaScript and TypeScript, by page. */
export const codeBlocks: ReadonlyMap<string, readonly Block[]> = new Map(
  markdownFiles
    .map((page) => [page, blocksOf(page).filter(({ language }) => LANGUAGES.includes(language))] as const)
    .filter(([, blocks]) => blocks.length > 0),
);
