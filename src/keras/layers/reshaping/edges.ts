import { ValueError, show } from '../../../core/errors.ts';
import { type Field, field } from '../../saving/fields.ts';

/** The numbers of elements at the start and at the end of an axis. */
export type Edges = readonly [number, number];

/** Edges as users write them: one number for all, or for each spatial axis one number or two, start and end. */
export type EdgesLike = number | readonly (number | readonly number[])[];

/** Edges as attributes keep them: those of the only spatial axis, or a list of those of each. */
export type EdgesOption = Edges | readonly Edges[];

/** The edges of so many spatial axes. */
export function edges(axes: number, byDefault: number): Field<EdgesOption> {
  return field({
    byDefault,
    read: (who, option, given): EdgesOption => {
      const read = readEdges(who, option, given, axes);
      return axes === 1 ? (read[0] ?? [0, 0]) : read;
    },
  });
}

/** The edges of each spatial axis. */
export function edgesOf(option: EdgesOption): readonly Edges[] {
  return isPair(option) ? [option] : option;
}

/** Over one axis a list is its start and end. */
function readEdges(who: string, option: string, given: unknown, axes: number): readonly Edges[] {
  const perAxis: unknown = axes === 1 && Array.isArray(given) ? [given] : given;
  const list: readonly unknown[] = Array.isArray(perAxis) ? perAxis : new Array<unknown>(axes).fill(perAxis);
  const pairs = list.map((entry): readonly unknown[] => (Array.isArray(entry) ? entry : [entry, entry]));
  if (list.length === axes && pairs.every(isEdges)) return pairs.map(([start, end]): Edges => [start, end]);
  const form = axes === 1 ? 'or [start, end]' : `or a list of ${axes}, each such an integer or [start, end]`;
  throw new ValueError(
    `[${who}] ${option} must be a non-negative integer, ${form}. Received: ${option}=${show(given)}.`,
  );
}

function isEdges(pair: readonly unknown[]): pair is Edges {
  return pair.length === 2 && pair.every((entry) => typeof entry === 'number' && Number.isInteger(entry) && entry >= 0);
}

const isPair = (option: EdgesOption): option is Edges => typeof option[0] === 'number';
