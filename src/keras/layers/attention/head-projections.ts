import type { Shape } from '../../../core/shape.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** The arguments of an EinsumDense layer that projects the last axes of an input. */
export interface Projection {
  readonly equation: string;
  readonly outputShape: Shape;
  /** The letters of the new axes. */
  readonly biasAxes: string;
}

/**
 * The projection of the last `bound` axes of an input of some rank to new axes: `abc,cde->abde` for one of three axes to two.
 */
export function projectionOf(rank: number, bound: number, sizes: readonly number[]): Projection {
  const free = LETTERS.slice(0, rank - bound);
  const summed = LETTERS.slice(rank - bound, rank);
  const made = LETTERS.slice(rank, rank + sizes.length);
  return {
    equation: `${free}${summed},${summed}${made}->${free}${made}`,
    outputShape: [...new Array<null>(Math.max(0, free.length - 1)).fill(null), ...sizes],
    biasAxes: made,
  };
}

/** The equations of attention along some axes of projected inputs `[batch, …, heads, size]`. */
export interface AttentionEquations {
  /** key, query → scores `[batch, …, heads, …queries, …keys]` */
  readonly scores: string;
  /** scores, value → output */
  readonly combine: string;
}

/** The equations for projected inputs of some rank, whose `axes` are attended along. */
export function attentionEquations(rank: number, axes: readonly number[]): AttentionEquations {
  const target = LETTERS.slice(0, rank);
  const others = Array.from(LETTERS.slice(rank, rank + axes.length));
  const source = Array.from(target, (letter, axis) => others[axes.indexOf(axis)] ?? letter).join('');
  const shared = Array.from(target).filter((_, axis) => axis < rank - 1 && !axes.includes(axis));
  const pick = (letters: string): string => axes.map((axis) => letters[axis] ?? '').join('');
  const product = `${shared.join('')}${pick(target)}${pick(source)}`;
  return { scores: `${source},${target}->${product}`, combine: `${product},${source}->${target}` };
}
