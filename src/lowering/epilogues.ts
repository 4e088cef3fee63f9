import { sizeOf } from '../core/shape.ts';
import { type Graph, results } from '../graph/graph.ts';
import { type Node, type Value, isNode } from '../graph/value.ts';

/** What follows a convolution and is computed with it, while its results are still in the nearest cache. */
export interface Epilogue {
  readonly conv: Node<'conv'>;
  /** One number for each channel, [1, channels, 1, …]. */
  readonly bias: Value;
  /** Whether relu comes last. */
  readonly relu: boolean;
}

/** The convolutions that are lowered with what follows them, by the last node of each; and the nodes that go with it. */
export interface Epilogues {
  readonly byLast: ReadonlyMap<Node, Epilogue>;
  readonly absorbed: ReadonlySet<Node>;
}

/** Finds conv → add of a bias, and conv → add of a bias → relu, of which nobody needs the results between. */
export function findEpilogues(
  graph: Graph,
  nodes: readonly Node[],
  users: ReadonlyMap<Node, readonly Node[]>,
): Epilogues {
  const needed = new Set(results(graph).map((value) => value.node));
  const onlyUser = (node: Node): Node | null => {
    const [user, ...others] = users.get(node) ?? [];
    return user === undefined || others.length > 0 || needed.has(node) ? null : user;
  };
  const byLast = new Map<Node, Epilogue>();
  const absorbed = new Set<Node>();
  for (const conv of nodes) {
    if (!isNode(conv, 'conv')) continue;
    const add = onlyUser(conv);
    const bias = add === null ? null : biasOf(add, conv);
    if (add === null || bias === null) continue;
    absorbed.add(conv);
    const next = onlyUser(add);
    const relu = next !== null && isNode(next, 'relu');
    if (relu) absorbed.add(add);
    byLast.set(relu ? next : add, { conv, bias, relu });
  }
  return { byLast, absorbed };
}

function biasOf(add: Node, conv: Node): Value | null {
  if (!isNode(add, 'add')) return null;
  const bias = add.inputs.find((value) => value.node !== conv);
  const [output] = conv.outputs;
  if (bias === undefined || output === undefined || bias.rank !== output.rank) return null;
  const channels = output.shape[1];
  return bias.shape[1] === channels && sizeOf(bias.knownShape) === channels ? bias : null;
}
