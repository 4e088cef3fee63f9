import { isFloat } from '../../../core/dtype.ts';
import { sameShape, sizeOf } from '../../../core/shape.ts';
import { constantOf } from '../../graph/leaves.ts';
import type { Users } from '../../graph/users.ts';
import type { Target } from '../emit/target.ts';
import { type Node, type Value, isNode } from '../../ir/value.ts';

/** The operations after a convolution that are computed with it, while its results are still in the nearest cache. */
export interface Epilogue {
  readonly conv: Node<'conv'>;
  /** One number per channel, [1, channels, 1, …]. */
  readonly bias: Value;
  /** Whether relu follows the bias. */
  readonly relu: boolean;
}

/** min(max(x, low), high), as in relu6 and the hard sigmoid. */
export interface Clip {
  readonly x: Value;
  readonly low: number;
  readonly high: number;
}

/** c + A B or c − A B, with all of one shape of rank 2. */
export interface SumWithProduct {
  readonly product: Node<'matmul'>;
  readonly addend: Value;
  /** Whether the product is subtracted. */
  readonly isNegative: boolean;
}

/** The groups of nodes that are lowered together. */
export interface Epilogues {
  /** The convolutions with a bias, by the last node of the group. */
  readonly byLast: ReadonlyMap<Node, Epilogue>;
  /** The pairs of bounds, by the node of the upper one. */
  readonly clips: ReadonlyMap<Node, Clip>;
  /** The products, by the node that adds them to something. */
  readonly sums: ReadonlyMap<Node, SumWithProduct>;
  /** The other nodes of the groups, which are not lowered on their own. */
  readonly absorbed: ReadonlySet<Node>;
}

/**
 * Finds conv → add of a bias (→ relu), matmul → add or subtract, and max → min with numbers, whose intermediate results are
 * not used elsewhere.
 */
export function findEpilogues(nodes: readonly Node[], users: Users, { engine }: Target): Epilogues {
  const byLast = new Map<Node, Epilogue>();
  const absorbed = new Set<Node>();
  const clips = new Map<Node, Clip>();
  for (const node of nodes) {
    const clip = clipOf(node, users);
    if (clip === null) continue;
    clips.set(node, clip.clip);
    absorbed.add(clip.lower);
  }
  const sums = new Map<Node, SumWithProduct>();
  for (const node of nodes) {
    const sum = engine === 'any' ? null : sumWithProduct(node, users);
    if (sum === null) continue;
    sums.set(node, sum);
    absorbed.add(sum.product);
  }
  for (const conv of nodes) {
    if (!isNode(conv, 'conv')) continue;
    const add = users.onlyUser(conv);
    const bias = add === null ? null : biasOf(add, conv);
    if (add === null || bias === null) continue;
    absorbed.add(conv);
    const next = users.onlyUser(add);
    const relu = next !== null && isNode(next, 'relu') && !absorbed.has(next);
    if (relu) absorbed.add(add);
    byLast.set(relu ? next : add, { conv, bias, relu });
  }
  return { byLast, clips, sums, absorbed };
}

/** A bias, which has another shape, is left to the engine, which adds it in the same way. */
function sumWithProduct(node: Node, users: Users): SumWithProduct | null {
  if (!isNode(node, 'add') && !isNode(node, 'subtract')) return null;
  for (const [i, { node: product }] of node.inputs.entries()) {
    const addend = node.inputs[1 - i];
    const isNegative = isNode(node, 'subtract');
    if (!isNode(product, 'matmul') || addend === undefined || (isNegative && i === 0)) continue;
    const [output] = product.outputs;
    const isMatrix = product.inputs.every(({ rank }) => rank === 2);
    if (output === undefined || !isMatrix || !isFloat(output.dtype) || users.onlyUser(product) !== node) continue;
    if (sameShape(addend.shape, output.shape)) return { product, addend, isNegative };
  }
  return null;
}

function clipOf(node: Node, users: Users): { clip: Clip; lower: Node } | null {
  if (!isNode(node, 'minimum')) return null;
  const upper = withNumber(node);
  if (upper === null || users.onlyUser(upper.x.node) !== node) return null;
  const lower = upper.x.node;
  const [x] = lower.inputs;
  const inner = isNode(lower, 'relu') && x !== undefined ? { x, number: 0 } : null;
  const found = inner ?? (isNode(lower, 'maximum') ? withNumber(lower) : null);
  // Bounds out of order or NaN keep the semantics of the separate operations.
  if (found === null || !(found.number <= upper.number)) return null;
  return { clip: { x: found.x, low: found.number, high: upper.number }, lower };
}

/** The operands of a node as a value of the rank of the result and a constant number; null if they are not. */
function withNumber({ inputs, outputs: [output] }: Node): { x: Value; number: number } | null {
  for (const [i, value] of inputs.entries()) {
    const x = inputs[1 - i];
    const number = sizeOf(value.knownShape) === 1 ? constantOf(value)?.data[0] : undefined;
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
