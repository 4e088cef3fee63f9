import { InternalError } from '../../core/errors.ts';
import { sizeOf } from '../../core/shape.ts';
import type { PrimitiveName } from '../ir/primitives.ts';
import { type Node, isNode } from '../ir/value.ts';

/** The sizes of messages, in elements. */
export interface MessageLimits {
  /** The most that a message waits for: gradients are divided into messages of this size, in the order in which they are ready. */
  readonly bucket: number;
  /** The least that travels while other segments run; what is less waits for the last message before its users. */
  readonly early: number;
}

/** Buckets of 25 MiB, as in PyTorch's DistributedDataParallel; a mebibyte takes 0.8 ms at 10 Gb/s, a small message 0.1 ms. */
export const LIMITS: MessageLimits = { bucket: (25 * 2 ** 20) / 4, early: 2 ** 18 };

/** Movements and maps whose result is as large as their operand: they are computed where they are first needed. */
const DEFERRED: readonly PrimitiveName[] = ['step', 'cast', 'reshape', 'transpose', 'broadcastTo', 'logicalNot'];

/** The segment of each node: for a sum, that of its operand. */
export function placesOf(nodes: readonly Node[], { bucket }: MessageLimits): ReadonlyMap<Node, number> {
  const places = new Map<Node, number>();
  for (const node of nodes) {
    const after = node.inputs.map((value) => {
      const place = placeOf(places, value.node);
      return isNode(value.node, 'allReduce') ? place + 1 : place;
    });
    places.set(node, Math.max(0, ...after));
  }
  divideBuckets(nodes, places, bucket);
  deferResults(nodes, places);
  const users = new Map<Node, number>();
  for (const node of nodes.toReversed()) {
    const first = users.get(node);
    if (first !== undefined && isDeferred(node)) places.set(node, first);
    const place = placeOf(places, node);
    for (const { node: operand } of node.inputs) users.set(operand, Math.min(place, users.get(operand) ?? Infinity));
  }
  return places;
}

/** Places what is not in the first segment, and on which no sum depends, in the last one: new state, and the numbers that are reported. */
function deferResults(nodes: readonly Node[], places: Map<Node, number>): void {
  const needed = new Set<Node>();
  let last = 0;
  for (const node of nodes.toReversed()) {
    if (isNode(node, 'allReduce')) last = Math.max(last, placeOf(places, node) + 1);
    if (!isNode(node, 'allReduce') && !needed.has(node)) continue;
    for (const value of node.inputs) needed.add(value.node);
  }
  for (const node of nodes) {
    const isResult = !needed.has(node) && !isNode(node, 'allReduce');
    if (isResult && placeOf(places, node) > 0) places.set(node, last);
  }
}

/**
 * Cuts segments further, where many numbers are summed after them: the first bucket has the sums that were made last, which are the
 * gradients of the last layers, and its segment has what they depend on. The order in which sums were made is that of every
 * process, whatever its share of a batch makes of the graph.
 */
function divideBuckets(nodes: readonly Node[], places: Map<Node, number>, bucket: number): void {
  const sums = nodes.filter((node): node is Node<'allReduce'> => isNode(node, 'allReduce'));
  const levels = new Map<Node, number>();
  for (const place of new Set(sums.map((node) => placeOf(places, node)))) {
    const here = sums.filter((node) => placeOf(places, node) === place);
    here.sort((a, b) => b.attributes.order - a.attributes.order);
    let [level, size] = [0, 0];
    for (const sum of here) {
      markAncestors(sum, level, levels, (node) => placeOf(places, node) === place);
      size += elements(sum);
      if (size >= bucket) [level, size] = [level + 1, 0];
    }
  }
  const lastLevels = new Map<number, number>();
  for (const node of nodes) {
    const place = placeOf(places, node);
    const before = node.inputs.filter((value) => placeOf(places, value.node) === place);
    const level = levels.get(node) ?? Math.max(0, ...before.map((value) => levels.get(value.node) ?? 0));
    levels.set(node, level);
    lastLevels.set(place, Math.max(lastLevels.get(place) ?? 0, level));
  }
  const starts = new Map<number, number>();
  let count = 0;
  for (const [place, last] of [...lastLevels].sort(([a], [b]) => a - b)) {
    starts.set(place, count);
    count += 1 + last;
  }
  for (const node of nodes) {
    places.set(node, (starts.get(placeOf(places, node)) ?? 0) + (levels.get(node) ?? 0));
  }
}

/** Gives a level to the nodes of its place that a sum depends on, and that have none. */
function markAncestors(sum: Node, level: number, levels: Map<Node, number>, isHere: (node: Node) => boolean): void {
  const pending: Node[] = [sum];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (levels.has(node)) continue;
    levels.set(node, level);
    pending.push(...node.inputs.map((value) => value.node).filter(isHere));
  }
}

const elements = (node: Node): number => node.outputs.reduce((sum, { knownShape }) => sum + sizeOf(knownShape), 0);

/** The cut at which each sum begins to travel: where its operand is ready, if that is earlier and the message is large. */
export function departuresOf(
  sums: readonly Node[],
  places: ReadonlyMap<Node, number>,
  exchanges: ReadonlyMap<Node, number>,
  { early }: MessageLimits,
): ReadonlyMap<Node, number> {
  const groups = new Map<string, Node[]>();
  for (const node of sums) {
    const key = `${placeOf(places, node)} ${placeOf(exchanges, node)}`;
    groups.set(key, [...(groups.get(key) ?? []), node]);
  }
  const departures = new Map<Node, number>();
  for (const group of groups.values()) {
    const isLarge = group.reduce((sum, node) => sum + elements(node), 0) >= early;
    for (const node of group) departures.set(node, placeOf(isLarge ? places : exchanges, node));
  }
  return departures;
}

/** The last cut at which each sum can travel, before its first user: few messages carry many sums. */
export function exchangesOf(nodes: readonly Node[], places: ReadonlyMap<Node, number>): ReadonlyMap<Node, number> {
  const cuts = new Map<Node, number>();
  const last = Math.max(0, ...nodes.map((node) => (isNode(node, 'allReduce') ? placeOf(places, node) : 0)));
  const first = new Map<Node, number>();
  for (const node of nodes.toReversed()) {
    const place = placeOf(places, node);
    if (isNode(node, 'allReduce')) cuts.set(node, Math.max(place, Math.min(last, (first.get(node) ?? Infinity) - 1)));
    for (const { node: operand } of node.inputs) first.set(operand, Math.min(place, first.get(operand) ?? Infinity));
  }
  return cuts;
}

function isDeferred({ primitive, inputs, outputs }: Node): boolean {
  const [x] = inputs;
  const [y] = outputs;
  if (x === undefined || y === undefined || !DEFERRED.includes(primitive)) return false;
  return sizeOf(y.knownShape) >= sizeOf(x.knownShape);
}

export function placeOf(places: ReadonlyMap<Node, number>, node: Node): number {
  return required(places.get(node));
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new InternalError('a node without a segment.');
  return value;
}
