import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { allGuides } from './guides.ts';
import { rewriteLinks } from './links.ts';
import { pages, root } from './places.ts';
import { repository } from './repository.ts';

/** Writes a page, and the folders that lead to it. */
export async function writePage(page: string, text: string): Promise<void> {
  const file = join(pages, `${page}.md`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

/** Copies a file of the repository into the site's folder of files. */
export async function copyAsset(file: string): Promise<void> {
  const target = join(pages, 'public/files', file);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(join(root, file), target);
}

/** The guides as pages: the Markdown files of the repository, with their links led to the site's pages. */
export async function copyGuides(others: ReadonlyMap<string, string>): Promise<void> {
  const assets = new Set<string>();
  const targets = {
    pages: new Map([...others, ...allGuides.map(({ file, page }) => [file, page] as const)]),
    repository,
    asset: (file: string) => assets.add(file),
  };
  for (const { file, page } of allGuides) {
    const text = rewriteLinks(await readFile(join(root, file), 'utf8'), file, targets);
    await writePage(page, text.replaceAll('<!-- rooms -->', '').replaceAll('<!-- /rooms -->', ''));
  }
  for (const file of assets) await copyAsset(file);
}
