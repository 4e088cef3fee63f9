import { sameShape } from '../../../core/shape.ts';
import type { Users } from '../../graph/users.ts';
import { type Node, type Value, isNode } from '../../ir/value.ts';
import type { Epilogue, Epilogues } from './epilogues.ts';
import type { Layouts } from './assign-layouts.ts';
import { takesEpilogue } from './convolutions.ts';
import type { Images } from '../emit/blocked-values.ts';
import type { Target } from '../emit/target.ts';
import { isCoefficient } from '../blocked/elementwise.ts';

/** A node in blocks and the operations after it that it computes in the same pass. */
export interface BlockedEpilogue {
  readonly main: Node;
  /** The bias of a convolution, [1, channels, 1, …]; null if there is none. */
  readonly bias: Value | null;
  /** A value that is added; null if there is none. */
  readonly sum: Value | null;
  readonly relu: boolean;
}

/** The groups of nodes in blocks that are lowered together. */
export interface Fusions {
  /** The groups by their last node. */
  readonly byLast: ReadonlyMap<Node, BlockedEpilogue>;
  /** The factors of the product that a node sums. */
  readonly dots: ReadonlyMap<Node, readonly [Value, Value]>;
  /** The other nodes of the groups. */
  readonly absorbed: ReadonlySet<Node>;
}

/**
 * Finds, among nodes in blocks whose intermediate results have no other user:
 *
 *     convolution or map (→ add of a value) (→ relu)
 *     product → sum over the positions
 */
export function findFusions(
  nodes: readonly Node[],
  users: Users,
  layouts: Layouts,
  { byLast: convolutions, absorbed: taken }: Pick<Epilogues, 'byLast' | 'absorbed'>,
  target: Target,
): Fusions {
  const byLast = new Map<Node, BlockedEpilogue>();
  const dots = new Map<Node, readonly [Value, Value]>();
  const absorbed = new Set<Node>();
  const isTaken = (node: Node): boolean => taken.has(node) || absorbed.has(node) || byLast.has(node);
  const isFree = (node: Node): boolean => layouts.forms.has(node) && !isTaken(node);

  for (const node of nodes) {
    if (isTaken(node)) continue;
    const factors = factorsOf(node, users, layouts);
    if (factors !== null && !isTaken(factors.product)) {
      dots.set(node, factors.values);
      absorbed.add(factors.product);
      continue;
    }
    let group = rootOf(node, layouts, convolutions, target);
    if (group === null) continue;
    let last = node;
    const next = users.onlyUser(last);
    const sum = next === null || group.relu ? null : addendOf(next, last);
    if (next !== null && sum !== null && isFree(next)) {
      group = { ...group, sum };
      absorbed.add(last);
      last = next;
    }
    const after = users.onlyUser(last);
    if (after !== null && !group.relu && isNode(after, 'relu') && isFree(after)) {
      group = { ...group, relu: true };
      absorbed.add(last);
      last = after;
    }
    if (last !== node) byLast.set(last, group);
  }
  return { byLast, dots, absorbed };
}

/** The group that a node begins: a convolution with what belongs to it already, or a map with one number per channel. */
function rootOf(
  node: Node,
  { forms }: Layouts,
  convolutions: ReadonlyMap<Node, Epilogue>,
  target: Target,
): BlockedEpilogue | null {
  const epilogue = convolutions.get(node);
  if (epilogue !== undefined) {
    const { conv, bias, relu } = epilogue;
    return takesEpilogue(conv, target) ? { main: conv, bias, sum: null, relu } : null;
  }
  const isMap = forms.has(node) && (isNode(node, 'normalize') || isScaling(node, forms.get(node)?.images ?? null));
  return isMap || takesEpilogue(node, target) ? { main: node, bias: null, sum: null, relu: false } : null;
}

/** Whether a node is a product, a sum or a difference with one number per channel. */
function isScaling(node: Node, images: Images | null): boolean {
  if (images === null) return false;
  const [a, b] = node.inputs;
  if (a === undefined || b === undefined) return false;
  const isPerChannel = (value: Value): boolean =>
    !sameShape(value.shape, images.shape) && value.shape.some((size) => size !== 1) && isCoefficient(value, images);
  if (isNode(node, 'add') || isNode(node, 'multiply')) return isPerChannel(a) || isPerChannel(b);
  return isNode(node, 'subtract') && isPerChannel(b);
}

/** The other operand of an addition of two values of the same shape. */
function addendOf(node: Node, to: Node): Value | null {
  if (!isNode(node, 'add')) return null;
  const [a, b] = node.inputs;
  if (a === undefined || b === undefined || !sameShape(a.shape, b.shape) || a.node === b.node) return null;
  return a.node === to ? b : a;
}

function factorsOf(
  node: Node,
  users: Users,
  { forms }: Layouts,
): { readonly product: Node; readonly values: readonly [Value, Value] } | null {
  const [x] = node.inputs;
  if (!(isNode(node, 'reduceSum') || isNode(node, 'reduceMean')) || x === undefined || !forms.has(node)) return null;
  const product = x.node;
  if (!isNode(product, 'multiply') || !forms.has(product) || users.onlyUser(product) !== node) return null;
  const [a, b] = product.inputs;
  if (a === undefined || b === undefined || !sameShape(a.shape, b.shape)) return null;
  return { product, values: [a, b] };
}
