import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const levels = ['beginner', 'intermediate', 'advanced'] as const;

/** A part of a program: text, or code up to the next text. */
export interface Cell {
  readonly kind: 'text' | 'code';
  readonly text: string;
}

/** A program in examples/, with what its header says. */
export interface Example {
  /** The file's name without its ending. */
  readonly name: string;
  readonly title: string;
  /** The description, in Markdown. */
  readonly description: string;
  readonly level: (typeof levels)[number];
  /** The prerequisites, in Markdown. */
  readonly needs: string;
  /** The measured running time, in words. */
  readonly time: string;
  /** The settings with which the playground shows the same, as in its address; null if it shows something else. */
  readonly playground: string | null;
  /** The reason for there being no notebook; null if there is one. */
  readonly noNotebook: string | null;
  /** The program without the header. */
  readonly code: string;
  readonly cells: readonly Cell[];
  /** The hash of the code, with which recorded output is compared. */
  readonly hash: string;
}

export const examplesFolder: string = fileURLToPath(new URL('../../examples/', import.meta.url));

const HEADER = /^\/\*\*\n(.*?)\n \*\/\n/s;
const TAGS = ['level', 'needs', 'time', 'playground', 'notebook'];

/** The names of the examples of one file; those that other examples import are none. */
export const exampleNames: readonly string[] = readdirSync(examplesFolder)
  .filter((name) => name.endsWith('.ts') && HEADER.test(readFileSync(examplesFolder + name, 'utf8')))
  .map((name) => name.replace(/\.ts$/, ''))
  .sort();

/** Reads an example by its name, such as `autoencoder`. */
export function readExample(name: string): Example {
  return parseExample(name, readFileSync(`${examplesFolder}${name}.ts`, 'utf8'));
}

/**
 * Parses the header and the parts of a program. The header is a comment with a title, a description, and a line for each tag;
 * in the program, comments at the margin after an empty line are text, and the others belong to the code.
 *
 * @throws Error if the header has another form.
 */
export function parseExample(name: string, source: string): Example {
  const [whole = '', header = ''] = HEADER.exec(source) ?? [];
  const lines = header.split('\n').map((line) => line.replace(/^ \* ?/, ''));
  const firstTag = lines.findIndex((line) => line.startsWith('@'));
  const [title = '', ...description] = lines.slice(0, firstTag === -1 ? undefined : firstTag);
  const tags = new Map(
    lines
      .slice(firstTag)
      .join('\n')
      .split(/^@/m)
      .filter((text) => text !== '')
      .map((text) => {
        const [, tag = '', value = ''] = /^(\w*)\s*(.*)$/s.exec(text) ?? [];
        return [tag, value.replaceAll(/\s+/g, ' ').trim()] as const;
      }),
  );
  const unknown = [...tags.keys()].filter((tag) => !TAGS.includes(tag));
  const level = levels.find((each) => each === tags.get('level'));
  const [needs, time] = [tags.get('needs'), tags.get('time')];
  if (
    !title.startsWith('# ') ||
    unknown.length > 0 ||
    level === undefined ||
    needs === undefined ||
    !/^\d+ s$/.test(time ?? '')
  ) {
    throw new Error(
      `examples/${name}.ts must begin with a comment that has a title (# …), a description, @level (${levels.join(', ')}), ` +
        `@needs and @time (such as 5 s). Received: ${JSON.stringify({ title, ...Object.fromEntries(tags) })}`,
    );
  }
  const code = source.slice(whole.length).trim();
  return {
    name,
    title: title.slice(2),
    description: description.join('\n').trim(),
    level,
    needs,
    time: time ?? '',
    playground: tags.get('playground') ?? null,
    noNotebook: tags.get('notebook')?.replace(/^no, /, '') ?? null,
    code,
    cells: cellsOf(code),
    hash: createHash('sha256').update(code).digest('hex').slice(0, 16),
  };
}

function cellsOf(code: string): readonly Cell[] {
  const cells: Cell[] = [];
  for (const block of code.split(/\n{2,}(?=\S)/)) {
    const lines = block.split('\n');
    const end = lines.findIndex((line) => !line.startsWith('//'));
    const comments = lines.slice(0, end === -1 ? undefined : end);
    const rest = end === -1 ? [] : lines.slice(end);
    if (comments.length > 0)
      cells.push({ kind: 'text', text: comments.map((line) => line.replace(/^\/\/ ?/, '')).join('\n') });
    const last = cells.at(-1);
    // What follows code without a text belongs to it.
    if (comments.length === 0 && last?.kind === 'code')
      cells[cells.length - 1] = { kind: 'code', text: `${last.text}\n\n${block}` };
    else if (rest.length > 0) cells.push({ kind: 'code', text: rest.join('\n') });
  }
  return cells;
}
