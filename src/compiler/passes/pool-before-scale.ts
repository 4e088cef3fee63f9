import type { Graph } from '../graph/graph.ts';
import { constantOf } from '../graph/leaves.ts';
import { createNode } from '../graph/node.ts';
import { rewriteGraph } from '../graph/rewrite.ts';
import { type Value, isNode } from '../ir/value.ts';

/**
 * Pools before scaling, where that is equivalent: an increasing map, such as a trained normalization with scale ≥ 0,
 * preserves the order of the elements, so that it maps the maximum to the maximum. It then works on the smaller tensor.
 */
export function poolBeforeScale(graph: Graph): Graph {
  return rewriteGraph(graph, (node, inputs) => {
    const [scaled] = inputs;
    if (!isNode(node, 'maxPool') || scaled === undefined || !isNode(scaled.node, 'normalize')) return null;
    const [x, ...coefficients] = scaled.node.inputs;
    const [, scale] = coefficients;
    if (x === undefined || scale === undefined || !isNonNegative(scale) || !coefficients.every(isPerChannel))
      return null;
    const [pooled] = createNode('maxPool', [x], node.attributes);
    return createNode('normalize', [pooled, ...coefficients], {});
  });
}

function isNonNegative(scale: Value): boolean {
  return constantOf(scale)?.data.every((entry) => entry >= 0) ?? false;
}

/** Whether a coefficient is constant over the spatial axes. */
function isPerChannel(coefficient: Value): boolean {
  return coefficient.shape.every((size, axis) => axis < 2 || size === 1);
}
