import type { Graph } from '../graph/graph.ts';
import { createNode } from '../graph/node.ts';
import { rewriteGraph } from '../graph/rewrite.ts';
import { type Node, type Value, isNode } from '../ir/value.ts';

/** A value whose place along an axis of a sum is [start, end), with zeros around it. */
interface Part {
  readonly x: Value;
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Concatenates values whose padded forms are added, if they are adjacent: the gradient of a value that was split is the
 * concatenation of the gradients of its parts, where n pads and n − 1 additions would write the whole size each.
 */
export function concatenatePads(graph: Graph): Graph {
  return rewriteGraph(graph, (node, inputs) => {
    const [sum] = node.outputs;
    if (node.primitive !== 'add' || sum === undefined || !inputs.every((term) => hasShapeOf(sum, term))) return null;
    const parts = partsOf(inputs)?.sort((a, b) => a.start - b.start) ?? [];
    const [first, last] = [parts[0], parts.at(-1)];
    const size = first === undefined ? null : (sum.shape[first.axis] ?? null);
    if (first === undefined || last === undefined || size === null) return null;
    const { axis } = first;
    const isChain = parts.every((part, i) => part.axis === axis && (i === 0 || part.start === parts[i - 1]?.end));
    if (!isChain) return null;
    const values = parts.map(({ x }) => x);
    const [joined] = createNode('concatenate', values, { axis });
    if (first.start === 0 && last.end === size) return [joined];
    const along = (count: number): number[] => sum.shape.map((_, at) => (at === axis ? count : 0));
    return createNode('pad', [joined], {
      before: along(first.start),
      after: along(size - last.end),
      between: along(0),
    });
  });
}

const hasShapeOf = ({ shape }: Value, other: Value): boolean =>
  other.rank === shape.length && other.shape.every((size, axis) => size === shape[axis]);

/** The parts of a sum whose terms are all padded along one axis; null for others. */
function partsOf(terms: readonly Value[]): Part[] | null {
  const parts: Part[] = [];
  for (const term of terms) {
    const { node } = term;
    const found =
      node.primitive === 'add' && node.inputs.every((each) => hasShapeOf(term, each))
        ? partsOf(node.inputs)
        : isNode(node, 'pad')
          ? partsOfPad(node)
          : null;
    if (found === null) return null;
    parts.push(...found);
  }
  return parts;
}

/** The padded value, or the values that it concatenates; null if several axes are padded, or the spaces between elements. */
function partsOfPad({ inputs: [x], attributes: { before, after, between } }: Node<'pad'>): Part[] | null {
  const axes = before.flatMap((count, axis) => (count !== 0 || after[axis] !== 0 ? [axis] : []));
  const [axis] = axes;
  if (x === undefined || axis === undefined || axes.length > 1 || between.some((count) => count > 0)) return null;
  const isJoined = isNode(x.node, 'concatenate') && x.node.attributes.axis === axis;
  let start = before[axis] ?? 0;
  const parts: Part[] = [];
  for (const value of isJoined ? x.node.inputs : [x]) {
    const size = value.shape[axis] ?? null;
    if (size === null || start < 0 || (after[axis] ?? 0) < 0) return null;
    parts.push({ x: value, axis, start, end: start + size });
    start += size;
  }
  return parts;
}
