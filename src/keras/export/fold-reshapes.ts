import { sizeOf } from '../../core/shape.ts';
import type { OnnxGraph, OnnxNode, OnnxTensor } from '../../compiler/onnx/index.ts';
import { integersOf } from '../../compiler/lowering/symbolic/sampled-constants.ts';

/** Replaces reshaped constants, such as biases, with constants of the new shape, and removes unused constants. */
export function foldReshapes(graph: OnnxGraph): OnnxGraph {
  const constants = new Map<string, OnnxTensor>(graph.initializers.map((each) => [each.name, each]));
  const results = new Set(graph.outputs.map(({ name }) => name));
  const nodes = graph.nodes.filter((node) => {
    const viewed = results.has(node.outputs[0] ?? '') ? null : viewOf(node, constants);
    if (viewed !== null) constants.set(viewed.name, viewed);
    return viewed === null;
  });
  const used = new Set(nodes.flatMap(({ inputs }) => inputs));
  return { ...graph, nodes, initializers: [...constants.values()].filter(({ name }) => used.has(name)) };
}

function viewOf({ opType, inputs, outputs }: OnnxNode, constants: ReadonlyMap<string, OnnxTensor>): OnnxTensor | null {
  const [from, dims] = [constants.get(inputs[0] ?? ''), integersOf(constants.get(inputs[1] ?? ''))];
  if (opType !== 'Reshape' || from === undefined || dims === null) return null;
  // −1 and 0 are not sizes but stand for an inferred and a copied size.
  if (dims.some((size) => size <= 0) || sizeOf(dims) !== sizeOf(from.dims)) return null;
  return { ...from, name: outputs[0] ?? '', dims };
}
