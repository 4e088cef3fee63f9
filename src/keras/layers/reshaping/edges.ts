import { ValueError, show } from '../../../core/errors.ts';

/** How many elements before and behind an axis. */
export type Edges = readonly [number, number];

/** What is given for edges: one number for all, or for each spatial axis one number or two, before and behind. */
export type EdgesLike = number | readonly (number | readonly number[])[];

/** Reads edges; over one axis a list is what lies before and behind. */
export function readEdges(who: string, argument: string, value: unknown, axes: number): readonly Edges[] {
  const perAxis: unknown = axes === 1 && Array.isArray(value) && value.length === 2 ? [value] : value;
  const list: readonly unknown[] = Array.isArray(perAxis) ? perAxis : new Array<unknown>(axes).fill(perAxis);
  const pairs = list.map((entry): readonly unknown[] => (Array.isArray(entry) ? entry : [entry, entry]));
  if (list.length === axes && pairs.every(isEdges)) return pairs.map(([before, behind]): Edges => [before, behind]);
  const form = axes === 1 ? 'or [before, behind]' : `or a list of ${axes}, each such an integer or [before, behind]`;
  throw new ValueError(
    `[${who}] ${argument} must be a non-negative integer, ${form}. Received: ${argument}=${show(value)}.`,
  );
}

function isEdges(pair: readonly unknown[]): pair is Edges {
  return pair.length === 2 && pair.every((entry) => typeof entry === 'number' && Number.isInteger(entry) && entry >= 0);
}
