import { broadcastShapes, sameShape } from '../../core/shape.ts';
import type { Graph } from '../graph/graph.ts';
import { createNode } from '../graph/node.ts';
import { rewriteGraph, withInputs } from '../graph/rewrite.ts';
import { type WindowAttributes, isElementwise } from '../ir/primitives.ts';
import { type Node, type Value, isNode } from '../ir/value.ts';
import { uniformOf } from './constant-folding.ts';

/** Whether the operands broadcast, so that explicit broadcasting before the node is redundant. */
const broadcasts = (node: Node): boolean => isElementwise(node.primitive) && node.inputs.length > 1;

/**
 * Removes operations without effect: x + 0, x · 1, a reshape of a reshape, a `broadcastTo` of an operand that broadcasts, or a
 * reshape that adds the axes that broadcasting adds.
 */
export function simplifyAlgebra(graph: Graph): Graph {
  return rewriteGraph(graph, (node, operands) => {
    const inputs = broadcasts(node) ? withoutBroadcasts(node, operands) : operands;
    const replaced = simplifyNode(node, inputs) ?? mapBeforeReshape(node, inputs);
    if (replaced !== null) return [replaced];
    return inputs === operands ? null : withInputs(node, inputs);
  });
}

/** The operands without `broadcastTo` and without reshapes that add leading axes, as long as the result keeps its shape. */
function withoutBroadcasts(node: Node, inputs: readonly Value[]): readonly Value[] {
  const [output] = node.outputs;
  if (output === undefined) return inputs;
  let current = inputs;
  for (const [i, value] of inputs.entries()) {
    const [source] = value.node.inputs;
    if (source === undefined || !(isNode(value.node, 'broadcastTo') || addsLeadingAxes(value))) continue;
    const candidate = current.with(i, source);
    const shape = candidate.reduce<readonly (number | null)[] | null>(
      (joined, operand) => (joined === null ? null : broadcastShapes(joined, operand.shape)),
      [],
    );
    if (shape !== null && sameShape(shape, output.shape)) current = candidate;
  }
  return current;
}

/** Whether a value is another one with axes of size 1 before its own. */
function addsLeadingAxes({ node, shape }: Value): boolean {
  const [source] = node.inputs;
  if (node.primitive !== 'reshape' || source === undefined || source.rank >= shape.length) return false;
  const added = shape.length - source.rank;
  return shape.slice(0, added).every((size) => size === 1) && sameShape(shape.slice(added), source.shape);
}

/** A map of elements before leading axes are added, where they may become redundant in the next operation. */
function mapBeforeReshape(node: Node, inputs: readonly Value[]): Value | null {
  if (!isElementwise(node.primitive)) return null;
  const mapped = inputs.filter(({ rank }) => rank > 0);
  const [value] = mapped;
  const [source] = value?.node.inputs ?? [];
  if (value === undefined || source === undefined || mapped.length > 1 || !addsLeadingAxes(value)) return null;
  const [inner] = createNode(
    node.primitive,
    inputs.map((each) => (each === value ? source : each)),
    node.attributes,
  );
  return createNode('reshape', [inner], { shape: value.shape })[0];
}

function simplifyNode(node: Node, inputs: readonly Value[]): Value | null {
  const [a, b] = inputs;
  const [output] = node.outputs;
  if (a === undefined || output === undefined) return null;
  const keepsA = sameShape(a.shape, output.shape);
  switch (node.primitive) {
    case 'stopGradient':
    case 'customGradient':
      return a;
    case 'cast':
      return a.dtype === output.dtype ? a : null;
    case 'reshape':
      return simplifyReshape(a, output);
    case 'broadcastTo':
      return keepsA ? a : null;
    case 'transpose':
      return simplifyTranspose(node, a);
    case 'negate':
      return a.node.primitive === 'negate' ? (a.node.inputs[0] ?? null) : null;
    case 'add':
      if (b === undefined) return null;
      if (uniformOf(b) === 0 && keepsA) return a;
      return uniformOf(a) === 0 && sameShape(b.shape, output.shape) ? b : null;
    case 'subtract':
      return b !== undefined && uniformOf(b) === 0 && keepsA ? a : null;
    case 'multiply':
      if (b === undefined) return null;
      if (uniformOf(b) === 1 && keepsA) return a;
      return uniformOf(a) === 1 && sameShape(b.shape, output.shape) ? b : null;
    case 'divide':
    case 'power':
      return b !== undefined && uniformOf(b) === 1 && keepsA ? a : null;
    case 'concatenate':
      return inputs.length === 1 ? a : null;
    case 'conv':
    case 'convKernelGradient':
      return b === undefined ? null : convolvePadded(node, a, b);
    case 'reduceSum':
      return sumBeforeUnpooling(node, a);
    default:
      return null;
  }
}

