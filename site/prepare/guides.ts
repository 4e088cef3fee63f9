import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
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

const listed: Readonly<Record<string, readonly Guide[]>> = {
  'Getting started': [
    { file: 'README.md', page: 'guides/introduction', title: 'Introduction' },
    { file: 'docs/differences-from-keras.md', page: 'guides/differences-from-keras', title: 'Differences from Keras' },
    { file: 'docs/from-tensorflow-js.md', page: 'guides/from-tensorflow-js', title: 'From TensorFlow.js' },
    { file: 'docs/files.md', page: 'guides/files', title: 'Files' },
    { file: 'docs/applications.md', page: 'guides/applications', title: 'Networks' },
    { file: 'docs/command-line.md', page: 'guides/command-line', title: 'The command line' },
    { file: 'docs/data.md', page: 'guides/data', title: 'Data' },
    { file: 'docs/curves.md', page: 'guides/curves', title: 'Curves' },
    { file: 'docs/playground.md', page: 'guides/playground', title: 'The playground' },
  ],
  Normalization: [
    { file: 'docs/normalization.md', page: 'guides/normalization', title: 'The normalization toolbox' },
    { file: 'docs/labs.md', page: 'guides/labs', title: 'Claims, tested in labs' },
    { file: 'docs/precision.md', page: 'guides/precision', title: 'Precision' },
  ],
  Running: [
    { file: 'docs/engines.md', page: 'guides/engines', title: 'Engines' },
    { file: 'docs/browsers.md', page: 'guides/browsers', title: 'Browsers and workers' },
    { file: 'docs/distributed.md', page: 'guides/distributed', title: 'Several processes' },
    { file: 'docs/scaling.md', page: 'guides/scaling', title: 'Scaling' },
    { file: 'bench/README.md', page: 'guides/benchmarks', title: 'Benchmarks' },
  ],
  Inside: [
    { file: 'docs/a-training-step.md', page: 'guides/a-training-step', title: 'A training step' },
    { file: 'docs/architecture.md', page: 'guides/architecture', title: 'Architecture' },
    { file: 'CONTRIBUTING.md', page: 'guides/contributing', title: 'Contributing' },
  ],
  Reference: [
    { file: 'FEATURES.md', page: 'guides/features', title: 'Features' },
    { file: 'CHANGELOG.md', page: 'guides/changelog', title: 'Changelog' },
  ],
};

/** The pages of docs/ that are not in the list, under their headings. */
function unlisted(): readonly Guide[] {
  const known = new Set(Object.values(listed).flatMap((entries) => entries.map(({ file }) => file)));
  return readdirSync(join(root, 'docs')).flatMap((name) => {
    const file = `docs/${name}`;
    if (!name.endsWith('.md') || known.has(file)) return [];
    const title = /^# (.*)$/m.exec(readFileSync(join(root, file), 'utf8'))?.[1] ?? name;
    return [{ file, page: `guides/${name.replace(/\.md$/, '')}`, title }];
  });
}

const more = unlisted();

/** The guides by section of the sidebar. */
export const guides: Readonly<Record<string, readonly Guide[]>> = {
  ...listed,
  ...(more.length === 0 ? {} : { More: more }),
};

/** The first page, which is not in the sidebar, and the guides. */
export const allGuides: readonly Guide[] = [
  { file: 'site/index.md', page: 'index', title: 'evenkeel' },
  ...Object.values(guides).flat(),
];
