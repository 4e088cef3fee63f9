import { type Graph, topologicalOrder } from '../graph/graph.ts';
import { constantOf } from '../graph/leaves.ts';
import { createNode } from '../graph/node.ts';
import { rewriteGraph, substitute } from '../graph/rewrite.ts';
import { Users } from '../graph/users.ts';
import { Body, type Node, type Value, isNode } from '../ir/value.ts';

/**
 * Replaces a conditional whose predicate is constant by its branch, and removes results and captures of the others that nothing
 * needs.
 */
export function selectBranches(graph: Graph): Graph {
  const users = new Users(graph);
  return rewriteGraph(graph, (node, inputs) => {
    if (!isNode(node, 'cond')) return null;
    const [predicate, ...captures] = inputs;
    const known = predicate === undefined ? null : constantOf(predicate);
    return known === null ? withoutUnused(node, inputs, users) : inlined(node, known.data[0] !== 0, captures);
  });
}

function inlined({ attributes }: Node<'cond'>, isTrue: boolean, captures: readonly Value[]): readonly Value[] {
  const { inputs, outputs } = isTrue ? attributes.whenTrue : attributes.whenFalse;
  return substitute(outputs, new Map(inputs.map((value, i) => [value, captures[i] ?? value])));
}

function withoutUnused(node: Node<'cond'>, inputs: readonly Value[], users: Users): readonly Value[] | null {
  const isUsed = node.outputs.map((value) => users.isUsed(value));
  // A dead node, which has no used result, is not visited.
  const branches = [node.attributes.whenTrue, node.attributes.whenFalse].map((body) => {
    const outputs = body.outputs.filter((_, i) => isUsed[i] === true);
    const reached = new Set([...outputs, ...topologicalOrder(outputs).flatMap((each) => each.outputs)]);
    return { body, outputs, reached };
  });
  const isRead = inputs.map((_, i) => i === 0 || branches.some(({ body, reached }) => hasInput(body, i - 1, reached)));
  if (isUsed.every(Boolean) && isRead.every(Boolean)) return null;
  const [whenTrue, whenFalse] = branches.map(
    ({ body, outputs }) =>
      new Body(
        body.inputs.filter((_, i) => isRead[i + 1] === true),
        outputs,
      ),
  );
  if (whenTrue === undefined || whenFalse === undefined) return null;
  const results = createNode(
    'cond',
    inputs.filter((_, i) => isRead[i] === true),
    { whenTrue, whenFalse },
  );
  let next = 0;
  return node.outputs.map((value, i) => (isUsed[i] === true ? (results[next++] ?? value) : value));
}

function hasInput({ inputs }: Body, i: number, reached: ReadonlySet<Value>): boolean {
  const input = inputs[i];
  return input !== undefined && reached.has(input);
}
