import { showShape } from '../../core/shape.ts';
import { type AttributeFormat, formatAttributes } from '../ir/attributes.ts';
import { type Graph, nodesOf } from './graph.ts';
import type { Node, Value } from '../ir/value.ts';

/** The number of elements shown of a constant. */
const SHOWN_ELEMENTS = 6;

/**
 * Writes a graph as text, one line per node:
 *
 *     %3: float32[2, 4] = add(%1, %2)
 *     return %3
 *     dense/kernel ← %7
 *
 * The body of a node is indented below it; its values have names of their own.
 */
export function printGraph(graph: Graph): string {
  const names = nameValues(graph);
  const name = (value: Value): string => names.get(value) ?? '?';
  const lines = nodesOf(graph).map((node) => {
    const left = node.outputs.map((value) => `${name(value)}: ${value.dtype}${showShape(value.shape)}`).join(', ');
    const operands = node.inputs.map(name).join(', ');
    const scope = node.scope === null ? '' : `  # ${node.scope}`;
    return `${left} = ${node.primitive}(${operands})${printAttributes(node)}${scope}`;
  });
  lines.push(`return ${graph.outputs.map(name).join(', ')}`);
  for (const { variable, value } of graph.updates) lines.push(`${variable.path} ← ${name(value)}`);
  return lines.join('\n');
}

/** `%0`, `%1`, … in the order of the nodes: equal graphs get equal names. */
export function nameValues(graph: Graph): ReadonlyMap<Value, string> {
  const names = new Map<Value, string>();
  for (const node of nodesOf(graph)) for (const value of node.outputs) names.set(value, `%${names.size}`);
  return names;
}

const READABLE: AttributeFormat = {
  variable: ({ path }) => path,
  stream: () => 'stream',
  tensor: ({ data, size }) => {
    const shown = Array.from(data.subarray(0, SHOWN_ELEMENTS)).join(', ');
    return `[${shown}${size > SHOWN_ELEMENTS ? ', …' : ''}]`;
  },
  body: (body) => `{\n${indent(printGraph(body))}\n}`,
  separator: ', ',
};

const indent = (text: string): string => text.replaceAll(/^/gm, '  ');

function printAttributes(node: Node): string {
  const attributes = formatAttributes(node, READABLE);
  return attributes.length === 0 ? '' : ` {${attributes.map(([key, value]) => `${key}: ${value}`).join(', ')}}`;
}
