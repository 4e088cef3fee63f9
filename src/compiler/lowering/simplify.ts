import { sizeOf } from '../../core/shape.ts';
import {
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  integersOf,
  namesReadBy,
  renameReads,
} from '../onnx/index.ts';
import { eliminateDeadCode } from './dead-code-elimination.ts';

/**
 * The graph without nodes that compute what another node does, reshapes of reshapes, and reshapes of constants, of which rules
 * emit many, as each knows its own operands alone. One pass over the nodes.
 */
export function simplifyGraph(graph: OnnxGraph): OnnxGraph {
  const constants = new Map<string, OnnxTensor>(graph.initializers.map((each) => [each.name, each]));
  const results = new Set(graph.outputs.map(({ name }) => name));
  const renamed = new Map<string, string>();
  const known = new Map<string, OnnxNode>();
  /** The operand of each reshape, by its result. */
  const reshaped = new Map<string, string>();
  const nodes: OnnxNode[] = [];
  for (const each of graph.nodes) {
    const isResult = each.outputs.some((name) => results.has(name));
    const read = renameReads(each, (name) => renamed.get(name) ?? name);
    const [x = '', dims = ''] = read.inputs;
    const source = isPlainReshape(each, constants.get(dims)) ? reshaped.get(x) : undefined;
    const node = source === undefined ? read : { ...read, inputs: [source, dims] };
    const view = isResult ? null : reshapeConstant(node, constants);
    if (view !== null) {
      constants.set(view.name, view);
      continue;
    }
    const key = keyOf(node);
    const equal = key === null || isResult ? undefined : known.get(key);
    if (equal !== undefined) {
      for (const [i, name] of node.outputs.entries()) renamed.set(name, equal.outputs[i] ?? name);
      continue;
    }
    if (key !== null) known.set(key, node);
    if (node.opType === 'Reshape') reshaped.set(node.outputs[0] ?? '', node.inputs[0] ?? '');
    nodes.push(node);
  }
  const kept = eliminateDeadCode(nodes, [...results]);
  const used = new Set(kept.flatMap(namesReadBy));
  return { ...graph, nodes: kept, initializers: [...constants.values()].filter(({ name }) => used.has(name)) };
}

/** The constant that a reshape of a constant results in; null for other nodes. */
export function reshapeConstant(
  { opType, inputs, outputs }: OnnxNode,
  constants: ReadonlyMap<string, OnnxTensor>,
): OnnxTensor | null {
  const [from, dims] = [constants.get(inputs[0] ?? ''), integersOf(constants.get(inputs[1] ?? ''))];
  if (opType !== 'Reshape' || from === undefined || dims === null) return null;
  // −1 and 0 are not sizes but stand for an inferred and a copied size.
  if (dims.some((size) => size <= 0) || sizeOf(dims) !== sizeOf(from.dims)) return null;
  return { ...from, name: outputs[0] ?? '', dims };
}

/** Whether a node is a reshape whose result depends on the elements of its operand alone, not on a size that it copies. */
function isPlainReshape({ opType, attributes }: OnnxNode, dims: OnnxTensor | undefined): boolean {
  if (opType !== 'Reshape') return false;
  return attributes['allowzero']?.value === 1 || integersOf(dims)?.includes(0) === false;
}

/** A string that nodes share which compute the same; null for nodes with large attributes. */
function keyOf({ opType, domain, inputs, outputs, attributes }: OnnxNode): string | null {
  const written = Object.entries(attributes).map(([name, { type, value }]) =>
    isSmall(type) ? `${name}:${type}=${JSON.stringify(value)}` : null,
  );
  if (written.includes(null)) return null;
  // A node with fewer outputs computes less.
  const present = outputs.map((name) => (name === '' ? 0 : 1)).join('');
  return `${domain} ${opType} ${inputs.join(' ')} ${present} ${written.join(' ')}`;
}

const isSmall = (type: OnnxAttribute['type']): boolean => type !== 'tensor' && type !== 'graph';
