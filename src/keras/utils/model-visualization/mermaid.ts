import { type GraphNode, type ModelGraph, isNested } from './model-graph.ts';
import { nodeParts } from './node-parts.ts';
import type { DrawingOptions } from './options.ts';

/** The graph as a flowchart of Mermaid, which GitHub and many editors draw in Markdown. */
export function mermaidOf(graph: ModelGraph, options: DrawingOptions): string {
  const ids = new Map<string, string>();
  const idOf = (id: string): string => {
    const known = ids.get(id) ?? `n${ids.size}`;
    ids.set(id, known);
    return known;
  };
  const edges: string[] = [];
  const lines: string[] = [];
  const visit = ({ parts, edges: inside }: ModelGraph, indent: string): void => {
    for (const part of parts) {
      if (isNested(part)) {
        lines.push(`${indent}subgraph ${idOf(part.id)}["${escape(part.name)}"]`);
        visit(part, `${indent}  `);
        lines.push(`${indent}end`);
      } else if (!ids.has(part.id)) {
        lines.push(`${indent}${idOf(part.id)}["${labelOf(part, options)}"]`);
      }
    }
    edges.push(...inside.map(([from, to]) => `  ${idOf(from)} --> ${idOf(to)}`));
  };
  visit(graph, '  ');
  return `${[`flowchart ${options.rankdir}`, ...lines, ...edges].join('\n')}\n`;
}

function labelOf({ layer }: GraphNode, options: DrawingOptions): string {
  const { name, className, activation, columns, trainable } = nodeParts(layer, options);
  const rows = [
    name === null ? `<b>${escape(className)}</b>` : `<b>${escape(name)}</b> (${escape(className)})`,
    ...(activation === null ? [] : [`Activation: ${escape(activation)}`]),
    ...columns.map(([label, value]) => `${label}: ${escape(value)}`),
    ...(trainable === null ? [] : [trainable ? 'Trainable' : 'Non-trainable']),
  ];
  return rows.join('<br/>');
}

/** Characters that Mermaid would read as its own or as markup, as its entities; names come from files. */
const escape = (text: string): string =>
  text.replace(/[^\p{L}\p{N} _.,:()[\]/+=-]/gu, (character) => `#${character.codePointAt(0)};`);
