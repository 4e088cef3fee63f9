import { sizeOf } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import { constant } from '../graph/leaves.ts';
import { rewriteGraph } from '../graph/rewrite.ts';
import { type Node, isNode } from '../graph/value.ts';
import { constantOf, foldNode } from './fold-constants.ts';

/** Tensors turned before, by their elements and what was done: the graphs of one model share its weights. */
export type FoldedWeights = WeakMap<object, Map<string, Tensor>>;

/**
 * Turns, views and scales constants of any size, so that a file holds weights in the order in which they are used:
 * runtimes other than the engine want the kernel of a convolution to be a constant, not the result of a transpose.
 *
 * `derived` is told which constant each new one was made of.
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

/** Vectors of so many elements are compared by what they hold. */
const COMPARED_ELEMENTS = 4096;

function fold(node: Node, operands: readonly Tensor[], known: FoldedWeights): Tensor | null {
  const [output] = node.outputs;
  const [first] = operands;
  if (output === undefined || first === undefined) return null;
  if (isNode(node, 'reshape')) return new Tensor(first.data, output.knownShape, first.dtype);
  if (isNode(node, 'transpose')) {
    return once(known, first, `transpose ${node.attributes.permutation.join()}`, () => foldNode(node, operands));
  }
  if (!isNode(node, 'multiply')) return null;
  // A product that is larger than what it is made of would only repeat it.
  const large = operands.find(({ size }) => size === sizeOf(output.knownShape));
  const other = operands.find((operand) => operand !== large);
  if (large === undefined || other === undefined) return null;
  if (other.size > COMPARED_ELEMENTS) return foldNode(node, operands);
  return once(known, large, `multiply ${other.shape.join()} ${other.data.join()}`, () => foldNode(node, operands));
}

/** What was made of the elements of a tensor in this way before, or is made now. */
function once(known: FoldedWeights, from: Tensor, way: string, make: () => Tensor | null): Tensor | null {
  const entries = known.get(from.data) ?? new Map<string, Tensor>();
  known.set(from.data, entries);
  const key = `${from.shape.join()} ${way}`;
  const made = entries.get(key) ?? make();
  if (made !== null) entries.set(key, made);
  return made;
}
