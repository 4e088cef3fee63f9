import type { OnnxAttribute, OnnxGraph, OnnxNode } from './messages.ts';

/** The graphs inside of a node. */
function bodiesOf({ attributes }: OnnxNode): readonly OnnxGraph[] {
  return Object.values(attributes).flatMap((attribute) => (attribute.type === 'graph' ? [attribute.value] : []));
}

/** The names that a node reads: its operands, and what its bodies read of the graphs around them. */
export function namesReadBy(node: OnnxNode): readonly string[] {
  const inner = bodiesOf(node).flatMap(({ nodes, inputs, initializers, outputs }) => {
    const own = new Set([...inputs, ...initializers].map(({ name }) => name));
    for (const each of nodes) for (const name of each.outputs) own.add(name);
    return [...nodes.flatMap(namesReadBy), ...outputs.map(({ name }) => name)].filter((name) => !own.has(name));
  });
  return inner.length === 0 ? node.inputs : [...node.inputs, ...inner];
}

/** A node, and the nodes of its bodies, with other names of what they read and produce. */
export function renameValues(node: OnnxNode, rename: (name: string) => string): OnnxNode {
  const renameAll = (names: readonly string[]): readonly string[] => names.map(rename);
  return {
    ...renameReads(node, rename),
    outputs: renameAll(node.outputs),
    attributes: mapBodies(node.attributes, (body) => ({
      ...body,
      nodes: body.nodes.map((each) => renameValues(each, rename)),
      inputs: body.inputs.map((info) => ({ ...info, name: rename(info.name) })),
      outputs: body.outputs.map((info) => ({ ...info, name: rename(info.name) })),
    })),
  };
}

/** A node with other names of what it and its bodies read. */
export function renameReads(node: OnnxNode, rename: (name: string) => string): OnnxNode {
  return {
    ...node,
    inputs: node.inputs.map(rename),
    attributes: mapBodies(node.attributes, (body) => ({
      ...body,
      nodes: body.nodes.map((each) => renameReads(each, rename)),
    })),
  };
}

/** Attributes with other graphs. */
export function mapBodies(
  attributes: OnnxNode['attributes'],
  map: (body: OnnxGraph) => OnnxGraph,
): OnnxNode['attributes'] {
  const entries = Object.entries(attributes);
  if (!entries.some(([, { type }]) => type === 'graph')) return attributes;
  return Object.fromEntries(
    entries.map(([key, attribute]): [string, OnnxAttribute] => [
      key,
      attribute.type === 'graph' ? { type: 'graph', value: map(attribute.value) } : attribute,
    ]),
  );
}
