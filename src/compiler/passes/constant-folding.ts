import { convert } from '../../core/dtype.ts';
import { sizeOf } from '../../core/shape.ts';
import { Tensor } from '../../core/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import { constant, constantOf } from '../graph/leaves.ts';
import { type PrimitiveName, isElementwise } from '../ir/primitives.ts';
import { rewriteGraph } from '../graph/rewrite.ts';
import type { Node, Value } from '../ir/value.ts';
import { evaluateNode } from '../reference/index.ts';

/** Larger constants are left to the engine, which folds them once when the session is created. */
const MAX_FOLDED_ELEMENTS = 4096;

/** Evaluates nodes whose operands are small constants. */
export function foldConstants(graph: Graph): Graph {
  return foldConstantsUpTo(graph, MAX_FOLDED_ELEMENTS);
}

/** Evaluates nodes whose operands are constants of at most the given number of elements. */
export function foldConstantsUpTo(graph: Graph, elements: number): Graph {
  return rewriteGraph(graph, (node, inputs) => {
    const operands = inputs.map((value) => constantOf(value));
    const [output] = node.outputs;
    if (output === undefined || operands.length === 0) return null;
    if (!operands.every((operand) => operand !== null)) return null;
    if (sizeOf(output.knownShape) > elements || operands.some((operand) => operand.size > elements)) return null;
    const folded = foldNode(node, operands);
    return folded === null ? null : [constant(folded)];
  });
}

/** The result of a node for constant operands, by the reference; null if its primitive is not folded. */
export function foldNode(node: Node, operands: readonly Tensor[]): Tensor | null {
  if (!isFolded(node.primitive)) return null;
  const [result] = evaluateNode(node, operands);
  if (result === undefined) return null;
  // Float64 in, float64 out: the rounding is that of the node's dtype, as in the engine.
  return new Tensor(convert(result.data, result.dtype), result.shape, result.dtype);
}

/** Whether a primitive occurs in the computation of scales and masks from constants. The engine folds the rest. */
function isFolded(primitive: PrimitiveName): boolean {
  return (
    isElementwise(primitive) || primitive === 'reshape' || primitive === 'transpose' || primitive === 'broadcastTo'
  );
}

/** The only number in a constant; null if the value is not a constant or has different elements. */
export function uniformOf(value: Value): number | null {
  const found = constantOf(value);
  const [first] = found?.data ?? [];
  if (found === null || first === undefined || found.size > MAX_FOLDED_ELEMENTS) return null;
  return found.data.every((entry) => entry === first) ? first : null;
}
