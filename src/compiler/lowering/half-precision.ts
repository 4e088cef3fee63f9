import { DataType, type OnnxGraph, type OnnxNode } from '../onnx/index.ts';
import { sizeOf } from '../../core/shape.ts';
import { familyOf } from '../ir/primitives.ts';
import { type Node, type Value, isNode } from '../ir/value.ts';
import { eliminateDeadCode } from './dead-code-elimination.ts';
import { ValueTypes } from './legalize/value-types.ts';

/**
 * The operators that are computed in half precision, if the policy of their layer says so. Sums, means, exponentials, divisions
 * and comparisons stay in float32.
 */
const COMPUTED: ReadonlySet<string> = new Set([
  ...['Conv', 'ConvTranspose', 'MatMul', 'Gemm', 'MaxPool', 'Add', 'Sub', 'Mul', 'Neg', 'Abs', 'Min', 'Max', 'Clip'],
  ...['Relu', 'LeakyRelu', 'Sigmoid', 'Tanh', 'Where'],
]);

/** The operators that only move elements: what is in half precision stays in it. */
const MOVED: ReadonlySet<string> = new Set([
  ...['Reshape', 'Transpose', 'Concat', 'Slice', 'Split', 'Pad', 'Expand', 'Squeeze', 'Unsqueeze', 'Flatten', 'Gather'],
]);

const { FLOAT, FLOAT16 } = DataType;

/**
 * The graph with some of its nodes in half precision: their float32 operands are rounded to float16, and so are their results.
 * A value is converted once, and not at all between two of these nodes.
 *
 * @param halves the names of the nodes before legalization, which names the nodes that it adds after the one that they replace
 */
export function toHalfPrecision(graph: OnnxGraph, halves: ReadonlySet<string>): OnnxGraph {
  const types = new ValueTypes(graph);
  const nodes: OnnxNode[] = [];
  /** The float16 forms of float32 values. */
  const rounded = new Map<string, string>();
  /** The results in half precision, which are no more exact than their float16 forms. */
  const results = new Set<string>();
  /** Constants to pad with. */
  const numbers = new Set(graph.initializers.filter(({ dims }) => dims.length === 0).map(({ name }) => name));

  const cast = (from: string, to: string, type: number): void => {
    const attributes = { to: { type: 'int', value: type } } as const;
    nodes.push({ name: `${to}.Cast`, opType: 'Cast', domain: '', inputs: [from], outputs: [to], attributes });
  };
  const inHalf = (name: string): string => {
    const known = rounded.get(name);
    if (known !== undefined) return known;
    const made = `${name}.float16`;
    cast(name, made, FLOAT16);
    rounded.set(name, made);
    return made;
  };
  const add = (node: OnnxNode): void => {
    const inputs = node.inputs.map((name) => (types.of(name) === FLOAT ? inHalf(name) : name));
    const outputs = node.outputs.map((name) => (types.of(name) === FLOAT ? `${name}.float16` : name));
    nodes.push({ ...node, inputs, outputs });
    for (const [i, name] of node.outputs.entries()) {
      const made = outputs[i] ?? name;
      if (made === name) continue;
      rounded.set(name, made);
      results.add(name);
      // Dead code unless somebody reads the value in float32.
      cast(made, name, FLOAT);
    }
  };

  for (const node of graph.nodes) {
    types.add(node);
    const [first = ''] = node.inputs;
    const isComputed = COMPUTED.has(node.opType) && halves.has(originOf(node.name)) && types.ofData(node) === FLOAT;
    const isMoved =
      MOVED.has(node.opType) &&
      results.has(first) &&
      node.inputs.every((name) => types.of(name) !== FLOAT || results.has(name) || numbers.has(name));
    if (isComputed || isMoved) add(node);
    else nodes.push(node);
  }
  const outputs = graph.outputs.map(({ name }) => name);
  return { ...graph, nodes: eliminateDeadCode(nodes, outputs) };
}

/** The node before legalization that a node replaces, or is. */
const originOf = (name: string): string => name.split('.', 1)[0] ?? name;

/** The most terms that are added in float16, whose 11 bits count no further than to 2048. */
const MOST_TERMS = 1024;

/** The families of primitives without sums of their own. */
const FAMILIES: ReadonlySet<string> = new Set(['elementwise', 'movement', 'pooling']);

/** Whether a node may be computed in half precision: it adds no more numbers than that can count. */
export function fitsHalfPrecision(node: Node): boolean {
  const { inputs } = node;
  if (isNode(node, 'matmul')) return termsAlong(inputs[0], node.attributes.transposeA ? -2 : -1) <= MOST_TERMS;
  if (isNode(node, 'conv')) return sizeOf(inputs[1]?.knownShape.slice(1) ?? []) <= MOST_TERMS;
  // The axis of the input's channels in a kernel, and that of the output's channels in its gradient, are not summed.
  if (isNode(node, 'convInputGradient') || isNode(node, 'convKernelGradient')) {
    return sizeOf(inputs[1]?.knownShape ?? []) / termsAlong(inputs[1], 1) <= MOST_TERMS;
  }
  return FAMILIES.has(familyOf(node.primitive));
}

const termsAlong = (value: Value | undefined, axis: number): number => value?.knownShape.at(axis) ?? 1;
