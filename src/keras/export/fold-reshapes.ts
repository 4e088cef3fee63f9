import { reshapeConstant } from '../../compiler/lowering/simplify.ts';
import { type OnnxGraph, type OnnxTensor, namesReadBy } from '../../compiler/onnx/index.ts';

/** Replaces reshaped constants, such as biases, with constants of the new shape, and removes unused constants. */
export function foldReshapes(graph: OnnxGraph): OnnxGraph {
  const constants = new Map<string, OnnxTensor>(graph.initializers.map((each) => [each.name, each]));
  const results = new Set(graph.outputs.map(({ name }) => name));
  const nodes = graph.nodes.filter((node) => {
    const viewed = results.has(node.outputs[0] ?? '') ? null : reshapeConstant(node, constants);
    if (viewed !== null) constants.set(viewed.name, viewed);
    return viewed === null;
  });
  const used = new Set(nodes.flatMap(namesReadBy));
  return { ...graph, nodes, initializers: [...constants.values()].filter(({ name }) => used.has(name)) };
}
