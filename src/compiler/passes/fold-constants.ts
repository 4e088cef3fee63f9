import { type TypedArray, convert } from '../../core/dtype.ts';
import { type KnownShape, sizeOf, stridesOf } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import { constant } from '../graph/leaves.ts';
import type { PrimitiveName } from '../graph/primitives.ts';
import { rewriteGraph } from '../graph/rewrite.ts';
import { type Node, type Value, isNode } from '../graph/value.ts';

/** Larger constants are left to the engine, which computes them once when the session is made. */
const FOLDED_ELEMENTS = 4096;

const UNARY: Partial<Record<PrimitiveName, (x: number) => number>> = {
  negate: (x) => -x,
  abs: Math.abs,
  floor: Math.floor,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  reciprocal: (x) => 1 / x,
  relu: (x) => Math.max(x, 0),
  step: (x) => (x > 0 ? 1 : 0),
  logicalNot: (x) => (x === 0 ? 1 : 0),
  stopGradient: (x) => x,
  reshape: Number,
};

const BINARY: Partial<Record<PrimitiveName, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  power: (a, b) => a ** b,
  maximum: (a, b) => Math.max(a, b),
  minimum: (a, b) => Math.min(a, b),
  equal: (a, b) => (a === b ? 1 : 0),
  less: (a, b) => (a < b ? 1 : 0),
  lessEqual: (a, b) => (a <= b ? 1 : 0),
  logicalAnd: (a, b) => a * b,
  logicalOr: (a, b) => Math.max(a, b),
};

/** Computes what depends on constants alone, where it is small. */
export function foldConstants(graph: Graph): Graph {
  return foldConstantsUpTo(graph, FOLDED_ELEMENTS);
}

/** Computes what depends on constants alone, of which none has more elements than that. */
export function foldConstantsUpTo(graph: Graph, elements: number): Graph {
  return rewriteGraph(graph, (node, inputs) => {
    const operands = inputs.map((value) => constantOf(value));
    const [output] = node.outputs;
    if (output === undefined || operands.length === 0) return null;
    if (!operands.every((operand) => operand !== null)) return null;
    if (sizeOf(output.knownShape) > elements || operands.some((operand) => operand.size > elements)) return null;
    const folded = foldNode(node, operands);
    return folded === null ? null : [constant(folded)];
  });
}

/** What a node of one output gives for these operands; null where it is not folded. */
export function foldNode(node: Node, operands: readonly Tensor[]): Tensor | null {
  const [output] = node.outputs;
  if (output === undefined) return null;
  const data = fold(node, operands, output.knownShape);
  return data === null ? null : new Tensor(convert(data, output.dtype), output.knownShape, output.dtype);
}

/** The elements of a constant, or null for anything else. */
export function constantOf(value: Value): Tensor | null {
  return isNode(value.node, 'constant') ? value.node.attributes.tensor : null;
}

/** The number that a constant consists of, or null if it is no constant or has several. */
export function uniformOf(value: Value): number | null {
  const found = constantOf(value);
  const [first] = found?.data ?? [];
  if (found === null || first === undefined || found.size > FOLDED_ELEMENTS) return null;
  return found.data.every((entry) => entry === first) ? first : null;
}

function fold(node: Node, operands: readonly Tensor[], shape: KnownShape): TypedArray | null {
  const [a, b] = operands;
  if (a === undefined) return null;
  if (isNode(node, 'cast')) {
    const { dtype } = node.attributes;
    return dtype === 'int32' || dtype === 'uint8' ? Float64Array.from(a.data, Math.trunc) : a.data;
  }
  const unary = UNARY[node.primitive];
  if (unary !== undefined) return Float64Array.from(a.data, unary);
  if (isNode(node, 'broadcastTo')) return spread(a.data, stridesFrom(a, shape), shape);
  if (isNode(node, 'transpose')) {
    const strides = stridesOf(a.shape);
    return spread(
      a.data,
      node.attributes.permutation.map((axis) => strides[axis] ?? 0),
      shape,
    );
  }
  const binary = BINARY[node.primitive];
  if (binary === undefined || b === undefined) return null;
  const [x, y] = [a, b].map((operand) => spread(operand.data, stridesFrom(operand, shape), shape));
  if (x === undefined || y === undefined) return null;
  return Float64Array.from(x, (entry, i) => binary(entry, y[i] ?? NaN));
}

/** How far apart neighbours on each axis of `shape` lie in a tensor that is repeated to it by NumPy's rule. */
function stridesFrom(from: Tensor, shape: KnownShape): readonly number[] {
  const own = stridesOf(from.shape).map((stride, axis) => (from.shape[axis] === 1 ? 0 : stride));
  return [...new Array<number>(shape.length - from.rank).fill(0), ...own];
}

/** The elements of `data` in the order of `shape`, neighbours on axis i `strides[i]` apart. */
function spread(data: TypedArray, strides: readonly number[], shape: KnownShape): Float64Array {
  const spreadData = new Float64Array(sizeOf(shape));
  const position = shape.map(() => 0);
  let at = 0;
  for (let i = 0; i < spreadData.length; i++) {
    spreadData[i] = data[at] ?? NaN;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [next, stride] = [(position[axis] ?? 0) + 1, strides[axis] ?? 0];
      at += stride;
      if (next < (shape[axis] ?? 1)) {
        position[axis] = next;
        break;
      }
      at -= next * stride;
      position[axis] = 0;
    }
  }
  return spreadData;
}
