import { topologicalOrder } from '../graph/graph.ts';
import { type Value, isNode } from '../ir/value.ts';

/**
 * The random numbers that a step of a loop draws: those of streams that were made during its trace, when `begin` streams
 * existed. Each step has its own.
 */
export function newDraws(values: readonly Value[], begin: number): readonly Value[] {
  return topologicalOrder(values).flatMap((node) =>
    isNode(node, 'randomUniform') && node.attributes.stream.serial >= begin ? node.outputs : [],
  );
}
