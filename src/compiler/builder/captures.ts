import { topologicalOrder } from '../graph/graph.ts';
import { constantOf, input } from '../graph/leaves.ts';
import { substitute } from '../graph/rewrite.ts';
import { familyOf } from '../ir/primitives.ts';
import { Body, type Node, type Value } from '../ir/value.ts';

/** Larger constants are captures, which all steps share. */
const MAX_INNER_ELEMENTS = 64;

/** The nodes that a body contains, given those that the values they read belong to. */
export type Inside = (node: Node, isInside: (value: Value) => boolean) => boolean;

/** The placeholders of a body, which are known to be inside, and the nodes that depend on them. */
export interface Extent {
  readonly placeholders: readonly Value[];
  readonly contains: Inside;
}

/** The values that depend on placeholders: a loop does not repeat anything else. */
export const dependsOn = (placeholders: readonly Value[]): Extent => ({
  placeholders,
  contains: ({ inputs }, isInside) => inputs.some(isInside),
});

/** The nodes made after a given number of others, without leaves: a branch does not compute anything that was there before. */
export const madeSince = (serial: number): Extent => ({
  placeholders: [],
  contains: (node) => node.serial >= serial && familyOf(node.primitive) !== 'leaves',
});

/** The values that a body reads and does not contain; but no small constants, which it contains. */
export function capturesOf(results: readonly Value[], { placeholders, contains }: Extent): readonly Value[] {
  const inside = new Set(placeholders);
  const read = new Set(results);
  const isInside = (value: Value): boolean => inside.has(value);
  for (const node of topologicalOrder(results, inside)) {
    if (!contains(node, isInside)) continue;
    for (const value of node.outputs) inside.add(value);
    for (const value of node.inputs) read.add(value);
  }
  return [...read].filter((value) => !inside.has(value) && (constantOf(value)?.size ?? Infinity) > MAX_INNER_ELEMENTS);
}

/** A body that computes results from placeholders and captures, for each of which it has an input. */
export function bodyOf(results: readonly Value[], placeholders: readonly Value[], captures: readonly Value[]): Body {
  const captured = captures.map(({ shape, dtype }, i) => input(`capture_${i}`, shape, dtype));
  const outputs = substitute(results, new Map(captures.map((value, i) => [value, captured[i] ?? value])));
  return new Body([...placeholders, ...captured], outputs);
}
