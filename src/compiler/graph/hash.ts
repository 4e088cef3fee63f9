import { sizeOf } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import { RandomStream } from '../../core/random.ts';
import { type Graph, nodesOf } from './graph.ts';
import type { Node, ValueType } from './value.ts';
import { Variable } from './variable.ts';

/**
 * A text that two graphs share exactly when they compute the same: names and scopes do not count, variables and
 * inputs count by their order of first use. It is the key of the program cache, whole, so that no two programs collide.
 */
export function graphKey(graph: Graph): string {
  const indices = new Map<Node, number>();
  const variables = new Map<Variable, number>();
  const variableIndex = (variable: Variable): number => {
    const found = variables.get(variable);
    if (found !== undefined) return found;
    variables.set(variable, variables.size);
    return variables.size - 1;
  };
  const attribute = (value: unknown): string => {
    if (value instanceof Variable) return `v${variableIndex(value)}:${value.dtype}[${value.shape.join(',')}]`;
    if (value instanceof RandomStream) return 'stream';
    if (value instanceof Tensor) return `${value.dtype}[${value.shape.join(',')}]${contents(value)}`;
    if (Array.isArray(value)) return `[${value.map(attribute).join(',')}]`;
    return String(value);
  };
  const inputs = new Map<Node, number>(graph.inputs.map((value, i) => [value.node, i]));
  // An input that nothing uses is fed all the same.
  const lines: string[] = [`inputs ${graph.inputs.map(typeOf).join(' ')}`];
  for (const node of nodesOf(graph)) {
    indices.set(node, indices.size);
    const operands = node.inputs.map((value) => `${indices.get(value.node) ?? -1}.${value.index}`).join(' ');
    const types = node.outputs.map(typeOf).join(' ');
    const fields = inputs.has(node)
      ? `#${inputs.get(node)}`
      : Object.entries(node.attributes as Readonly<Record<string, unknown>>)
          .map(([key, value]) => `${key}=${attribute(value)}`)
          .join(' ');
    lines.push(`${node.primitive}(${operands}){${fields}}${types}`);
  }
  const reference = (value: { node: Node; index: number }): string => `${indices.get(value.node) ?? -1}.${value.index}`;
  lines.push(`return ${graph.outputs.map(reference).join(' ')}`);
  for (const { variable, value } of graph.updates) lines.push(`v${variableIndex(variable)}=${reference(value)}`);
  return lines.join('\n');
}

const typeOf = ({ dtype, shape }: ValueType): string => `${dtype}[${shape.join(',')}]`;

/** Elements of a constant, exactly; runs of one number, which are the common case, are written once. */
function contents(value: Tensor): string {
  const size = sizeOf(value.shape);
  const [first] = value.data;
  if (size > 1 && value.data.every((entry) => Object.is(entry, first))) return `${exactly(first ?? 0)}×${size}`;
  return Array.from(value.data, exactly).join(',');
}

const exactly = (entry: number): string => (Object.is(entry, -0) ? '-0' : String(entry));
