import { type AttributeFormat, exactTensor, formatAttributes } from '../ir/attributes.ts';
import { type Graph, nodesOf } from './graph.ts';
import type { Node, ValueType } from '../ir/value.ts';
import type { Variable } from '../ir/variable.ts';

/**
 * A string that two graphs share exactly if they compute the same: names and scopes do not count, variables and inputs
 * count by their order of first use. The program cache uses the whole string as its key, so that no two programs collide.
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
  const format: AttributeFormat = {
    variable: (variable) => `v${variableIndex(variable)}:${typeOf(variable)}`,
    stream: () => 'stream',
    tensor: exactTensor,
    body: (body) => `{\n${graphKey(body)}\n}`,
    separator: ',',
  };
  const reference = (value: { node: Node; index: number }): string => `${indices.get(value.node) ?? -1}.${value.index}`;
  const inputs = new Map<Node, number>(graph.inputs.map((value, i) => [value.node, i]));
  // Unused inputs count too: they are fed all the same.
  const lines: string[] = [`inputs ${graph.inputs.map(typeOf).join(' ')}`];
  for (const node of nodesOf(graph)) {
    indices.set(node, indices.size);
    const operands = node.inputs.map(reference).join(' ');
    const types = node.outputs.map(typeOf).join(' ');
    const index = inputs.get(node);
    const attributes =
      index === undefined
        ? formatAttributes(node, format)
            .map(([key, value]) => `${key}=${value}`)
            .join(' ')
        : `#${index}`;
    lines.push(`${node.primitive}${node.isHalf ? '.half' : ''}(${operands}){${attributes}}${types}`);
  }
  lines.push(`return ${graph.outputs.map(reference).join(' ')}`);
  for (const { variable, value } of graph.updates) lines.push(`v${variableIndex(variable)}=${reference(value)}`);
  return lines.join('\n');
}

const typeOf = ({ dtype, shape }: ValueType): string => `${dtype}[${shape.join(',')}]`;
