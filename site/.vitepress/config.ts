import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DefaultTheme, type UserConfig, defineConfig } from 'vitepress';
import { formulas, renderForSearch } from '../formulas/markdown.ts';
import { base } from '../prepare/base.ts';
import { guides } from '../prepare/guides.ts';
import { slugify } from '../prepare/links.ts';
import { pages } from '../prepare/places.ts';
import { repository, version } from '../prepare/repository.ts';

const guideSidebar: DefaultTheme.SidebarItem[] = Object.entries(guides).map(([text, entries]) => ({
  text,
  items: entries.map(({ page, title }) => ({ text: title, link: `/${page}` })),
}));

/** A sidebar that is generated with the pages of its folder. */
const sidebarOf = (folder: string): DefaultTheme.SidebarItem[] =>
  JSON.parse(readFileSync(join(pages, folder, 'sidebar.json'), 'utf8')) as DefaultTheme.SidebarItem[];

const config: UserConfig<DefaultTheme.Config> = defineConfig({
  title: 'evenkeel',
  description: 'Keras for TypeScript, on ONNX Runtime',
  base,
  srcDir: 'pages',
  outDir: 'dist',
  cacheDir: '../node_modules/.cache/vitepress',
  cleanUrls: false,
  lastUpdated: false,
  ignoreDeadLinks: 'localhostLinks',
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${base}icon.svg` }]],
  markdown: {
    anchor: { slugify },
    config: formulas,
    theme: { light: 'github-light', dark: 'github-dark' },
  },
  themeConfig: {
    logo: '/icon.svg',
    nav: [
      { text: 'Guides', link: '/guides/introduction', activeMatch: '^/guides/' },
      { text: 'Examples', link: '/examples/index', activeMatch: '^/examples/' },
      { text: 'Reference', link: '/api/index', activeMatch: '^/api/' },
      // It is a page of its own, outside the site's router.
      { text: 'Playground', link: '/playground/index.html', target: '_self' },
      { text: version, link: '/guides/changelog' },
    ],
    sidebar: { '/guides/': guideSidebar, '/examples/': sidebarOf('examples'), '/api/': sidebarOf('api') },
    outline: { level: [2, 3] },
    search: { provider: 'local', options: { _render: renderForSearch } },
    ...(repository === null ? {} : { socialLinks: [{ icon: 'github', link: repository }] }),
  },
});

export default config;
