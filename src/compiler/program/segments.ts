import { InternalError, NotImplementedError } from '../../core/errors.ts';
import { bodiesOf } from '../graph/bodies.ts';
import { type Graph, nodesOf, results } from '../graph/graph.ts';
import { input } from '../graph/leaves.ts';
import { substitute } from '../graph/rewrite.ts';
import { familyOf } from '../ir/primitives.ts';
import { type Body, type Node, type Value, isNode } from '../ir/value.ts';
import { LIMITS, type MessageLimits, departuresOf, exchangesOf, placeOf, placesOf } from './placement.ts';

/** A part of a program between two exchanges of the processes. */
export interface Segment {
  /** Its inputs are those of the program, then one for each of `reads`. */
  readonly graph: Graph;
  /** The values of earlier segments, and the sums, that it reads. */
  readonly reads: readonly Value[];
  /** The values that its outputs are. */
  readonly yields: readonly Value[];
  /** The messages that begin after it, in the order that they have in every process. */
  readonly messages: readonly Message[];
}

/** Sums that travel together. */
export interface Message {
  readonly operands: readonly Value[];
  readonly sums: readonly Value[];
  /** The number of the segment before which it has ended. Segments until then run while it travels. */
  readonly due: number;
}

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
 * other share a cut: each travels as late as its users permit, but many numbers while other segments run. A value is computed in
 * the first segment in which it can be.
 */
export function cutAtCollectives(graph: Graph, limits: MessageLimits = LIMITS): readonly Segment[] {
  const nodes = nodesOf(graph);
  const places = placesOf(nodes, limits);
  const sums = nodes.filter((node): node is Node<'allReduce'> => isNode(node, 'allReduce'));
  const exchanges = exchangesOf(nodes, places);
  const departures = departuresOf(sums, places, exchanges, limits);
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
    const made = sums.filter((node) => placeOf(places, node) === place).flatMap(({ inputs }) => inputs);
    const own = graph.outputs.filter((value) => lastOf(value) === place);
    // A sum of a sum has its operand from the exchange before.
    const computed = made.filter((value) => !isNode(value.node, 'allReduce'));
    const yields = [...new Set([...(kept[place] ?? []), ...computed, ...own])];
    return {
      ...segmentOf(graph, [...(reads[place] ?? [])], yields, (value) => lastOf(value) === place),
      messages: messagesAfter(place, sums, departures, exchanges),
    };
  });
}

/** The messages that begin after a segment: one for each segment before which its sums are needed, the most urgent first. */
function messagesAfter(
  place: number,
  sums: readonly Node<'allReduce'>[],
  departures: ReadonlyMap<Node, number>,
  exchanges: ReadonlyMap<Node, number>,
): readonly Message[] {
  const here = sums.filter((node) => placeOf(departures, node) === place);
  const dues = [...new Set(here.map((node) => placeOf(exchanges, node) + 1))].sort((a, b) => a - b);
  return dues.map((due): Message => {
    const members = here
      .filter((node) => placeOf(exchanges, node) + 1 === due)
      .sort((a, b) => a.attributes.order - b.attributes.order);
    return {
      operands: members.flatMap(({ inputs }) => inputs),
      sums: members.flatMap(({ outputs }) => outputs),
      due,
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

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new InternalError('a segment without one of its values.');
  return value;
}
