import { describe, expect, test } from 'vitest';
import { Tensor } from '../../../../src/core/tensor.ts';
import { constant, input } from '../../../../src/compiler/graph/leaves.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { broadcastTo, multiply, reshape, transpose } from '../../../../src/keras/ops/index.ts';
import { type FoldedWeights, foldWeights } from '../../../../src/compiler/passes/index.ts';

const kernel = new Tensor(
  Float32Array.from({ length: 6000 }, (_, i) => i),
  [2, 3, 1000],
);
const graphOf = (value: Value) => ({ inputs: [], outputs: [value], updates: [] });
const folded = (value: Value): Tensor | null => {
  const { node } = foldWeights(graphOf(value)).outputs[0]!;
  return 'tensor' in node.attributes ? node.attributes.tensor : null;
};

describe('foldWeights', () => {
  test('transposes constants of any size and keeps their dtype', () => {
    const turned = folded(transpose(constant(kernel), { axes: [2, 0, 1] }))!;
    expect([turned.shape, turned.dtype]).toEqual([[1000, 2, 3], 'float32']);
    expect([...turned.data.slice(0, 7)]).toEqual([0, 1000, 2000, 3000, 4000, 5000, 1]);
  });

  test('reshapes constants without a copy', () => {
    expect(folded(reshape(constant(kernel), [6000]))!.data).toBe(kernel.data);
  });

  test('scales constants unless the product is larger', () => {
    expect(folded(multiply(constant(kernel), constant([2])))!.data[5999]).toBe(11_998);
    expect(folded(multiply(constant([[1], [2]]), constant([1, 2, 3])))).toBe(null);
    expect(folded(broadcastTo(constant([1]), [9000]))).toBe(null);
  });

  test('transposes a constant once for all graphs and reports its origin', () => {
    const known: FoldedWeights = new WeakMap<object, Map<string, Tensor>>();
    const origins: unknown[] = [];
    const [first, second] = [0, 1].map(() => {
      const graph = graphOf(transpose(constant(kernel), { axes: [2, 1, 0] }));
      const { node } = foldWeights(graph, known, (_, from) => origins.push(from.data)).outputs[0]!;
      return 'tensor' in node.attributes ? node.attributes.tensor : null;
    });
    expect(first).not.toBe(null);
    expect(first!.data).toBe(second!.data);
    expect(origins).toEqual([kernel.data, kernel.data]);
  });

  test('keeps operations with other operands', () => {
    const x = input('x', [1000], 'float32');
    expect(folded(multiply(constant(kernel), x))).toBe(null);
  });
});
