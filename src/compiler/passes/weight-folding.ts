import { sizeOf } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import { constant, constantOf } from '../graph/leaves.ts';
import { rewriteGraph } from '../graph/rewrite.ts';
import { type Node, isNode } from '../ir/value.ts';
import { foldNode } from './constant-folding.ts';

/** Tensors folded before, by their elements and the operation: the graphs of a model share its weights. */
export type FoldedWeights = WeakMap<object, Map<string, Tensor>>;

/**
 * Transposes, reshapes and scales constants of any size, so that a file holds weights in the order in which they are used:
 * other runtimes expect the kernel of a convolution to be a constant, not the result of a transpose.
 *
 * `derived` is called with each new constant and the constant from which it was computed.
 */
export function foldWeights(
  graph: Graph,
  known: FoldedWeights = new WeakMap(),
  derived: (made: Tensor, from: Tensor) => void = () => undefined,
): Graph {
  return rewriteGraph(graph, (node, inputs) => {
    const operands = inputs.map((value) => constantOf(value));
    const [first] = operands;
    if (first === undefined || !operands.every((operand) => operand !== null)) return null;
    const made = fold(node, operands, known);
    if (made === null) return null;
    derived(
      made,
      operands.reduce((largest, operand) => (operand.size > largest.size ? operand : largest)),
    );
    return [constant(made)];
  });
}

/** Up to this size, scales are compared by their elements. */
const MAX_COMPARED_ELEMENTS = 4096;

function fold(node: Node, operands: readonly Tensor[], known: FoldedWeights): Tensor | null {
  const [output] = node.outputs;
  const [first] = operands;
  if (output === undefined || first === undefined) return null;
  if (isNode(node, 'reshape')) return new Tensor(first.data, output.knownShape, first.dtype);
  if (isNode(node, 'transpose')) {
    return once(known, first, `transpose ${node.attributes.permutation.join()}`, () => foldNode(node, operands));
  }
  if (!isNode(node, 'multiply')) return null;
  // A product larger than its operands would only repeat their elements.
  const large = operands.find(({ size }) => size === sizeOf(output.knownShape));
  const other = operands.find((operand) => operand !== large);
  if (large === undefined || other === undefined) return null;
  if (other.size > MAX_COMPARED_ELEMENTS) return foldNode(node, operands);
  return once(known, large, `multiply ${other.shape.join()} ${other.data.join()}`, () => foldNode(node, operands));
}

/** The result of an operation on a tensor, computed once for the same elements and shape. */
function once(known: FoldedWeights, from: Tensor, operation: string, make: () => Tensor | null): Tensor | null {
  const entries = known.get(from.data) ?? new Map<string, Tensor>();
  known.set(from.data, entries);
  const key = `${from.shape.join()} ${operation}`;
  const made = entries.get(key) ?? make();
  if (made !== null) entries.set(key, made);
  return made;
}
