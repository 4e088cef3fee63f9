import { isFloat } from '../../core/dtype.ts';
import { sizeOf } from '../../core/shape.ts';
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

/** min(max(x, low), high), as relu6 and the hard sigmoid have it. */
export interface Clip {
  readonly x: Value;
  readonly low: number;
  readonly high: number;
}

/** The convolutions that are lowered with what follows them, by the last node of each; and the nodes that go with it. */
export interface Epilogues {
  readonly byLast: ReadonlyMap<Node, Epilogue>;
  /** What is held between two bounds in one go, by the node of the upper one. */
  readonly clips: ReadonlyMap<Node, Clip>;
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
  const clips = new Map<Node, Clip>();
  for (const node of nodes) {
    const clip = clipOf(node, onlyUser);
    if (clip === null) continue;
    clips.set(node, clip.clip);
    absorbed.add(clip.lower);
  }
  for (const conv of nodes) {
    if (!isNode(conv, 'conv')) continue;
    const add = onlyUser(conv);
    const bias = add === null ? null : biasOf(add, conv);
    if (add === null || bias === null) continue;
    absorbed.add(conv);
    const next = onlyUser(add);
    const relu = next !== null && isNode(next, 'relu') && !absorbed.has(next);
    if (relu) absorbed.add(add);
    byLast.set(relu ? next : add, { conv, bias, relu });
  }
  return { byLast, clips, absorbed };
}

function clipOf(node: Node, onlyUser: (node: Node) => Node | null): { clip: Clip; lower: Node } | null {
  if (!isNode(node, 'minimum')) return null;
  const upper = withNumber(node);
  if (upper === null || onlyUser(upper.x.node) !== node) return null;
  const lower = upper.x.node;
  const [x] = lower.inputs;
  const inner = isNode(lower, 'relu') && x !== undefined ? { x, number: 0 } : null;
  const found = inner ?? (isNode(lower, 'maximum') ? withNumber(lower) : null);
  // A bound that is out of order, or no number, is left to what it means as it stands.
  if (found === null || !(found.number <= upper.number)) return null;
  return { clip: { x: found.x, low: found.number, high: upper.number }, lower };
}

/** An operand, of the shape of the result, and the number that is the other. */
function withNumber({ inputs, outputs: [output] }: Node): { x: Value; number: number } | null {
  for (const [i, value] of inputs.entries()) {
    const x = inputs[1 - i];
    const number =
      isNode(value.node, 'constant') && sizeOf(value.knownShape) === 1
        ? value.node.attributes.tensor.data[0]
        : undefined;
    if (number === undefined || x === undefined || output === undefined) continue;
    if (x.rank === output.rank && isFloat(x.dtype)) return { x, number };
  }
  return null;
}

function biasOf(add: Node, conv: Node): Value | null {
  if (!isNode(add, 'add')) return null;
  const bias = add.inputs.find((value) => value.node !== conv);
  const [output] = conv.outputs;
  if (bias === undefined || output === undefined || bias.rank !== output.rank) return null;
  const channels = output.shape[1];
  return bias.shape[1] === channels && sizeOf(bias.knownShape) === channels ? bias : null;
}
