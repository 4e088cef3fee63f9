import { topologicalOrder } from '../graph/graph.ts';
import { type Graph, nodesOf } from '../graph/graph.ts';
import { createNode } from '../graph/node.ts';
import { rewriteGraph } from '../graph/rewrite.ts';
import { Users } from '../graph/users.ts';
import { Body, type Node, type Value, isNode } from '../ir/value.ts';

/**
 * Makes one scan of those that take the same steps, and removes results and operands that nothing needs. The gradient of a scan
 * reads values of its steps from a second one, which returns them in addition.
 */
export function mergeScans(graph: Graph): Graph {
  return withoutUnused(merged(graph));
}

/** Scans of the same operands whose bodies share their inputs differ in what they return alone. */
function merged(graph: Graph): Graph {
  const groups = new Map<Value, Node<'scan'>[]>();
  for (const node of nodesOf(graph)) {
    if (!isNode(node, 'scan')) continue;
    const [key] = node.attributes.body.inputs;
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), node]);
  }
  const outputsOf = new Map<Node, readonly Value[]>();
  for (const group of groups.values()) {
    if (group.length < 2) continue;
    // A node must not read what depends on it: the gradient of one scan may be an operand of another.
    const [first] = group;
    if (first === undefined || !group.every((node) => sameSteps(first, node))) continue;
    const { body, states } = first.attributes;
    const all = new Set(group.flatMap((node) => node.attributes.body.outputs.slice(states)));
    const outputs = [...body.outputs.slice(0, states), ...all];
    for (const node of group) outputsOf.set(node, outputs);
  }
  const made = new Map<string, readonly Value[]>();
  const ids = new Map<Value, number>();
  const idOf = (value: Value): number => {
    const id = ids.get(value) ?? ids.size;
    ids.set(value, id);
    return id;
  };
  return rewriteGraph(graph, (node, inputs) => {
    const outputs = isNode(node, 'scan') ? outputsOf.get(node) : undefined;
    if (!isNode(node, 'scan') || outputs === undefined) return null;
    const { body, states } = node.attributes;
    const key = [...body.inputs, ...inputs].map(idOf).join();
    const results =
      made.get(key) ?? createNode('scan', inputs, { ...node.attributes, body: new Body(body.inputs, outputs) });
    made.set(key, results);
    return body.outputs
      .map((value, i) => results[i < states ? i : outputs.indexOf(value, states)])
      .flatMap((value) => value ?? []);
  });
}

function sameSteps(a: Node<'scan'>, b: Node<'scan'>): boolean {
  const isSame = (x: readonly Value[], y: readonly Value[]): boolean =>
    x.length === y.length && x.every((value, i) => value === y[i]);
  const { states } = a.attributes;
  return (
    a.attributes.reverse === b.attributes.reverse &&
    isSame(a.inputs, b.inputs) &&
    isSame(a.attributes.body.inputs, b.attributes.body.inputs) &&
    isSame(a.attributes.body.outputs.slice(0, states), b.attributes.body.outputs.slice(0, states))
  );
}

/** Removes the results of scans that have no users, and the operands that only they needed. */
function withoutUnused(graph: Graph): Graph {
  const users = new Users(graph);
  return rewriteGraph(graph, (node, inputs) => {
    if (!isNode(node, 'scan')) return null;
    const { body, states, sequences } = node.attributes;
    const isNeeded = neededOf(node, users);
    const used = body.inputs.map((_, i) => isNeeded.inputs.has(i));
    // The number of steps is that of a sequence.
    if (!used.slice(states, states + sequences).includes(true)) used[states] = true;
    if (used.every(Boolean) && body.outputs.every((_, i) => isNeeded.outputs.has(i))) return null;
    const keep = <T>(list: readonly T[]): readonly T[] => list.filter((_, i) => used[i] === true);
    const outputs = body.outputs.filter((_, i) => isNeeded.outputs.has(i));
    const results = createNode('scan', keep(inputs), {
      ...node.attributes,
      body: new Body(keep(body.inputs), outputs),
      states: keep(body.inputs.slice(0, states)).length,
      sequences: used.slice(states, states + sequences).filter(Boolean).length,
    });
    let next = 0;
    return node.outputs.map((value, i) => (isNeeded.outputs.has(i) ? (results[next++] ?? value) : value));
  });
}

/** The indices of the inputs and outputs of the body that the used results need. */
function neededOf(
  { outputs, attributes: { body, states } }: Node<'scan'>,
  users: Users,
): { readonly inputs: ReadonlySet<number>; readonly outputs: ReadonlySet<number> } {
  const needed = new Set(outputs.flatMap((value, i) => (users.isUsed(value) ? [i] : [])));
  if (needed.size === 0) needed.add(0);
  let inputs = new Set<number>();
  for (let count = -1; count !== needed.size;) {
    count = needed.size;
    const values = [...needed].flatMap((i) => body.outputs[i] ?? []);
    const read = new Set([...values, ...topologicalOrder(values).flatMap((node) => node.outputs)]);
    inputs = new Set(body.inputs.flatMap((value, i) => (read.has(value) || (i < states && needed.has(i)) ? [i] : [])));
    // A state that a needed value reads must be computed in every step.
    for (const i of inputs) if (i < states) needed.add(i);
  }
  return { inputs, outputs: needed };
}
