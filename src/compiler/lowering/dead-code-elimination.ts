import { type OnnxNode, namesReadBy } from '../onnx/index.ts';

/**
 * The nodes on which the named values depend. Rules may emit a node that turns out to be unused, such as the plain form of
 * a value that is only read in the blocked layout.
 *
 * Graphs themselves have no dead code: a graph is the set of nodes that its results need, so whatever a pass disconnects
 * disappears.
 */
export function eliminateDeadCode(nodes: readonly OnnxNode[], outputs: readonly string[]): readonly OnnxNode[] {
  const needed = new Set(outputs);
  const kept: OnnxNode[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    for (const name of namesReadBy(node)) needed.add(name);
    kept.push(node);
  }
  return kept.toReversed();
}
