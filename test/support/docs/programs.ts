import { type Block, codeBlocks } from './markdown.ts';
import { type Page, pages } from './pages.ts';

/** A program of a page: one of its blocks, or all of them in sequence. */
export interface Program {
  /** The name, such as `docs/data.md` or `README.md:34`. */
  readonly name: string;
  readonly page: string;
  readonly language: string;
  /** The name of the file: that of a comment on the first line such as `// layers.mjs`, or one of its own. */
  readonly file: string;
  /** The code, on the lines that it has on the page. */
  readonly code: string;
  /** The blocks that are not run, with the reason for each. */
  readonly notRun: readonly (readonly [block: Block, reason: string])[];
  /** The code without the blocks that are not run. */
  readonly runs: string;
}

const firstLine = ({ code }: Block): string => code.split('\n', 1)[0]!;

const reasonOf = (block: Block, { notRun = {} }: Page): string | undefined => notRun[firstLine(block)];

/** Blocks on the lines that they have on the page. */
function inPlace(blocks: readonly Block[]): string {
  return blocks.reduce((text, { line, code }) => text + '\n'.repeat(line - text.split('\n').length + 1) + code, '');
}

function fileOf([block]: readonly Block[]): string {
  const [, named] = /^\/\/ ([\w-]+\.m?[jt]s)\b/.exec(block?.code ?? '') ?? [];
  return named ?? `${block?.line}.${block?.language}`;
}

function programOf(page: string, blocks: readonly Block[], name: string): Program {
  const about = pages[page] ?? {};
  const reasons = blocks.map((block) => [block, reasonOf(block, about)] as const);
  return {
    ...{ name, page, language: blocks[0]?.language ?? '', file: fileOf(blocks) },
    code: inPlace(blocks),
    notRun: reasons.flatMap(([block, reason]) => (reason === undefined ? [] : [[block, reason] as const])),
    runs: inPlace(reasons.flatMap(([block, reason]) => (reason === undefined ? [block] : []))),
  };
}

/** The programs of all pages, in order. */
export const programs: readonly Program[] = [...codeBlocks].flatMap(([page, blocks]) =>
  pages[page]?.separate === true
    ? blocks.map((block) => programOf(page, [block], `${page}:${block.line}`))
    : [programOf(page, blocks, page)],
);

/** The reasons in the table that are those of no block: `page: first line`. */
export const staleReasons: readonly string[] = Object.entries(pages).flatMap(([page, { notRun = {} }]) => {
  const lines = (codeBlocks.get(page) ?? []).map(firstLine);
  return Object.keys(notRun)
    .filter((line) => lines.filter((each) => each === line).length !== 1)
    .map((line) => `${page}: ${line}`);
});

/** The names that the programs of a page use and do not declare, as declarations. They have no line break. */
export function declarationsOf(page: string): string {
  const { given = {} } = pages[page] ?? {};
  return Object.entries(given)
    .map(([name, { type }]) => `declare const ${name}: ${type};`)
    .join(' ');
}
