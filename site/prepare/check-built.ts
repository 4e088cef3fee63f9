import { readFile, readdir } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';
import { base } from './base.ts';

const ADDRESS = /<(a|link|script|img|source|iframe|use)\b[^>]*?\s(?:href|src)="([^"]*)"/g;

/**
 * Returns what is wrong in the built site: links to pages, files or anchors that do not exist, and anything that a page would
 * load from another host.
 */
export async function faultsIn(dist: string): Promise<readonly string[]> {
  const files = new Set(
    (await readdir(dist, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => relative(dist, join(entry.parentPath, entry.name)).replaceAll(sep, '/')),
  );
  const pages = [...files].filter((file) => file.endsWith('.html'));
  const texts = new Map(
    await Promise.all(pages.map(async (page) => [page, await readFile(join(dist, page), 'utf8')] as const)),
  );
  const anchors = new Map([...texts].map(([page, text]) => [page, anchorsOf(text)] as const));
  const faults: string[] = [];
  for (const [page, text] of texts) {
    for (const [, tag = '', address = ''] of text.matchAll(ADDRESS)) {
      const fault = faultOf(decodeURI(address.replaceAll('&amp;', '&')), tag, page, files, anchors);
      if (fault !== null) faults.push(`${page}: ${fault}`);
    }
  }
  for (const file of files) {
    if (!file.endsWith('.css')) continue;
    const foreign = /url\(["']?(?:https?:)?\/\/[^)]*\)|@import[^;]*\/\/[^;]*/.exec(
      await readFile(join(dist, file), 'utf8'),
    );
    if (foreign !== null) faults.push(`${file}: loads ${foreign[0]}`);
  }
  return faults;
}

function anchorsOf(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/\sid="([^"]*)"/g)].map(([, id = '']) => id));
}

function faultOf(
  address: string,
  tag: string,
  page: string,
  files: ReadonlySet<string>,
  anchors: ReadonlyMap<string, ReadonlySet<string>>,
): string | null {
  if (/^(https?:)?\/\//.test(address)) return tag === 'a' ? null : `loads ${address}`;
  if (/^(data|blob|mailto):/.test(address)) return null;
  const [path = '', anchor] = address.split('#');
  if (path.startsWith('/') && !path.startsWith(base)) return `${address} is outside of ${base}`;
  const found = path.startsWith('/') ? path.slice(base.length) : posix.join(posix.dirname(page), path);
  const file = path === '' ? page : found === '' || found.endsWith('/') ? `${found}index.html` : found;
  const target = files.has(file) ? file : `${file}.html`;
  if (!files.has(target)) return `${address} leads nowhere`;
  // A fragment with `=` holds the settings of the playground.
  const isAnchor = anchor !== undefined && /^[^=]+$/.test(anchor) && target.endsWith('.html');
  return isAnchor && anchors.get(target)?.has(anchor) !== true ? `${address} has no such anchor` : null;
}