function simplifyReshape(a: Value, output: Value): Value | null {
  if (sameShape(a.shape, output.shape)) return a;
  const [inner] = a.node.inputs;
  if (a.node.primitive !== 'reshape' || inner === undefined) return null;
  if (sameShape(inner.shape, output.shape)) return inner;
  return createNode('reshape', [inner], { shape: output.shape })[0];
}

/** A transpose that moves only axes of size 1 keeps the order of the elements: it is a reshape. */
function simplifyTranspose(node: Node, a: Value): Value | null {
  if (!isNode(node, 'transpose')) return null;
  const { permutation } = node.attributes;
  const [inner] = a.node.inputs;
  if (isNode(a.node, 'transpose') && inner !== undefined) {
    const before = a.node.attributes.permutation;
    const composed = permutation.map((axis) => before[axis] ?? 0);
    if (composed.every((axis, i) => axis === i)) return inner;
    return createNode('transpose', [inner], { permutation: composed })[0];
  }
  const moved = permutation.filter((axis) => a.shape[axis] !== 1);
  if (!moved.every((axis, i) => i === 0 || axis > (moved[i - 1] ?? -1))) return null;
  return createNode('reshape', [a], { shape: permutation.map((axis) => a.shape[axis] ?? null) })[0];
}

/** Merges zero padding before a convolution, or before a transpose before it, into the padding of the convolution. */
function convolvePadded(node: Node, a: Value, b: Value): Value | null {
  const transpose = isNode(a.node, 'transpose') ? a.node : null;
  const source = transpose === null ? a : transpose.inputs[0];
  const [x] = source?.node.inputs ?? [];
  if (source === undefined || x === undefined || !isNode(source.node, 'pad')) return null;
  const { before, after, between } = source.node.attributes;
  const order = transpose?.attributes.permutation ?? before.map((_, axis) => axis);
  const ends = order.map((axis): readonly [number, number] => [before[axis] ?? 0, after[axis] ?? 0]);
  const isSpatial = ends.slice(0, 2).every(([low, high]) => low === 0 && high === 0);
  if (!isSpatial || between.some((zeros) => zeros !== 0) || ends.flat().some((zeros) => zeros < 0)) return null;
  const [unpadded] = transpose === null ? [x] : createNode('transpose', [x], transpose.attributes);
  const widened = (padding: WindowAttributes['padding']): WindowAttributes['padding'] =>
    padding.map(([low, high], i) => [low + (ends[i + 2]?.[0] ?? 0), high + (ends[i + 2]?.[1] ?? 0)]);
  if (isNode(node, 'conv')) {
    return createNode('conv', [unpadded, b], { ...node.attributes, padding: widened(node.attributes.padding) })[0];
  }
  if (!isNode(node, 'convKernelGradient')) return null;
  const padding = widened(node.attributes.padding);
  return createNode('convKernelGradient', [unpadded, b], { ...node.attributes, padding })[0];
}

/** Unpooling moves elements within their planes: a sum over whole planes equals the sum of dy, which is smaller. */
function sumBeforeUnpooling(node: Node, a: Value): Value | null {
  if (!isNode(node, 'reduceSum') || a.node.primitive !== 'maxPoolGradient') return null;
  const { axes } = node.attributes;
  const dy = a.node.inputs[2];
  const wholePlanes = a.shape.every((_, axis) => axis < 2 || axes.includes(axis));
  return dy === undefined || !wholePlanes ? null : createNode('reduceSum', [dy], node.attributes)[0];
}
