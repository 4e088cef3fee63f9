import { type OnnxGraph, type OnnxNode, type OnnxTensor, renameValues } from '../../compiler/onnx/index.ts';

/** Returns the name, or the first of `name_1`, `name_2`, … that is free, and marks it as taken. */
export function uniqueAmong(taken: Set<string>, name: string): string {
  let found = name;
  for (let count = 1; taken.has(found); count++) found = `${name}_${count}`;
  taken.add(found);
  return found;
}

/** The names for the values of a graph. */
export interface GraphNames {
  readonly graph: string;
  /** In the order of the graph's inputs. */
  readonly inputs: readonly string[];
  /** In the order of the graph's outputs. */
  readonly outputs: readonly string[];
  /** The layer that a node belongs to, by the node's name. */
  readonly scopes: ReadonlyMap<string, string>;
  /** The path of the weight that an initializer was made from; `null` for others. */
  readonly weight: (initializer: OnnxTensor) => string | null;
}

/**
 * Renames a graph for readers of the file: inputs and outputs have the names of the model, initializers the paths of the
 * weights, and nodes the names of their layer and operator. All names are unique.
 */
export function renameGraph(graph: OnnxGraph, names: GraphNames): OnnxGraph {
  const values = new Map<string, string>();
  const taken = new Set<string>();
  const give = (value: string, wanted: string): void => void values.set(value, uniqueAmong(taken, wanted));
  for (const [i, { name }] of graph.inputs.entries()) give(name, names.inputs[i] ?? name);
  for (const [i, { name }] of graph.outputs.entries()) give(name, names.outputs[i] ?? name);
  for (const initializer of graph.initializers) give(initializer.name, names.weight(initializer) ?? initializer.name);
  const rename = (value: string): string => (value === '' ? '' : (values.get(value) ?? value));
  const ofNodes = new Set<string>();
  const nodes = graph.nodes.map((node): OnnxNode => {
    const scope = names.scopes.get(node.name);
    const name = uniqueAmong(ofNodes, scope === undefined ? node.opType : `${scope}/${node.opType}`);
    for (const [i, output] of node.outputs.entries()) {
      if (output !== '' && !values.has(output)) give(output, `${name}_output_${i}`);
    }
    return { ...renameValues(node, rename), name };
  });
  return {
    name: names.graph,
    nodes,
    initializers: graph.initializers.map((tensor) => ({ ...tensor, name: rename(tensor.name) })),
    inputs: graph.inputs.map((info) => ({ ...info, name: rename(info.name) })),
    outputs: graph.outputs.map((info) => ({ ...info, name: rename(info.name) })),
  };
}
