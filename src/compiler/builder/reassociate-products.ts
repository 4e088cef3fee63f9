import { topologicalOrder } from '../graph/graph.ts';
import { withInputs } from '../graph/rewrite.ts';
import type { Value } from '../ir/value.ts';
import { multiply } from './elementwise.ts';

/**
 * Multiplies the factors that are constant with respect to some values first: (v · a) · b becomes v · (a · b). In a scan, whose
 * varying values are its states, a · b is then computed for all steps at once. A product with another use keeps its factors.
 */
export function reassociateProducts(values: readonly Value[], varying: readonly Value[]): readonly Value[] {
  const order = topologicalOrder(values, new Set(varying));
  const uses = new Map<Value, number>();
  for (const value of [...order.flatMap(({ inputs }) => inputs), ...values]) {
    uses.set(value, (uses.get(value) ?? 0) + 1);
  }
  const isVarying = new Set(varying);
  const replaced = new Map<Value, Value>();
  const newValue = (value: Value): Value => replaced.get(value) ?? value;

  /** The varying factor of a product, and the other one; null for other values. */
  const factorsOf = ({ node: { primitive, inputs } }: Value): readonly [Value, Value] | null => {
    const [a, b] = inputs;
    if (primitive !== 'multiply' || a === undefined || b === undefined || isVarying.has(a) === isVarying.has(b))
      return null;
    return isVarying.has(a) ? [a, b] : [b, a];
  };

  for (const node of order) {
    const inputs = node.inputs.map(newValue);
    if (!inputs.some((value) => isVarying.has(value))) continue;
    let outputs = withInputs(node, inputs);
    const [output] = outputs;
    const outer = output === undefined ? null : factorsOf(output);
    const at = outer === null ? -1 : inputs.indexOf(outer[0]);
    const product = node.inputs[at];
    const inner = outer === null || product === undefined || uses.get(product) !== 1 ? null : factorsOf(outer[0]);
    if (outer !== null && inner !== null) outputs = [multiply(inner[0], multiply(inner[1], outer[1]))];
    for (const [i, value] of node.outputs.entries()) {
      const next = outputs[i] ?? value;
      isVarying.add(next);
      if (next !== value) replaced.set(value, next);
    }
  }
  return values.map(newValue);
}
