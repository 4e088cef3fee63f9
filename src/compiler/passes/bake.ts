import { Tensor } from '../../core/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import { constant } from '../graph/leaves.ts';
import { createNode } from '../graph/node.ts';
import { rewriteGraph } from '../graph/rewrite.ts';
import { type Value, isNode } from '../graph/value.ts';
import type { Variable } from '../graph/variable.ts';
import { constantOf } from './fold-constants.ts';

/** A graph in which variables are constants, as they were when it was made. */
export interface Baked {
  readonly graph: Graph;
  /** The variables that are constants now, and the count of their writes at that time. */
  readonly baked: readonly BakedVariable[];
}

export interface BakedVariable {
  readonly variable: Variable;
  readonly version: number;
}

/** Makes constants of the variables that a graph reads and does not write. */
export function bakeVariables(graph: Graph): Baked {
  const written = new Set(graph.updates.map((update) => update.variable));
  const baked: BakedVariable[] = [];
  const rewritten = rewriteGraph(graph, (node) => {
    if (!isNode(node, 'variable') || written.has(node.attributes.variable)) return null;
    const { variable } = node.attributes;
    baked.push({ variable, version: variable.version });
    return [constant(new Tensor(variable.buffer, variable.shape, variable.dtype))];
  });
  return { graph: rewritten, baked };
}

/**
 * Pools before it scales, where that is the same: a map that does not fall, such as that of a trained normalization,
 * keeps the order of the elements, so that the largest before is the largest after. What is pooled is the smaller.
 */
export function poolFirst(graph: Graph): Graph {
  return rewriteGraph(graph, (node, inputs) => {
    const [mapped] = inputs;
    if (!isNode(node, 'maxPool') || mapped === undefined || !isNode(mapped.node, 'normalize')) return null;
    const [x, ...coefficients] = mapped.node.inputs;
    const [, scale] = coefficients;
    if (x === undefined || scale === undefined || !isRising(scale) || !coefficients.every(isPerChannel)) return null;
    const [pooled] = createNode('maxPool', [x], node.attributes);
    return createNode('normalize', [pooled, ...coefficients], {});
  });
}

function isRising(scale: Value): boolean {
  return constantOf(scale)?.data.every((entry) => entry >= 0) ?? false;
}

/** Whether a coefficient is the same all over a plane. */
function isPerChannel(coefficient: Value): boolean {
  return coefficient.shape.every((size, axis) => axis < 2 || size === 1);
}
