import { type RandomStream, RepeatedStream } from '../../core/random.ts';
import { topologicalOrder } from '../graph/graph.ts';
import { type Value, isNode } from '../ir/value.ts';

/**
 * The random numbers that a step of a loop draws: those of streams that were made during its trace, when `begin` streams
 * existed. Each step has its own; those that are the same at each run are the same in each step.
 */
export function newDraws(values: readonly Value[], begin: number): readonly Value[] {
  return topologicalOrder(values).flatMap((node) =>
    isNode(node, 'randomUniform') && isNew(node.attributes.stream, begin) ? node.outputs : [],
  );
}

const isNew = (stream: RandomStream, begin: number): boolean =>
  stream.serial >= begin && !(stream instanceof RepeatedStream);
