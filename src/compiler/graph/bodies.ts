import { Body, type Node, type PrimitiveAttributes, type Value } from '../ir/value.ts';
import type { Graph } from './graph.ts';
import { createNode } from './node.ts';
import { rewriteGraph } from './rewrite.ts';

/** The graphs inside of a node. */
export function bodiesOf({ attributes }: Node): readonly Body[] {
  return Object.values(attributes as Readonly<Record<string, unknown>>)
    .flat()
    .filter((value) => value instanceof Body);
}

/** The graph with every body, at any depth, replaced by its rewritten form. */
export function rewriteBodies(graph: Graph, rewrite: (body: Graph) => Graph): Graph {
  const rewritten = (body: Body): Body => {
    const { outputs } = rewrite(rewriteBodies(body, rewrite));
    return outputs.every((value, i) => value === body.outputs[i]) ? body : new Body(body.inputs, outputs);
  };
  const mapped = (value: unknown): unknown => {
    if (value instanceof Body) return rewritten(value);
    return Array.isArray(value) ? value.map(mapped) : value;
  };
  return rewriteGraph(graph, (node, inputs): readonly Value[] | null => {
    const bodies = bodiesOf(node);
    if (bodies.length === 0) return null;
    const entries = Object.entries(node.attributes).map(([name, value]) => [name, mapped(value)] as const);
    const attributes = Object.fromEntries(entries) as unknown as PrimitiveAttributes[typeof node.primitive];
    const after = bodiesOf({ ...node, attributes });
    if (after.every((body, i) => body === bodies[i])) return null;
    return createNode(node.primitive, inputs, attributes);
  });
}
