import { parse } from './parse.ts';
import { tokenize } from './tokens.ts';

/** Marks of programs and of messages, which are indented in docstrings, too. */
const CODE =
  /\b(?:const|let|await|return|import) |\bsuper\b|\bthis\.|\bnew [A-Z]|\b(?:for|while) \(|=>|\.\.\.|\+\+|["$%{}]|;$|[A-Za-z]\.[A-Za-z]|\)\./m;

/**
 * Converts an indented block of a docstring to TeX, or returns null if the block is not a formula. Lines are rows, aligned at
 * their first relation; two or more spaces separate the cells of a row.
 */
export function toTex(block: string): string | null {
  const lines = block.split('\n').filter((line) => line.trim() !== '');
  if (CODE.test(block) || lines.length === 0) return null;
  const rows: string[] = [];
  for (const line of lines) {
    const cells: string[] = [];
    for (const cell of joined(line.trim().split(/ {2,}/))) {
      const tokens = tokenize(cell);
      const tex = tokens === null ? null : parse(tokens);
      if (tex === null) return null;
      cells.push(tex);
    }
    rows.push(cells.join('\\qquad '));
  }
  if (rows.length === 1) return rows[0] ?? null;
  const aligned = rows.map((row) => {
    const at = relation(row);
    return at === -1 ? `&${row}` : `${row.slice(0, at)}&${row.slice(at)}`;
  });
  return `\\begin{aligned}${aligned.join('\\\\[0.4em]')}\\end{aligned}`;
}

/** `y  = x` is one cell: the spaces align its relation. */
function joined(cells: readonly string[]): readonly string[] {
  const result: string[] = [];
  for (const cell of cells) {
    const last = /^[=←]/u.test(cell) ? result.pop() : undefined;
    result.push(last === undefined ? cell : `${last} ${cell}`);
  }
  return result;
}

/** The place of the first relation outside of groups; -1 if there is none. */
function relation(tex: string): number {
  let depth = 0;
  for (let i = 0; i < tex.length; i++) {
    if (tex[i] === '{' || tex.startsWith('\\left(', i) || tex.startsWith('\\left[', i)) depth++;
    else if (tex[i] === '}' || tex.startsWith('\\right)', i) || tex.startsWith('\\right]', i)) depth--;
    else if (depth === 0 && (tex[i] === '=' || tex.startsWith('\\leftarrow', i))) return i;
  }
  return -1;
}
