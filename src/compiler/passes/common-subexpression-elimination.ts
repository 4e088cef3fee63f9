import { type AttributeFormat, exactTensor, formatAttributes } from '../ir/attributes.ts';
import type { Graph } from '../graph/graph.ts';
import { graphKey } from '../graph/hash.ts';
import { rewriteGraph, withInputs } from '../graph/rewrite.ts';
import type { Value } from '../ir/value.ts';

/** Larger constants are compared by identity: comparing the elements would cost more than a copy. */
const MAX_COMPARED_ELEMENTS = 64;

/** Merges nodes that apply the same primitive, with the same attributes, to the same operands. */
export function eliminateCommonSubexpressions(graph: Graph): Graph {
  const identities = new Map<object, number>();
  const identity = (object: object): string => {
    const id = identities.get(object) ?? identities.size;
    identities.set(object, id);
    return `#${id}`;
  };
  const format: AttributeFormat = {
    variable: identity,
    stream: identity,
    tensor: (tensor) => (tensor.size <= MAX_COMPARED_ELEMENTS ? exactTensor(tensor) : identity(tensor)),
    body: graphKey,
    separator: ',',
  };
  const seen = new Map<string, readonly Value[]>();
  return rewriteGraph(graph, (node, inputs) => {
    // Inputs are distinct even if they look alike, and each draw of random numbers is independent.
    if (node.primitive === 'input' || node.primitive === 'randomUniform') return null;
    const operands = inputs.map((value) => `${identity(value.node)}.${value.index}`).join(' ');
    const attributes = formatAttributes(node, format).map(([name, value]) => `${name}=${value}`);
    const key = `${node.primitive}(${operands})${attributes.join(' ')}`;
    const found = seen.get(key);
    if (found !== undefined) return found;
    const outputs = withInputs(node, inputs);
    seen.set(key, outputs);
    return outputs;
  });
}
