import { convert } from '../../core/dtype.ts';
import { Tensor } from '../../core/tensor.ts';
import { type Graph, copyScope } from '../graph/graph.ts';
import { constant, constantOf } from '../graph/leaves.ts';
import { createNode } from '../graph/node.ts';
import { rewriteGraph } from '../graph/rewrite.ts';
import { Users } from '../graph/users.ts';
import { type Node, type Value, isNode } from '../ir/value.ts';

/** y = scale · x + offset, with one number per channel. */
interface AffineMap {
  readonly scale: Float64Array;
  readonly offset: Float64Array;
}

/**
 * Folds a scale and offset per channel, such as a normalization by moving statistics, into the convolution or matrix
 * product before it: scale · (x ∗ K + b) + offset = x ∗ (scale · K) + (scale · b + offset). For graphs whose weights are
 * constants. Nothing changes where the result of the convolution is also used elsewhere.
 */
export function foldAffineMaps(graph: Graph): Graph {
  const users = new Users(graph);
  const isShared = (value: Value): boolean => constantOf(value) === null && users.isShared(value);
  return rewriteGraph(graph, (node, inputs) => {
    if (!isNode(node, 'normalize') && !isNode(node, 'multiply')) return null;
    // A multiplication may have its constant on either side.
    const at = inputs.findIndex((value) => constantOf(value) === null);
    const [before, x] = [node.inputs[at], inputs[at]];
    if (before === undefined || x === undefined || isShared(before)) return null;
    const found = productOf(x);
    if (found === null || (found.bias !== null && before.node.inputs.some(isShared))) return null;
    const channels = found.product.shape[found.axis] ?? 0;
    const map = mapOf(node, inputs.toSpliced(at, 1), found.axis, channels);
    const bias = found.bias === null ? new Float64Array(channels) : coefficient(found.bias, found.axis, channels, x);
    if (map === null || bias === null) return null;
    return [merge(found, map, bias)];
  });
}

interface Product {
  /** The result of the convolution or matrix product. */
  readonly product: Value;
  readonly bias: Value | null;
  /** The axis of the channels. */
  readonly axis: number;
}

function productOf(x: Value): Product | null {
  const axis = channelAxis(x.node);
  if (axis !== null) return { product: x, bias: null, axis };
  if (!isNode(x.node, 'add')) return null;
  const [a, b] = x.node.inputs;
  if (a === undefined || b === undefined) return null;
  const [product, bias] = constantOf(b) === null ? [b, a] : [a, b];
  const ofProduct = channelAxis(product.node);
  return ofProduct === null || constantOf(bias) === null ? null : { product, bias, axis: ofProduct };
}

function channelAxis(node: Node): number | null {
  if (isNode(node, 'conv')) return 1;
  // A grouped transposed convolution interleaves its channels.
  if (isNode(node, 'convInputGradient')) return node.attributes.groups === 1 ? 1 : null;
  const [kernel] = node.inputs.slice(1);
  const [output] = node.outputs;
  return isNode(node, 'matmul') && kernel?.rank === 2 && output !== undefined ? output.rank - 1 : null;
}

function mapOf(node: Node, coefficients: readonly Value[], axis: number, channels: number): AffineMap | null {
  const [output] = node.outputs;
  if (output === undefined) return null;
  const vectors = coefficients.map((value) => coefficient(value, axis, channels, output));
  if (isNode(node, 'multiply')) {
    const [scale] = vectors;
    return scale === null || scale === undefined ? null : { scale, offset: new Float64Array(channels) };
  }
  const [mean, scale, offset] = vectors;
  if (mean === null || scale === null || offset === null) return null;
  if (mean === undefined || scale === undefined || offset === undefined) return null;
  return { scale, offset: offset.map((entry, i) => entry - (mean[i] ?? 0) * (scale[i] ?? 0)) };
}

/** A constant with one number per channel of `like`, or one for all; null for any other value. */
function coefficient(value: Value, axis: number, channels: number, like: Value): Float64Array | null {
  const found = constantOf(value);
  if (found === null || found.rank > like.rank) return null;
  const own = axis - (like.rank - found.rank);
  if (found.shape.some((size, i) => size !== 1 && i !== own)) return null;
  const { data } = found;
  return Float64Array.from({ length: channels }, (_, i) => data[data.length === 1 ? 0 : i] ?? NaN);
}

function merge({ product, axis }: Product, { scale, offset }: AffineMap, bias: Float64Array): Value {
  const { node } = product;
  const [x, kernel] = node.inputs;
  if (x === undefined || kernel === undefined) return product;
  const vector = (entries: Float64Array, rank: number, at: number): Value => {
    const shape = Array.from({ length: rank }, (_, i) => (i === at ? entries.length : 1));
    return constant(new Tensor(convert(entries, product.dtype), shape, product.dtype));
  };
  const [scaled] = createNode('multiply', [kernel, vector(scale, kernel.rank, kernelAxis(node))], {});
  const [merged] = createNode(node.primitive, [x, scaled], node.attributes);
  copyScope(merged.node, node);
  const shift = bias.map((entry, i) => entry * (scale[i] ?? 0) + (offset[i] ?? 0));
  return createNode('add', [merged, vector(shift, product.rank, axis)], {})[0];
}

/** The axis of a kernel that enumerates the output channels. */
function kernelAxis(node: Node): number {
  if (isNode(node, 'conv')) return 0;
  if (isNode(node, 'convInputGradient')) return 1;
  return isNode(node, 'matmul') && node.attributes.transposeB ? 0 : 1;
}
