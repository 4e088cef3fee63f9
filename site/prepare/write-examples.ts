import { cp, mkdir, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DefaultTheme } from 'vitepress';
import { notebookOf } from '../../scripts/examples/notebook.ts';
import { outputsFolder, readRecord } from '../../scripts/examples/recorded.ts';
import {
  type Example,
  exampleNames,
  examplesFolder,
  levels,
  parseExample,
  readExample,
} from '../../scripts/examples/source.ts';
import { address } from './base.ts';
import { writePage } from './copy-guides.ts';
import { rewriteLinks } from './links.ts';
import { pages } from './places.ts';
import { repository } from './repository.ts';

/** The pages of the examples, by their files: links in guides lead there. */
export const examplePages: ReadonlyMap<string, string> = new Map([
  ...exampleNames.map((name) => [`examples/${name}.ts`, `examples/${name}`] as const),
  ['examples/web-page/main.ts', 'examples/web-page'],
]);

/** The example that is a page of its own. */
function readWebPage(): Example {
  return parseExample('web-page/main', readFileSync(`${examplesFolder}web-page/main.ts`, 'utf8'));
}

/**
 * Writes a page for each example with the output and the plots of its recorded run, and its notebook. Returns the sidebar.
 *
 * @throws Error if an example has changed since its run.
 */
export async function writeExamples(): Promise<DefaultTheme.SidebarItem[]> {
  const examples = exampleNames.map(readExample);
  const files = join(pages, 'public/files/examples');
  await mkdir(files, { recursive: true });
  for (const example of examples) {
    const record = readRecord(example.name);
    if (record?.hash !== example.hash) throw new Error(`examples/${example.name}.ts has changed: npm run examples`);
    const { output, plots, date, node } = record;
    for (const plot of plots) await cp(outputsFolder + plot, join(files, plot));
    if (example.noNotebook === null) {
      await writeFile(join(files, `${example.name}.ipynb`), JSON.stringify(notebookOf(example), null, 1));
    }
    await cp(`${examplesFolder}${example.name}.ts`, join(files, `${example.name}.ts`));
    const result = [
      `## Output\n\n\`\`\`\`text\n${output}\n\`\`\`\``,
      ...plots.map((plot) => `![${example.title}: a plot that the program draws](/files/examples/${plot})`),
      `Recorded by \`npm run examples\` on ${date}, with Node ${node.slice(1)}.`,
    ].join('\n\n');
    await writeExample(`examples/${example.name}`, example, result, links(example));
  }
  const page = readWebPage();
  const html = readFileSync(`${examplesFolder}web-page/index.html`, 'utf8');
  await writeExample('examples/web-page', page, `## index.html\n\n\`\`\`html\n${html.trim()}\n\`\`\``, [
    `<a href="${address('web-page/index')}" target="_self">Open the page</a>`,
  ]);
  const all = [...examples.map((example) => ({ example, page: example.name })), { example: page, page: 'web-page' }];
  const byLevel = levels.map((level) => ({ level, entries: all.filter(({ example }) => example.level === level) }));
  await writePage('examples/index', overview(byLevel));
  return byLevel.map(({ level, entries }) => ({
    text: capital(level),
    items: entries.map((entry) => ({ text: entry.example.title, link: `/examples/${entry.page}` })),
  }));
}

type Level = {
  readonly level: string;
  readonly entries: readonly { readonly example: Example; readonly page: string }[];
};

function overview(byLevel: readonly Level[]): string {
  const sections = byLevel.map(({ level, entries }) => {
    const rows = entries.map(({ example, page }) => {
      const [sentence = ''] = /^.*?[.?](?= |$)/s.exec(example.description.replaceAll('\n', ' ')) ?? [];
      return `| [${example.title}](/examples/${page}) | ${resolved(sentence)} | ${example.time} |`;
    });
    return `## ${capital(level)}\n\n| example | | time |\n| --- | --- | ---: |\n${rows.join('\n')}`;
  });
  return [
    '# Examples',
    'Complete programs, to copy and change. A test runs each of them on less data; output and plots on their pages are those of a recorded run, with the time that it took on two cores. Other programs used those cores, too: expect less.',
    'Programs run with `npx tsx NAME.ts` after `npm install evenkeel tsx`. Plots need the optional packages `vega`, `vega-lite`, `@resvg/resvg-js` and `dejavu-fonts-ttf`. Notebooks are for the Jupyter kernel of [Deno](https://docs.deno.com/runtime/reference/cli/jupyter/).',
    ...sections,
  ].join('\n\n');
}

function links({ name, playground, noNotebook }: Example): readonly string[] {
  const file = (ending: string): string => `${address('').replace(/\.html$/, '')}files/examples/${name}.${ending}`;
  return [
    `<a href="${file('ts')}" download>Program</a>`,
    ...(noNotebook === null ? [`<a href="${file('ipynb')}" download>Notebook</a>`] : []),
    ...(playground === null
      ? []
      : [
          `<a href="${address(`playground/index#${playground}`).replaceAll('&', '&amp;')}" target="_self">Open in the playground</a>`,
        ]),
  ];
}

async function writeExample(page: string, example: Example, result: string, given: readonly string[]): Promise<void> {
  const { title, description, level, needs, time, cells } = example;
  const body = cells.map(({ kind, text }) => (kind === 'text' ? resolved(text) : `\`\`\`ts\n${text}\n\`\`\``));
  const facts = [`**Level** ${level}`, `**Prerequisites** ${resolved(needs)}`, `**Time** ${time}`, ...given].join(
    ' · ',
  );
  await writePage(page, [`# ${title}`, resolved(description), facts, ...body, result].join('\n\n'));
}

/** Markdown of an example, whose links lead to files beside it. */
function resolved(text: string): string {
  return rewriteLinks(text, 'examples/x.ts', { pages: examplePages, repository, asset: () => undefined });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
