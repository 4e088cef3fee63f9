import { Tensor } from '../../core/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import { constant } from '../graph/leaves.ts';
import { rewriteGraph } from '../graph/rewrite.ts';
import { isNode } from '../ir/value.ts';
import type { Variable } from '../ir/variable.ts';

/** A graph in which variables were replaced by their elements. */
export interface FrozenGraph {
  readonly graph: Graph;
  readonly variables: readonly FrozenVariable[];
}

/** A frozen variable, and the version of its elements: the graph is stale when the variable has another. */
export interface FrozenVariable {
  readonly variable: Variable;
  readonly version: number;
}

/** Replaces the variables that a graph reads but does not update by constants. */
export function freezeVariables(graph: Graph): FrozenGraph {
  const updated = new Set(graph.updates.map((update) => update.variable));
  const variables: FrozenVariable[] = [];
  const frozen = rewriteGraph(graph, (node) => {
    if (!isNode(node, 'variable') || updated.has(node.attributes.variable)) return null;
    const { variable } = node.attributes;
    variables.push({ variable, version: variable.version });
    return [constant(new Tensor(variable.buffer, variable.shape, variable.dtype))];
  });
  return { graph: frozen, variables };
}
