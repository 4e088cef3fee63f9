/** The folder of the host in which the site is: `/name/` on GitHub Pages. The environment variable `SITE_BASE` gives another one. */
export const base: string = process.env['SITE_BASE'] ?? '/';

/** The address of a page, for links in HTML; VitePress makes those of Markdown. */
export function address(place: string): string {
  const [page = '', anchor] = place.replace(/^\//, '').split('#');
  return `${base}${page}.html${anchor === undefined ? '' : `#${anchor}`}`;
}
