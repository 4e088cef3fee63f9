import { ValueError, show } from '../../../core/errors.ts';
import { type Shape, showShape } from '../../../core/shape.ts';

/** An axis of an einsum: a letter, or the position of an axis of the ellipsis, counted from the last: `-1`, `-2`, …. */
export type Label = string;

/** The axes of the operands and of the result of an einsum. */
export interface Subscripts {
  readonly operands: readonly (readonly Label[])[];
  readonly output: readonly Label[];
}

const WHO = 'ops.einsum';

/**
 * Reads the subscripts of an einsum: `ij,jk->ik`, with `...` for axes that broadcast. Without an arrow the result has the
 * axes of the ellipsis, then the letters that occur once, in alphabetical order.
 *
 * @throws ValueError if the subscripts are malformed, or do not fit the operands
 */
export function readSubscripts(subscripts: string, shapes: readonly Shape[]): Subscripts {
  const [inputs = '', output, ...rest] = subscripts.replaceAll(/\s/g, '').split('->');
  const terms = inputs.split(',');
  if (rest.length > 0 || ![...terms, output ?? ''].every((term) => /^[a-zA-Z]*(\.\.\.)?[a-zA-Z]*$/.test(term))) {
    throw new ValueError(
      `[${WHO}] subscripts must be letters and "...", with commas between the operands and at most one "->". Received: subscripts=${show(subscripts)}.`,
    );
  }
  if (terms.length !== shapes.length) {
    throw new ValueError(
      `[${WHO}] subscripts must have one term for each operand. Received: subscripts=${show(subscripts)} and ${shapes.length} ${shapes.length === 1 ? 'operand' : 'operands'}.`,
    );
  }
  const operands = terms.map((term, i) => labelsOf(term, shapes[i] ?? [], subscripts));
  const elided = Math.max(0, ...operands.map((labels) => labels.filter((label) => label < 'A').length));
  const used = operands.flat();
  const ellipsis = ellipsisOf(elided);
  if (output === undefined) {
    const once = [...new Set(used)].filter((label) => label >= 'A' && used.indexOf(label) === used.lastIndexOf(label));
    return { operands, output: [...ellipsis, ...once.sort()] };
  }
  const [before = '', after = ''] = output.split('...');
  const labels = [...Array.from(before), ...(output.includes('...') ? ellipsis : []), ...Array.from(after)];
  const wrong = labels.find((label, i) => !used.includes(label) || labels.indexOf(label) < i);
  if (wrong === undefined) return { operands, output: labels };
  throw new ValueError(
    `[${WHO}] a letter of the result must be in it once, and in an operand. Received: ${show(wrong)} in subscripts=${show(subscripts)}.`,
  );
}

/** The labels of the axes of an ellipsis. */
const ellipsisOf = (rank: number): readonly Label[] => Array.from({ length: rank }, (_, i) => String(i - rank));

function labelsOf(term: string, shape: Shape, subscripts: string): readonly Label[] {
  const [before = '', after = ''] = term.split('...');
  const elided = shape.length - before.length - after.length;
  if (elided === 0 || (elided > 0 && term.includes('...')))
    return [...Array.from(before), ...ellipsisOf(elided), ...Array.from(after)];
  throw new ValueError(
    `[${WHO}] a term must have a letter for each axis of its operand. Received: ${show(term)} in subscripts=${show(subscripts)}, and an operand of shape ${showShape(shape)}.`,
  );
}

/**
 * The subscripts of the other form of the arguments: operands and lists of numbers in turn, then perhaps the list of the
 * result; `'...'` in a list is the ellipsis.
 */
export function lettersOf(
  lists: readonly (readonly (number | '...')[])[],
  output: readonly (number | '...')[] | null,
): string {
  const all = [...lists, ...(output === null ? [] : [output])];
  const term = (list: readonly (number | '...')[]): string => list.map((entry) => letterOf(entry, all)).join('');
  return lists.map(term).join(',') + (output === null ? '' : `->${term(output)}`);
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function letterOf(entry: number | '...', all: readonly (readonly (number | '...')[])[]): string {
  if (entry === '...') return entry;
  const letter = Number.isInteger(entry) ? LETTERS[entry] : undefined;
  if (letter !== undefined) return letter;
  throw new ValueError(
    `[${WHO}] a list of axes must have integers in [0, ${LETTERS.length}) and "...". Received: ${show(entry)} in ${show(all)}.`,
  );
}
