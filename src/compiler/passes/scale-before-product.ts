import { isFloat } from '../../core/dtype.ts';
import { sizeOf } from '../../core/shape.ts';
import type { Graph } from '../graph/graph.ts';
import { createNode } from '../graph/node.ts';
import { rewriteGraph } from '../graph/rewrite.ts';
import { Users } from '../graph/users.ts';
import { type Value, isNode } from '../ir/value.ts';

/**
 * Scales the smaller operand of a matrix product instead of the product, if that is larger:
 *
 *     s · (A B) = A (s · B)
 *
 * An optimizer multiplies the gradient of a kernel by the learning rate. The gradient of the layer's output, of which it is a
 * product, is often much smaller; and lowering can then add the product to the kernel in the pass that computes it.
 */
export function scaleBeforeProduct(graph: Graph): Graph {
  const users = new Users(graph);
  return rewriteGraph(graph, (node, inputs) => {
    if (!isNode(node, 'multiply')) return null;
    for (const [i, scale] of inputs.entries()) {
      const product = inputs[1 - i];
      const before = node.inputs[1 - i];
      if (scale.rank > 0 || product === undefined || before === undefined || users.isShared(before)) continue;
      const scaled = scaleOperand(product, scale);
      if (scaled !== null) return [scaled];
    }
    return null;
  });
}

function scaleOperand(product: Value, scale: Value): Value | null {
  const { node } = product;
  const [a, b] = node.inputs;
  if (!isNode(node, 'matmul') || a === undefined || b === undefined || !isFloat(product.dtype)) return null;
  const [sizeA, sizeB] = [sizeOf(a.knownShape), sizeOf(b.knownShape)];
  if (Math.min(sizeA, sizeB) >= sizeOf(product.knownShape)) return null;
  const scaled = (value: Value): Value => createNode('multiply', [value, scale], {})[0];
  const operands = sizeA < sizeB ? ([scaled(a), b] as const) : ([a, scaled(b)] as const);
  return createNode('matmul', operands, node.attributes)[0];
}
