import { sizeOf } from '../../core/shape.ts';
import type { Graph } from '../graph/graph.ts';
import { createNode } from '../graph/node.ts';
import { rewriteGraph } from '../graph/rewrite.ts';
import { Users } from '../graph/users.ts';
import { type Node, type Value, isNode } from '../ir/value.ts';

/** A value that keeps its batch axis and joins the other axes in another order: reshape(transpose(source)). */
interface Flattened {
  readonly source: Value;
  /** For each axis of the transposed value after the batch axis, the axis of the source, counted from 0 after the batch. */
  readonly order: readonly number[];
}

/**
 * Permutes the weights of a product instead of transposing its other operand.
 *
 * Between convolutions, which are channels first, and a dense layer, whose weights are in channels-last order, there is a
 * transpose of the activations, and another of their gradient. The weights are smaller than a batch of activations:
 *
 *     flatten(transpose(x)) · W = flatten(x) · permuted(W)
 */
export function permuteWeights(graph: Graph): Graph {
  const users = new Users(graph);
  return rewriteGraph(graph, (node, inputs) => {
    if (isNode(node, 'matmul')) return permuteInProduct(node, inputs);
    if (isNode(node, 'transpose')) return permuteInGradient(node, inputs, users);
    return null;
  });
}

function permuteInProduct(node: Node<'matmul'>, inputs: readonly Value[]): readonly Value[] | null {
  const [a, b] = inputs;
  const { transposeA, transposeB } = node.attributes;
  if (a === undefined || b === undefined || transposeB || a.rank !== 2 || b.rank !== 2) return null;
  const flat = flattened(a);
  if (flat === null) return null;
  const plain = createNode('reshape', [flat.source], { shape: a.shape })[0];
  const sizes = flat.order.map((axis) => flat.source.knownShape[axis + 1] ?? 1);
  if (!transposeA) {
    if (sizeOf(b.knownShape) >= sizeOf(a.knownShape)) return null;
    return createNode('matmul', [plain, permuteRows(b, sizes, inverse(flat.order))], node.attributes);
  }
  // The gradient of the weights is in the order of the source, and is permuted to that of the weights.
  const [product] = createNode('matmul', [plain, b], node.attributes);
  if (sizeOf(product.knownShape) >= sizeOf(a.knownShape)) return null;
  return [permuteRows(product, flat.source.knownShape.slice(1), flat.order)];
}

/** transpose(reshape(d · Wᵀ)): the gradient of the value before it was flattened. */
function permuteInGradient(node: Node<'transpose'>, inputs: readonly Value[], users: Users): readonly Value[] | null {
  const [reshaped] = inputs;
  const [product] = reshaped?.node.inputs ?? [];
  if (reshaped === undefined || product === undefined || !isNode(reshaped.node, 'reshape')) return null;
  if (!isNode(product.node, 'matmul') || users.isShared(product)) return null;
  const [d, weights] = product.node.inputs;
  const { permutation } = node.attributes;
  const fits = product.rank === 2 && product.shape[0] === reshaped.shape[0] && permutation[0] === 0;
  if (!fits || d === undefined || weights === undefined || !product.node.attributes.transposeB) return null;
  if (weights.rank !== 2 || sizeOf(weights.knownShape) >= sizeOf(product.knownShape)) return null;
  const order = permutation.slice(1).map((axis) => axis - 1);
  const permuted = permuteRows(weights, reshaped.knownShape.slice(1), order);
  const [result] = createNode('matmul', [d, permuted], product.node.attributes);
  return createNode('reshape', [result], { shape: permutation.map((axis) => reshaped.knownShape[axis] ?? 1) });
}

function flattened(value: Value): Flattened | null {
  const [transposed] = value.node.inputs;
  const [source] = transposed?.node.inputs ?? [];
  if (!isNode(value.node, 'reshape') || transposed === undefined || source === undefined) return null;
  if (!isNode(transposed.node, 'transpose') || value.shape[0] !== transposed.shape[0]) return null;
  const { permutation } = transposed.node.attributes;
  if (permutation[0] !== 0) return null;
  return { source, order: permutation.slice(1).map((axis) => axis - 1) };
}

/** Permutes the rows of a matrix, which enumerate axes of the given sizes, to another order of the axes. */
function permuteRows(matrix: Value, sizes: readonly number[], order: readonly number[]): Value {
  const columns = matrix.knownShape[1] ?? 1;
  const [split] = createNode('reshape', [matrix], { shape: [...sizes, columns] });
  const [moved] = createNode('transpose', [split], { permutation: [...order, order.length] });
  return createNode('reshape', [moved], { shape: matrix.shape })[0];
}

function inverse(order: readonly number[]): readonly number[] {
  return order.map((_, axis) => order.indexOf(axis));
}
