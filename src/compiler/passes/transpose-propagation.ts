import { sizeOf } from '../../core/shape.ts';
import { type Graph, copyScope } from '../graph/graph.ts';
import { createNode } from '../graph/node.ts';
import { isElementwise } from '../ir/primitives.ts';
import { rewriteGraph } from '../graph/rewrite.ts';
import { isNode, type Node, type PrimitiveAttributes, type Value } from '../ir/value.ts';

type Permutation = readonly number[];

/** An operand at least this many times smaller than the result may be transposed to match the other operands. */
const SMALL_FACTOR = 8;

/**
 * Moves transposes towards the results, through every primitive that can work in another order of axes, so that those
 * between two channels-first primitives meet their inverses and cancel. Models are channels last; the CPU engine works
 * channels first.
 */
export function propagateTransposes(graph: Graph): Graph {
  return rewriteGraph(graph, (node, inputs) => {
    if (isNode(node, 'transpose')) return composeTransposes(inputs, node.attributes.permutation);
    if (isNode(node, 'matmul')) return foldIntoMatmul(inputs, node.attributes);
    if (!inputs.some((value) => value.node.primitive === 'transpose')) return null;
    // A transpose of the operands of an elementwise primitive is a transpose of its result.
    if (isElementwise(node.primitive) || node.primitive === 'normalize') return throughElementwise(node, inputs);
    return throughAxes(node, inputs);
  });
}

/** The permutation and the operand of a transpose; null for any other value. */
function unwrap(value: Value): { permutation: Permutation; source: Value } | null {
  const [source] = value.node.inputs;
  if (!isNode(value.node, 'transpose') || source === undefined) return null;
  return { permutation: value.node.attributes.permutation, source };
}

function transposed(value: Value, permutation: Permutation): Value {
  if (permutation.every((axis, i) => axis === i)) return value;
  const moved = permutation.filter((axis) => value.shape[axis] !== 1);
  if (moved.every((axis, i) => i === 0 || axis > (moved[i - 1] ?? -1))) {
    return createNode('reshape', [value], { shape: permutation.map((axis) => value.shape[axis] ?? null) })[0];
  }
  return createNode('transpose', [value], { permutation })[0];
}

function inverse(permutation: Permutation): number[] {
  const result = new Array<number>(permutation.length);
  for (const [i, axis] of permutation.entries()) result[axis] = i;
  return result;
}

function composeTransposes(inputs: readonly Value[], permutation: Permutation): readonly Value[] | null {
  const [value] = inputs;
  const inner = value === undefined ? null : unwrap(value);
  if (inner === null) return null;
  return [
    transposed(
      inner.source,
      permutation.map((axis) => inner.permutation[axis] ?? 0),
    ),
  ];
}

function throughElementwise(node: Node, inputs: readonly Value[]): readonly Value[] | null {
  const [output] = node.outputs;
  if (output === undefined) return null;
  const rank = output.rank;
  const leading = inputs
    .map(unwrap)
    .filter((found) => found !== null)
    .filter((found) => found.permutation.length === rank)
    .sort((a, b) => sizeOf(b.source.knownShape) - sizeOf(a.source.knownShape))[0];
  if (leading === undefined) return null;
  const { permutation } = leading;
  const back = inverse(permutation);
  const operands: Value[] = [];
  for (const value of inputs) {
    const own = unwrap(value);
    if (own?.permutation.every((axis, i) => axis === permutation[i]) === true && own.permutation.length === rank) {
      operands.push(own.source);
    } else if (sizeOf(value.knownShape) * SMALL_FACTOR <= sizeOf(output.knownShape) || sizeOf(value.knownShape) === 1) {
      operands.push(value.rank === 0 ? value : transposed(padRank(value, rank), back));
    } else {
      return null;
    }
  }
  const outputs = createNode(node.primitive, operands, node.attributes);
  copyScope(outputs[0].node, node);
  return outputs.map((value) => transposed(value, permutation));
}

/** The value with leading axes of size 1 added, up to a rank. */
function padRank(value: Value, rank: number): Value {
  if (value.rank === rank) return value;
  const shape = [...new Array<number>(rank - value.rank).fill(1), ...value.shape];
  return createNode('reshape', [value], { shape })[0];
}

