import type { Node, Value } from '../ir/value.ts';
import { isNode } from '../ir/value.ts';
import type { Variable } from '../ir/variable.ts';

/** The new state of a variable, written after the program has run. */
export interface Update {
  readonly variable: Variable;
  readonly value: Value;
}

/** A program: its inputs, its outputs, and the state that it replaces. */
export interface Graph {
  /** Results of `input` nodes, in the order in which the caller feeds them. */
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly updates: readonly Update[];
}

/** All values that a graph must compute: its outputs, then the new state. */
export function results(graph: Graph): readonly Value[] {
  return [...graph.outputs, ...graph.updates.map((update) => update.value)];
}

/** The nodes that `values` depend on, each after those it depends on; without those that compute the values of `ends`. */
export function topologicalOrder(
  values: readonly Value[],
  ends: { has(value: Value): boolean } = new Set<Value>(),
): readonly Node[] {
  const order: Node[] = [];
  const done = new Set<Node>();
  // An explicit stack: graphs of deep networks are deeper than the call stack.
  const stack: { node: Node; next: number }[] = [];
  const visit = (node: Node): void => {
    if (!done.has(node)) {
      done.add(node);
      stack.push({ node, next: 0 });
    }
  };
  for (const value of values) {
    if (!ends.has(value)) visit(value.node);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const operand = top.node.inputs[top.next++];
      if (operand === undefined) {
        order.push(top.node);
        stack.pop();
      } else if (!ends.has(operand)) {
        visit(operand.node);
      }
    }
  }
  return order;
}

/** The nodes of a graph in an order in which they can be computed. */
export function nodesOf(graph: Graph): readonly Node[] {
  return topologicalOrder(results(graph));
}

/** The variables that a graph reads or writes, in order of first use. */
export function variablesOf(graph: Graph): readonly Variable[] {
  const found = new Set<Variable>();
  for (const node of nodesOf(graph)) if (isNode(node, 'variable')) found.add(node.attributes.variable);
  for (const { variable } of graph.updates) found.add(variable);
  return [...found];
}

/**
 * Sets the scope of the nodes between `inputs` and `values`, and whether it computes in half precision, except where an inner
 * call has set one.
 */
export function labelScope(values: readonly Value[], inputs: readonly Value[], scope: string, isHalf = false): void {
  const stop = new Set(inputs.map((value) => value.node));
  const pending = values.map((value) => value.node);
  const seen = new Set<Node>();
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node) || stop.has(node)) continue;
    seen.add(node);
    if (node.inputs.length === 0) continue;
    if (node.scope !== null) continue;
    node.scope = scope;
    node.isHalf = isHalf;
    for (const operand of node.inputs) pending.push(operand.node);
  }
}

/** Gives a node the scope and precision of the one that it replaces. */
export function copyScope(node: Node, { scope, isHalf }: Node): void {
  node.scope = scope;
  node.isHalf = isHalf;
}
