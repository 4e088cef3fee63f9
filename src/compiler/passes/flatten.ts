import { sizeOf } from '../../core/shape.ts';
import { type Graph, nodesOf } from '../graph/graph.ts';
import { createNode } from '../graph/node.ts';
import { rewriteGraph } from '../graph/rewrite.ts';
import { type Node, type Value, isNode } from '../graph/value.ts';

/** A value that keeps its batch axis and has the others, in another order, as one: reshape(transpose(source)). */
interface Flattened {
  readonly source: Value;
  /** Without the batch axis: where each axis of the turned value comes from, from 0. */
  readonly order: readonly number[];
}

/**
 * Turns the weights of a product where the other operand was turned to be flattened.
 *
 * Between convolutions, which work channels first, and a dense layer, whose weights are ordered channels last, stands a
 * transpose of the activations, and one of their gradient. The weights are smaller than a batch of activations:
 *
 *     flatten(transpose(x)) · W = flatten(x) · turned(W)
 */
export function turnWeights(graph: Graph): Graph {
  const counts = countUses(graph);
  return rewriteGraph(graph, (node, inputs) => {
    if (isNode(node, 'matmul')) return turnProduct(node, inputs);
    if (isNode(node, 'transpose')) return turnGradient(node, inputs, counts);
    return null;
  });
}

function turnProduct(node: Node<'matmul'>, inputs: readonly Value[]): readonly Value[] | null {
  const [a, b] = inputs;
  const { transposeA, transposeB } = node.attributes;
  if (a === undefined || b === undefined || transposeB || a.rank !== 2 || b.rank !== 2) return null;
  const flat = flattened(a);
  if (flat === null) return null;
  const plain = createNode('reshape', [flat.source], { shape: a.shape })[0];
  const turnedSizes = flat.order.map((axis) => flat.source.knownShape[axis + 1] ?? 1);
  if (!transposeA) {
    if (sizeOf(b.knownShape) >= sizeOf(a.knownShape)) return null;
    return createNode('matmul', [plain, turn(b, turnedSizes, inverse(flat.order))], node.attributes);
  }
  // The gradient of the weights: it comes out in the order of the source, and is turned to that of the weights.
  const [product] = createNode('matmul', [plain, b], node.attributes);
  if (sizeOf(product.knownShape) >= sizeOf(a.knownShape)) return null;
  return [turn(product, flat.source.knownShape.slice(1), flat.order)];
}

/** transpose(reshape(d · Wᵀ)): the gradient of what was flattened. */
function turnGradient(
  node: Node<'transpose'>,
  inputs: readonly Value[],
  counts: ReadonlyMap<Node, number>,
): readonly Value[] | null {
  const [reshaped] = inputs;
  const [product] = reshaped?.node.inputs ?? [];
  if (reshaped === undefined || product === undefined || !isNode(reshaped.node, 'reshape')) return null;
  if (!isNode(product.node, 'matmul') || (counts.get(product.node) ?? 0) > 1) return null;
  const [d, weights] = product.node.inputs;
  const { permutation } = node.attributes;
  const fits = product.rank === 2 && product.shape[0] === reshaped.shape[0] && permutation[0] === 0;
  if (!fits || d === undefined || weights === undefined || !product.node.attributes.transposeB) return null;
  if (weights.rank !== 2 || sizeOf(weights.knownShape) >= sizeOf(product.knownShape)) return null;
  const order = permutation.slice(1).map((axis) => axis - 1);
  const turned = turn(weights, reshaped.knownShape.slice(1), order);
  const [result] = createNode('matmul', [d, turned], product.node.attributes);
  return createNode('reshape', [result], { shape: permutation.map((axis) => reshaped.knownShape[axis] ?? 1) });
}

function flattened(value: Value): Flattened | null {
  const [turned] = value.node.inputs;
  const [source] = turned?.node.inputs ?? [];
  if (!isNode(value.node, 'reshape') || turned === undefined || source === undefined) return null;
  if (!isNode(turned.node, 'transpose') || value.shape[0] !== turned.shape[0]) return null;
  const { permutation } = turned.node.attributes;
  if (permutation[0] !== 0) return null;
  return { source, order: permutation.slice(1).map((axis) => axis - 1) };
}

/** The rows of a matrix, which stand for axes of these sizes, in another order of the axes. */
function turn(matrix: Value, sizes: readonly number[], order: readonly number[]): Value {
  const columns = matrix.knownShape[1] ?? 1;
  const [split] = createNode('reshape', [matrix], { shape: [...sizes, columns] });
  const [moved] = createNode('transpose', [split], { permutation: [...order, order.length] });
  return createNode('reshape', [moved], { shape: matrix.shape })[0];
}

function inverse(order: readonly number[]): readonly number[] {
  return order.map((_, axis) => order.indexOf(axis));
}

function countUses(graph: Graph): ReadonlyMap<Node, number> {
  const counts = new Map<Node, number>();
  const count = (value: Value): void => void counts.set(value.node, (counts.get(value.node) ?? 0) + 1);
  for (const node of nodesOf(graph)) node.inputs.forEach(count);
  graph.outputs.forEach(count);
  for (const { value } of graph.updates) count(value);
  return counts;
}
