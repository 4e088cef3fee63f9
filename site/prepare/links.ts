import { statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { root } from './places.ts';

/** The targets of links: pages, the repository and assets. */
export interface LinkTargets {
  /** The page of a Markdown file, by its path in the repository. */
  readonly pages: ReadonlyMap<string, string>;
  /** The address of the repository's files, such as `https://github.com/owner/name/blob/main`; null if unknown. */
  readonly repository: string | null;
  /** Receives the files beside the pages that a page shows or links, by their path in the repository. */
  readonly asset: (file: string) => void;
}

const LINK = /(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g;
const CODE = /(```.*?```|`[^`\n]*`)/gs;
const ASSET = /\.(svg|png|jpe?g|json|ipynb)$/;

/**
 * Rewrites the links of a Markdown file, which lead to files of the repository, for the page that it becomes: to other pages,
 * to assets (copied into `/files/`), or to the repository. A link to a file of an unknown repository becomes its text.
 */
export function rewriteLinks(text: string, file: string, targets: LinkTargets): string {
  const rewrite = (_whole: string, image: string, label: string, target: string): string => {
    // The text of a link may itself be an image with a link.
    const inner = label.replaceAll(LINK, rewrite);
    if (/^([a-z]+:|#|\/)/.test(target)) return `${image}[${inner}](${target})`;
    const [path = '', anchor] = target.split('#');
    const found = posix.join(posix.dirname(file), decodeURI(path)).replace(/\/$/, '');
    const page = targets.pages.get(found);
    if (page !== undefined) return `[${inner}](/${page}${anchor === undefined ? '' : `#${anchor}`})`;
    if (ASSET.test(found)) {
      targets.asset(found);
      return `${image}[${inner}](/files/${found})`;
    }
    if (targets.repository === null) return inner;
    const kind = statSync(join(root, found)).isDirectory() ? 'tree' : 'blob';
    return `[${inner}](${targets.repository}/${kind}/main/${found})`;
  };
  // Code is not searched for links, but may be the text of one.
  return withCodeHidden(text, (prose) => prose.replaceAll(LINK, rewrite));
}

/** Applies a function to a text in which code is replaced by placeholders, which are resolved afterwards. */
function withCodeHidden(text: string, edit: (prose: string) => string): string {
  const codes: string[] = [];
  // Characters that no text has.
  const hidden = text.replaceAll(CODE, (code) => `\uE000${codes.push(code) - 1}\uE001`);
  return edit(hidden).replaceAll(/\uE000(\d+)\uE001/g, (_, index: string) => codes[Number(index)] ?? '');
}

/** The slug of a heading, as GitHub makes it: the links of the repository's Markdown files rely on it. */
export function slugify(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