/** Primitives that name axes: applied to the axes of the source, followed by a transpose of the result. */
function throughAxes(node: Node, inputs: readonly Value[]): readonly Value[] | null {
  const [value] = inputs;
  const inner = value === undefined ? null : unwrap(value);
  if (inner === null) return null;
  const { permutation, source } = inner;
  const back = inverse(permutation);
  const mapAxes = (axes: readonly number[]): number[] =>
    axes.map((axis) => permutation[axis] ?? 0).sort((a, b) => a - b);
  const reorder = <T>(list: readonly T[], fallback: T): T[] => back.map((axis) => list[axis] ?? fallback);

  if (
    isNode(node, 'reduceSum') ||
    isNode(node, 'reduceMean') ||
    isNode(node, 'reduceMax') ||
    isNode(node, 'reduceMin')
  ) {
    const { keepDims } = node.attributes;
    const axes = mapAxes(node.attributes.axes);
    const [reduced] = createNode(node.primitive, [source], { axes, keepDims });
    return [transposed(reduced, keepDims ? permutation : remaining(permutation, axes))];
  }
  if (isNode(node, 'moments')) {
    const outputs = createNode('moments', [source], { ...node.attributes, axes: mapAxes(node.attributes.axes) });
    return outputs.map((output) => transposed(output, permutation));
  }
  if (isNode(node, 'standardize')) {
    const coefficients = inputs.slice(1).map((coefficient) => transposed(coefficient, back));
    const attributes = { ...node.attributes, axes: mapAxes(node.attributes.axes) };
    const outputs = createNode('standardize', [source, ...coefficients], attributes);
    return outputs.map((output) => transposed(output, permutation));
  }
  if (isNode(node, 'softmax') || isNode(node, 'logSoftmax')) {
    const [output] = createNode(node.primitive, [source], { axis: permutation[node.attributes.axis] ?? 0 });
    return [transposed(output, permutation)];
  }
  if (isNode(node, 'pad')) {
    const { before, after, between } = node.attributes;
    const moved = { before: reorder(before, 0), after: reorder(after, 0), between: reorder(between, 0) };
    return [transposed(createNode('pad', [source], moved)[0], permutation)];
  }
  if (isNode(node, 'slice')) {
    const { starts, ends, strides } = node.attributes;
    const moved = { starts: reorder(starts, 0), ends: reorder(ends, 0), strides: reorder(strides, 1) };
    return [transposed(createNode('slice', [source], moved)[0], permutation)];
  }
  if (isNode(node, 'concatenate')) {
    const others = inputs.map(unwrap);
    if (!others.every((other) => other?.permutation.join() === permutation.join())) return null;
    const sources = others.flatMap((other) => (other === null ? [] : [other.source]));
    const [joined] = createNode('concatenate', sources, { axis: permutation[node.attributes.axis] ?? 0 });
    return [transposed(joined, permutation)];
  }
  return null;
}

/** The permutation of the axes that remain after a reduction of `axes` (of the source). */
function remaining(permutation: Permutation, axes: readonly number[]): number[] {
  const left = permutation.filter((axis) => !axes.includes(axis));
  const sorted = [...left].sort((a, b) => a - b);
  return left.map((axis) => sorted.indexOf(axis));
}

/** A matrix product reads its operands transposed at no cost. */
function foldIntoMatmul(inputs: readonly Value[], attributes: PrimitiveAttributes['matmul']): readonly Value[] | null {
  const [a, b] = inputs;
  if (a === undefined || b === undefined) return null;
  const [left, right] = [swapsLastTwo(a), swapsLastTwo(b)];
  if (left === null && right === null) return null;
  return createNode('matmul', [left ?? a, right ?? b], {
    transposeA: left === null ? attributes.transposeA : !attributes.transposeA,
    transposeB: right === null ? attributes.transposeB : !attributes.transposeB,
  });
}

function swapsLastTwo(value: Value): Value | null {
  const inner = unwrap(value);
  if (inner === null) return null;
  const rank = inner.permutation.length;
  const swaps = inner.permutation.every((axis, i) =>
    i === rank - 1 ? axis === rank - 2 : i === rank - 2 ? axis === rank - 1 : axis === i,
  );
  return rank >= 2 && swaps ? inner.source : null;
}
