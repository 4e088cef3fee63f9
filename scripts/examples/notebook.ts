import type { Example } from './source.ts';

/** A notebook of format 4.5. */
export interface Notebook {
  readonly nbformat: 4;
  readonly nbformat_minor: 5;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly cells: readonly Readonly<Record<string, unknown>>[];
}

/** A program as a notebook for the Jupyter kernel of Deno, which finds packages of npm by `npm:`. */
export function notebookOf({ name, title, description, level, needs, time, cells }: Example): Notebook {
  const header = `# ${title}\n\n${description}\n\nLevel: ${level}. Prerequisites: ${needs}. Time: ${time}.`;
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { display_name: 'Deno', language: 'typescript', name: 'deno' },
      language_info: {
        file_extension: '.ts',
        mimetype: 'text/x.typescript',
        name: 'typescript',
        nbconvert_exporter: 'script',
        pygments_lexer: 'typescript',
      },
    },
    cells: [{ kind: 'text', text: withoutLocalLinks(header) } as const, ...cells].map(({ kind, text }, i) => ({
      id: `${name}-${i}`,
      metadata: {},
      source: kind === 'text' ? text : importsFromNpm(text),
      ...(kind === 'text' ? { cell_type: 'markdown' } : { cell_type: 'code', execution_count: null, outputs: [] }),
    })),
  };
}

/** `from 'evenkeel/layers'` as `from 'npm:evenkeel/layers'`; modules of Node have their own prefix. */
export function importsFromNpm(code: string): string {
  return code.replaceAll(/^((?:import|\}) .*? from |\} from )'(?!node:|\.)/gm, "$1'npm:");
}

/** Links to files beside the program as their texts: a notebook travels alone. */
function withoutLocalLinks(text: string): string {
  return text.replaceAll(/\[([^\]]*)\]\((?!https?:)[^)]*\)/g, '$1');
}
