import { type Graph, copyScope, nodesOf, topologicalOrder } from './graph.ts';
import { createNode } from './node.ts';
import type { Node, Value } from '../ir/value.ts';

/** Returns the replacement of a node, given its new operands, or null to keep it. */
export type Rewrite = (node: Node, inputs: readonly Value[]) => readonly Value[] | null;

/** The results of the same primitive applied to other operands; the node's own results if the operands are the same. */
export function withInputs(node: Node, inputs: readonly Value[]): readonly Value[] {
  if (inputs.every((value, i) => value === node.inputs[i])) return node.outputs;
  const outputs = createNode(node.primitive, inputs, node.attributes);
  copyScope(outputs[0].node, node);
  return outputs;
}

/**
 * Rebuilds a graph node by node, from the leaves up. Dead code disappears: only nodes that the results need are visited,
 * and a replaced node is no longer among them.
 */
export function rewriteGraph(graph: Graph, rewrite: Rewrite): Graph {
  const replaced = new Map<Value, Value>();
  const newValue = (value: Value): Value => replaced.get(value) ?? value;
  for (const node of nodesOf(graph)) {
    const inputs = node.inputs.map(newValue);
    const outputs = rewrite(node, inputs) ?? withInputs(node, inputs);
    for (const [i, output] of node.outputs.entries()) {
      const next = outputs[i];
      if (next === undefined || next === output) continue;
      if (next.node.scope === null && next.node.inputs.length > 0) copyScope(next.node, node);
      replaced.set(output, next);
    }
  }
  return {
    inputs: graph.inputs,
    outputs: graph.outputs.map(newValue),
    updates: graph.updates.map(({ variable, value }) => ({ variable, value: newValue(value) })),
  };
}

/** The values computed from others in place of some of those that they depend on. */
export function substitute(values: readonly Value[], replacements: ReadonlyMap<Value, Value>): readonly Value[] {
  const replaced = new Map(replacements);
  const newValue = (value: Value): Value => replaced.get(value) ?? value;
  for (const node of topologicalOrder(values, replacements)) {
    const outputs = withInputs(node, node.inputs.map(newValue));
    for (const [i, output] of node.outputs.entries()) {
      const next = outputs[i];
      if (next !== undefined && next !== output && !replacements.has(output)) replaced.set(output, next);
    }
  }
  return values.map(newValue);
}
