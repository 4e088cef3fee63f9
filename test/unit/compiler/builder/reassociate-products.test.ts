import { expect, test } from 'vitest';
import { reassociateProducts } from '../../../../src/compiler/builder/reassociate-products.ts';
import { nodesOf } from '../../../../src/compiler/graph/graph.ts';
import { input } from '../../../../src/compiler/graph/leaves.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { Tensor } from '../../../../src/core/tensor.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import * as ops from '../../../../src/keras/ops/index.ts';
import { expectClose } from '../../../support/close.ts';
import { lcg } from '../../../support/lcg.ts';

const [v, a, b, c] = [
  input('v', [2, 3], 'float64'),
  input('a', [2, 3], 'float64'),
  input('b', [3], 'float64'),
  input('c', [2, 1], 'float64'),
] as const;

/** The nodes that compute with the varying value, after the products of the others are known. */
function varyingNodes(values: readonly Value[]): number {
  const varying = new Set<Value>([v]);
  let count = 0;
  for (const node of nodesOf({ inputs: [], outputs: values, updates: [] })) {
    if (!node.inputs.some((value) => varying.has(value))) continue;
    for (const value of node.outputs) varying.add(value);
    count++;
  }
  return count;
}

function check(values: readonly Value[], nodes: number): void {
  const found = reassociateProducts(values, [v]);
  expect(varyingNodes(found)).toBe(nodes);
  const feeds = [v, a, b, c].map(
    ({ knownShape }, i) => new Tensor(Float64Array.from(lcg(knownShape, i + 1)), knownShape),
  );
  const compute = (outputs: readonly Value[]): readonly Tensor[] =>
    evaluate({ inputs: [v, a, b, c], outputs, updates: [] }, feeds).outputs;
  for (const [i, output] of compute(values).entries()) {
    expect(compute(found)[i]!.shape).toEqual(output.shape);
    expectClose(compute(found)[i]!.data, output.data, { rtol: 1e-12 });
  }
}

test('factors that do not vary are multiplied first, in chains and on either side', () => {
  check([ops.multiply(ops.multiply(v, a), b)], 1);
  check([ops.multiply(c, ops.multiply(b, ops.multiply(a, ops.multiply(v, a))))], 1);
  check([ops.multiply(ops.multiply(ops.tanh(v), a), b)], 2);
});

test('a product keeps its factors if it has another use, or if both of its factors vary', () => {
  const product = ops.multiply(v, a);
  check([ops.multiply(product, b), product], 2);
  check([ops.multiply(ops.multiply(v, v), b)], 2);
  check([ops.multiply(ops.add(ops.multiply(v, a), 1), b)], 3);
});
