import { cp, mkdir, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DefaultTheme } from 'vitepress';
import { notebookOf } from '../../scripts/examples/notebook.ts';
import { capital, examplesByLevel, readWebPage } from '../../scripts/examples/overview.ts';
import { outputsFolder, readRecord } from '../../scripts/examples/recorded.ts';
import { type Example, exampleNames, examplesFolder, readExample } from '../../scripts/examples/source.ts';
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
  return examplesByLevel().map(([level, all]) => ({
    text: capital(level),
    items: all.map(({ name, title }) => ({ text: title, link: `/${examplePages.get(`examples/${name}.ts`)}` })),
  }));
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
