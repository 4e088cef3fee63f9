import { sizeOf } from '../../core/shape.ts';
import { type Graph, nodesOf, results } from '../graph/graph.ts';
import { Users } from '../graph/users.ts';
import { type Value, isNode } from '../ir/value.ts';
import type { Images } from '../lowering/emit/blocked-values.ts';
import type { Target } from '../lowering/emit/target.ts';
import { MAX_PACKED } from '../lowering/executable/packing.ts';
import { type Crossings, assignLayouts } from '../lowering/layout/assign-layouts.ts';
import { writesInBlocks } from '../lowering/layout/convolutions.ts';

/**
 * The values of a graph that pass between the parts of a program in the blocked layout: those that are computed in it, except
 * what is read outside of the engine.
 */
export function findCrossings(graph: Graph, target: Target): Crossings {
  const nodes = nodesOf(graph);
  const layouts = assignLayouts(graph, nodes, new Users(graph), target);
  const isRead = new Set(results(graph));
  for (const node of nodes) if (isNode(node, 'allReduce')) for (const value of node.inputs) isRead.add(value);
  const found = new Map<Value, Images>();
  for (const node of nodes) {
    const form = layouts.forms.get(node);
    const isInBlocks = form === undefined ? writesInBlocks(node, target) : form.writes;
    if (!isInBlocks) continue;
    for (const value of node.outputs) {
      const images = layouts.imagesOf(value);
      // Small results travel together, in the plain layout.
      if (images !== null && !isRead.has(value) && sizeOf(value.knownShape) > MAX_PACKED) found.set(value, images);
    }
  }
  return found;
}
