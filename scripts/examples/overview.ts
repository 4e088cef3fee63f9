import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { type Example, exampleNames, examplesFolder, levels, parseExample, readExample } from './source.ts';

/** The example that is a page of its own. */
export function readWebPage(): Example {
  return parseExample('web-page/main', readFileSync(`${examplesFolder}web-page/main.ts`, 'utf8'));
}

/** The examples by their levels, easiest first. */
export function examplesByLevel(): readonly (readonly [level: string, examples: readonly Example[]])[] {
  const all = [...exampleNames.map(readExample), readWebPage()];
  return levels.map((level) => [level, all.filter((example) => example.level === level)] as const);
}

/** The text of examples/README.md, which is also the first page of the examples on the site. */
export async function overview(): Promise<string> {
  const sections = examplesByLevel().map(([level, examples]) => {
    const rows = examples.map(({ name, title, description, time }) => {
      const [sentence = ''] = /^.*?[.?](?= |$)/s.exec(description.replaceAll('\n', ' ')) ?? [];
      return `| [${title}](${name}.ts) | ${sentence} | ${time} |`;
    });
    return `## ${capital(level)}\n\n| example | | time |\n| --- | --- | ---: |\n${rows.join('\n')}`;
  });
  const text = [
    '# Examples',
    'Complete programs, to copy and change. A test runs each of them on less data. Their output and plots, in [outputs/](outputs/), are those of a recorded run, with the time that it took on two cores: `npm run examples`, which also writes this page.',
    'Programs run with `npx tsx NAME.ts` after `npm install evenkeel tsx`. Plots need the optional packages `vega`, `vega-lite`, `@resvg/resvg-js` and `dejavu-fonts-ttf`. Notebooks, on the site, are for the Jupyter kernel of [Deno](https://docs.deno.com/runtime/reference/cli/jupyter/).',
    ...sections,
  ].join('\n\n');
  return format(text, { ...(await resolveConfig(examplesFolder)), parser: 'markdown' });
}

/** The text with its first letter in upper case. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
