import type { Graph } from '../../graph/graph.ts';
import { results } from '../../graph/graph.ts';
import { Users } from '../../graph/users.ts';
import { type Node, type Value, isNode } from '../../ir/value.ts';
import { blockedRules } from '../blocked/index.ts';
import type { BlockedForm, BlockedRule, FormContext } from '../blocked/rule.ts';
import { type Images, imagesOf } from '../emit/blocked-values.ts';
import { readsInBlocks, writesInBlocks } from './convolutions.ts';
import type { Target } from '../emit/target.ts';
import type { PrimitiveName } from '../../ir/primitives.ts';
import { findChannelAxes, isBlockable } from './channel-axes.ts';
import { BORDER, WORK } from '../blocked/costs.ts';
import { FlowNetwork } from './min-cut.ts';

/** The nodes that are computed in the blocked layout, and the values that can be stored in it. */
export interface Layouts {
  readonly forms: ReadonlyMap<Node, BlockedForm>;
  /** The value as images, if its channels are a multiple of the block. */
  readonly imagesOf: (value: Value | undefined) => Images | null;
}

/** The inputs and outputs of a graph that are fed and returned in the blocked layout, as images. */
export type Crossings = ReadonlyMap<Value, Images>;

export const NO_CROSSINGS: Crossings = new Map();

/** No node in blocks. */
export const PLAIN: Layouts = { forms: new Map(), imagesOf: () => null };

/**
 * Chooses the layout of each node: plain, or in blocks of channels.
 *
 * Convolutions are in blocks wherever the engine has that form. Every other node that has a blocked form costs this or that in
 * either layout, and a value that crosses the border between the layouts costs a pass. The choice that minimizes the sum is
 * a minimum cut between the nodes that are in blocks and those that are not: chains between two convolutions stay in blocks,
 * and borders are where they cost least.
 */
export function assignLayouts(
  graph: Graph,
  nodes: readonly Node[],
  users: Users,
  target: Target,
  crossings: Crossings = NO_CROSSINGS,
): Layouts {
  const { blockedChannels: block, hasConstantWeights, freeSizes = 'none' } = target;
  if (block === 0 || hasConstantWeights || freeSizes === 'all') return PLAIN;
  const channelAxes = findChannelAxes(
    nodes,
    users,
    new Map([...crossings].map(([value, { channelAxis }]) => [value, channelAxis])),
  );
  if (channelAxes.size === 0) return PLAIN;
  const known = new Map<Value, Images | null>();
  const find = (value: Value | undefined): Images | null => {
    if (!isBlockable(value)) return null;
    const found = known.get(value);
    if (found !== undefined) return found;
    const axis = channelAxes.get(value);
    const images = axis === undefined ? null : imagesOf(value.knownShape, axis);
    const fitting = images !== null && images.channels % block === 0 ? images : null;
    known.set(value, fitting);
    return fitting;
  };
  const context: FormContext = { block, imagesOf: find, usersOf: (node) => users.of(node) };
  const candidates = new Map<Node, BlockedForm>();
  for (const node of nodes) {
    // The table is indexed by a union of names.
    const rule = blockedRules[node.primitive] as BlockedRule<PrimitiveName> | undefined;
    const form = rule?.form(node, context) ?? null;
    if (form !== null) candidates.set(node, form);
  }
  if (candidates.size === 0) return { forms: new Map(), imagesOf: find };
  return { forms: cheapest(graph, nodes, candidates, { context, target, crossings }), imagesOf: find };
}

/** The sides of the cut: a vertex of the network, or a layout that is certain. */
type Side = number;

function cheapest(
  graph: Graph,
  nodes: readonly Node[],
  candidates: ReadonlyMap<Node, BlockedForm>,
  {
    context,
    target,
    crossings,
  }: { readonly context: FormContext; readonly target: Target; readonly crossings: Crossings },
): ReadonlyMap<Node, BlockedForm> {
  const network = new FlowNetwork();
  const vertices = new Map<Node, number>();
  for (const [node, { images, work }] of candidates) {
    const vertex = network.addVertex();
    vertices.set(node, vertex);
    const cost = WORK[work];
    const size = sizeInMillions(images);
    network.addEdge(FlowNetwork.SOURCE, vertex, size * (images.channelAxis === 1 ? cost.first : cost.last));
    network.addEdge(vertex, FlowNetwork.SINK, size * cost.blocked);
  }
  const readers = new Map<Value, Set<Side>>();
  const note = (value: Value, side: Side): void => {
    const known = readers.get(value);
    if (known === undefined) readers.set(value, new Set([side]));
    else known.add(side);
  };
  for (const node of nodes) {
    const form = candidates.get(node);
    const vertex = vertices.get(node);
    for (const [i, value] of node.inputs.entries()) {
      if (context.imagesOf(value) === null) continue;
      if (vertex === undefined) note(value, readsInBlocks(node, i, target) ? FlowNetwork.SOURCE : FlowNetwork.SINK);
      else if (form?.reads[i] === true) note(value, vertex);
    }
  }
  for (const value of results(graph)) {
    if (context.imagesOf(value) !== null) note(value, crossings.has(value) ? FlowNetwork.SOURCE : FlowNetwork.SINK);
  }

  for (const [value, sides] of readers) {
    const images = context.imagesOf(value);
    if (images === null) continue;
    const own = vertices.get(value.node);
    const form = candidates.get(value.node);
    const isFed = isNode(value.node, 'input') && crossings.has(value);
    const isFixedInBlocks = own === undefined && (isFed || writesInBlocks(value.node, target));
    const producer =
      own !== undefined && form?.writes === true ? own : isFixedInBlocks ? FlowNetwork.SOURCE : FlowNetwork.SINK;
    addBorder(network, producer, sides, images);
  }
  const isInBlocks = network.minCut();
  return new Map([...candidates].filter(([node]) => isInBlocks[vertices.get(node) ?? FlowNetwork.SINK] === true));
}

/** Adds the cost of converting a value, once, if any of its readers is in the other layout than its producer. */
function addBorder(network: FlowNetwork, producer: Side, readers: ReadonlySet<Side>, images: Images): void {
  const size = sizeInMillions(images);
  const kind = images.channelAxis === 1 ? 'first' : 'last';
  if (producer !== FlowNetwork.SINK) {
    const plain = network.addVertex();
    network.addEdge(producer, plain, size * BORDER.outOfBlocks[kind]);
    for (const reader of readers) if (reader !== FlowNetwork.SOURCE) network.addEdge(plain, reader, Infinity);
  }
  if (producer !== FlowNetwork.SOURCE) {
    const blocked = network.addVertex();
    network.addEdge(blocked, producer, size * BORDER.intoBlocks[kind]);
    for (const reader of readers) if (reader !== FlowNetwork.SINK) network.addEdge(reader, blocked, Infinity);
  }
}

function sizeInMillions({ batch, channels, height, width }: Images): number {
  return (batch * channels * height * width) / 2 ** 20;
}
