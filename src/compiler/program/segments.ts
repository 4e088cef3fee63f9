import { InternalError, NotImplementedError } from '../../core/errors.ts';
import { sizeOf } from '../../core/shape.ts';
import { bodiesOf } from '../graph/bodies.ts';
import { type Graph, nodesOf, results } from '../graph/graph.ts';
import { input } from '../graph/leaves.ts';
import { substitute } from '../graph/rewrite.ts';
import { type PrimitiveName, familyOf } from '../ir/primitives.ts';
import { type Body, type Node, type Value, isNode } from '../ir/value.ts';

/** A part of a program between two exchanges of the processes. */
export interface Segment {
  /** Its inputs are those of the program, then one for each of `reads`. */
  readonly graph: Graph;
  /** The values of earlier segments, and the sums, that it reads. */
  readonly reads: readonly Value[];
  /** The values that its outputs are. */
  readonly yields: readonly Value[];
  /** The operands of the sums that follow it, in the order that they have in every process. */
  readonly operands: readonly Value[];
  /** The results of these sums. */
  readonly sums: readonly Value[];
}

/** Movements and maps whose result is as large as their operand: they are computed where they are first needed. */
const DEFERRED: readonly PrimitiveName[] = ['step', 'cast', 'reshape', 'transpose', 'broadcastTo', 'logicalNot'];

const isLeaf = (node: Node): boolean => familyOf(node.primitive) === 'leaves';

/** Whether a graph contains a sum over processes. @throws NotImplementedError if it is in a loop or a branch. */
export function hasCollectives(graph: Graph): boolean {
  let found = false;
  for (const node of nodesOf(graph)) {
    if (isNode(node, 'allReduce')) found = true;
    if (bodiesOf(node).some(containsCollective)) {
      throw new NotImplementedError(
        `[ops.allReduce] a sum over processes cannot be part of a loop or a branch. Received: one in ${node.primitive} of ${node.scope ?? 'no layer'}. Compute it before or after.`,
      );
    }
  }
  return found;
}

const containsCollective = (body: Body): boolean =>
  nodesOf(body).some((node) => isNode(node, 'allReduce') || bodiesOf(node).some(containsCollective));

/**
 * Cuts a graph into the segments that run before, between and after its sums over processes. Sums that do not depend on each
 * other share a cut: each travels as late as its users permit. A value is computed in the first segment in which it can be.
 */
export function cutAtCollectives(graph: Graph): readonly Segment[] {
  const nodes = nodesOf(graph);
  const places = placesOf(nodes);
  const sums = nodes.filter((node): node is Node<'allReduce'> => isNode(node, 'allReduce'));
  const exchanges = exchangesOf(nodes, places);
  const count = 1 + sums.reduce((most, node) => Math.max(most, placeOf(places, node) + 1), 0);
  const last = count - 1;
  const lastOf = (value: Value): number =>
    isLeaf(value.node) || isNode(value.node, 'allReduce') ? last : placeOf(places, value.node);

  // The values that later segments read, in a deterministic order.
  const reads: Set<Value>[] = Array.from({ length: count }, () => new Set<Value>());
  const kept: Set<Value>[] = Array.from({ length: count }, () => new Set<Value>());
  const readIn = (value: Value, place: number): void => {
    if (isLeaf(value.node)) return;
    const isSum = isNode(value.node, 'allReduce');
    const from = placeOf(places, value.node);
    if (!isSum && from === place) return;
    reads[place]?.add(value);
    if (!isSum) kept[from]?.add(value);
  };
  for (const node of nodes) {
    if (!isLeaf(node)) for (const value of node.inputs) readIn(value, placeOf(places, node));
  }
  for (const value of results(graph)) readIn(value, lastOf(value));

  return Array.from({ length: count }, (_, place): Segment => {
    const exchanged = sums
      .filter((node) => placeOf(exchanges, node) === place)
      .sort((a, b) => a.attributes.order - b.attributes.order);
    const operands = exchanged.flatMap(({ inputs }) => inputs);
    const made = sums.filter((node) => placeOf(places, node) === place).flatMap(({ inputs }) => inputs);
    const own = graph.outputs.filter((value) => lastOf(value) === place);
    // A sum of a sum has its operand from the exchange before.
    const computed = made.filter((value) => !isNode(value.node, 'allReduce'));
    const yields = [...new Set([...(kept[place] ?? []), ...computed, ...own])];
    return {
      ...segmentOf(graph, [...(reads[place] ?? [])], yields, (value) => lastOf(value) === place),
      operands,
      sums: exchanged.flatMap(({ outputs }) => outputs),
    };
  });
}

function segmentOf(
  { inputs, updates }: Graph,
  reads: readonly Value[],
  yields: readonly Value[],
  isHere: (value: Value) => boolean,
): Pick<Segment, 'graph' | 'reads' | 'yields'> {
  const fed = reads.map(({ shape, dtype }, i) => input(`segment value ${i}`, shape, dtype));
  const replacements = new Map(reads.map((value, i) => [value, fed[i] ?? value]));
  const here = updates.filter(({ value }) => isHere(value));
  const values = substitute([...yields, ...here.map(({ value }) => value)], replacements);
  return {
    graph: {
      inputs: [...inputs, ...fed],
      outputs: values.slice(0, yields.length),
      updates: here.map(({ variable }, i) => ({ variable, value: required(values[yields.length + i]) })),
    },
    reads,
    yields,
  };
}

/** The segment of each node: for a sum, that of its operand. */
function placesOf(nodes: readonly Node[]): ReadonlyMap<Node, number> {
  const places = new Map<Node, number>();
  for (const node of nodes) {
    const after = node.inputs.map((value) => {
      const place = placeOf(places, value.node);
      return isNode(value.node, 'allReduce') ? place + 1 : place;
    });
    places.set(node, Math.max(0, ...after));
  }
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

/** Places what depends on sums, and on which no sum depends, in the last segment: new state, and the numbers that are reported. */
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

/** The cut at which each sum travels: the last one before its first user, so that few messages carry many sums. */
function exchangesOf(nodes: readonly Node[], places: ReadonlyMap<Node, number>): ReadonlyMap<Node, number> {
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

function placeOf(places: ReadonlyMap<Node, number>, node: Node): number {
  return required(places.get(node));
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new InternalError('a segment without one of its values.');
  return value;
}
