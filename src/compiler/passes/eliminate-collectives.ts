import { rewriteBodies } from '../graph/bodies.ts';
import type { Graph } from '../graph/graph.ts';
import { rewriteGraph } from '../graph/rewrite.ts';
import { isNode } from '../ir/value.ts';

/** Removes the sums over the processes of a world of one. */
export function eliminateCollectives(graph: Graph): Graph {
  const eliminate = (each: Graph): Graph =>
    rewriteGraph(each, (node, inputs) => (isNode(node, 'allReduce') ? inputs : null));
  return rewriteBodies(eliminate(graph), eliminate);
}
