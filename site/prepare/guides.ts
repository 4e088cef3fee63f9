import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from './places.ts';

/** A Markdown file of the repository that is a page of the site. */
export interface Guide {
  /** The file, from the repository's root. */
  readonly file: string;
  /** The page, from the site's root, without its ending. */
  readonly page: string;
  /** The text in the sidebar. */
  readonly title: string;
}

/** The files in the order of the sidebar, with their texts there. */
const listed: Readonly<Record<string, readonly (readonly [file: string, title: string])[]>> = {
  'Getting started': [
    ['README.md', 'Introduction'],
    ['docs/differences-from-keras.md', 'Differences from Keras'],
    ['docs/from-tensorflow-js.md', 'From TensorFlow.js'],
    ['docs/files.md', 'Files'],
    ['docs/applications.md', 'Networks'],
    ['docs/keras-hub.md', 'Layers of keras-hub'],
    ['docs/command-line.md', 'The command line'],
    ['docs/data.md', 'Data'],
    ['docs/curves.md', 'Curves'],
    ['docs/playground.md', 'The playground'],
  ],
  Normalization: [
    ['docs/normalization.md', 'The normalization toolbox'],
    ['docs/labs.md', 'Claims, tested in labs'],
    ['docs/precision.md', 'Precision'],
  ],
  Running: [
    ['docs/engines.md', 'Engines'],
    ['docs/browsers.md', 'Browsers and workers'],
    ['docs/distributed.md', 'Several processes'],
    ['docs/scaling.md', 'Scaling'],
    ['bench/README.md', 'Benchmarks'],
  ],
  Inside: [
    ['docs/a-training-step.md', 'A training step'],
    ['docs/architecture.md', 'Architecture'],
    ['CONTRIBUTING.md', 'Contributing'],
  ],
  Reference: [
    ['FEATURES.md', 'Features'],
    ['CHANGELOG.md', 'Changelog'],
  ],
};

/** The pages of files that are named otherwise than their files. */
const PAGES: Readonly<Record<string, string>> = {
  'README.md': 'guides/introduction',
  'bench/README.md': 'guides/benchmarks',
  'examples/README.md': 'examples/index',
  'site/index.md': 'index',
};

const guide = (file: string, title: string): Guide => ({
  file,
  page: PAGES[file] ?? `guides/${basename(file, '.md').toLowerCase()}`,
  title,
});

/** The pages of docs/ that are not in the list, under their headings. */
function unlisted(): readonly Guide[] {
  const known = new Set(Object.values(listed).flatMap((entries) => entries.map(([file]) => file)));
  return readdirSync(join(root, 'docs')).flatMap((name) => {
    const file = `docs/${name}`;
    if (!name.endsWith('.md') || known.has(file)) return [];
    const title = /^# (.*)$/m.exec(readFileSync(join(root, file), 'utf8'))?.[1] ?? name;
    return [guide(file, title)];
  });
}

const more = unlisted();

/** The guides by section of the sidebar. */
export const guides: Readonly<Record<string, readonly Guide[]>> = {
  ...Object.fromEntries(
    Object.entries(listed).map(([section, entries]) => [section, entries.map(([file, title]) => guide(file, title))]),
  ),
  ...(more.length === 0 ? {} : { More: more }),
};

/** The first page and that of the examples, which are not in the sidebar, and the guides. */
export const allGuides: readonly Guide[] = [
  guide('site/index.md', 'evenkeel'),
  guide('examples/README.md', 'Examples'),
  ...Object.values(guides).flat(),
];
