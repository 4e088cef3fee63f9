import { isTypedArray } from '../../core/dtype.ts';
import { showShape } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import { RandomStream } from '../../core/random.ts';
import { type Graph, nodesOf } from './graph.ts';
import type { Node, Value } from './value.ts';
import { Variable } from './variable.ts';

/**
 * Writes a graph as text, one node a line:
 *
 *     %3: float32[2, 4] = add(%1, %2)
 *     return %3
 *     dense/kernel ← %7
 */
export function printGraph(graph: Graph): string {
  const names = nameValues(graph);
  const name = (value: Value): string => names.get(value) ?? '?';
  const lines = nodesOf(graph).map((node) => {
    const left = node.outputs.map((value) => `${name(value)}: ${value.dtype}${showShape(value.shape)}`).join(', ');
    const operands = node.inputs.map(name).join(', ');
    const attributes = printAttributes(node);
    const scope = node.scope === null ? '' : `  # ${node.scope}`;
    return `${left} = ${node.primitive}(${operands})${attributes}${scope}`;
  });
  lines.push(`return ${graph.outputs.map(name).join(', ')}`);
  for (const { variable, value } of graph.updates) lines.push(`${variable.path} ← ${name(value)}`);
  return lines.join('\n');
}

/** `%0`, `%1`, … in the order of the nodes: names that do not depend on who made the graph. */
export function nameValues(graph: Graph): ReadonlyMap<Value, string> {
  const names = new Map<Value, string>();
  for (const node of nodesOf(graph)) for (const value of node.outputs) names.set(value, `%${names.size}`);
  return names;
}

function printAttributes(node: Node): string {
  const entries = Object.entries(node.attributes as Readonly<Record<string, unknown>>);
  if (entries.length === 0) return '';
  return ` {${entries.map(([key, value]) => `${key}: ${printAttribute(value)}`).join(', ')}}`;
}

function printAttribute(value: unknown): string {
  if (value instanceof Variable) return value.path;
  if (value instanceof RandomStream) return 'stream';
  if (value instanceof Tensor) {
    const shown = Array.from(value.data.subarray(0, 6)).join(', ');
    return `[${shown}${value.size > 6 ? ', …' : ''}]`;
  }
  if (isTypedArray(value)) return `[${value.join(', ')}]`;
  if (Array.isArray(value)) return `[${value.map(printAttribute).join(', ')}]`;
  return String(value);
}
