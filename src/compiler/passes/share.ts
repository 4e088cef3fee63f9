import { RandomStream } from '../../core/random.ts';
import { Tensor } from '../../core/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import { rewriteGraph, withInputs } from '../graph/rewrite.ts';
import type { Node, Value } from '../graph/value.ts';

/** Constants of more elements are compared by identity: reading them costs more than a copy. */
const COMPARED_ELEMENTS = 64;

/** Makes one node of nodes that apply the same primitive to the same operands. */
export function shareCommonParts(graph: Graph): Graph {
  const identity = new Map<object, number>();
  const idOf = (object: object): number => {
    const id = identity.get(object) ?? identity.size;
    identity.set(object, id);
    return id;
  };
  const attribute = (value: unknown): string => {
    if (value instanceof Tensor && value.size <= COMPARED_ELEMENTS) {
      const elements = Array.from(value.data, (entry) => (Object.is(entry, -0) ? '-0' : String(entry)));
      return `${value.dtype}[${value.shape.join(',')}]${elements.join(',')}`;
    }
    if (Array.isArray(value)) return `[${value.map(attribute).join(',')}]`;
    if (typeof value === 'object' && value !== null) return `#${idOf(value)}`;
    return String(value);
  };
  const seen = new Map<string, readonly Value[]>();
  return rewriteGraph(graph, (node: Node, inputs) => {
    const fields = Object.entries(node.attributes as Readonly<Record<string, unknown>>);
    if (node.primitive === 'input' || fields.some(([, value]) => value instanceof RandomStream)) return null;
    const operands = inputs.map((value) => `${idOf(value.node)}.${value.index}`).join(' ');
    const key = `${node.primitive}(${operands})${fields.map(([name, value]) => `${name}=${attribute(value)}`).join(' ')}`;
    const found = seen.get(key);
    if (found !== undefined) return found;
    const outputs = withInputs(node, inputs);
    seen.set(key, outputs);
    return outputs;
  });
}
