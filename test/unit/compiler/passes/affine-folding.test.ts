import { describe, expect, test } from 'vitest';
import { Tensor } from '../../../../src/core/tensor.ts';
import { type Graph, nodesOf } from '../../../../src/compiler/graph/graph.ts';
import { constant, input } from '../../../../src/compiler/graph/leaves.ts';
import type { PrimitiveName } from '../../../../src/compiler/ir/primitives.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { createNode } from '../../../../src/compiler/graph/node.ts';
import * as ops from '../../../../src/keras/ops/index.ts';
import { foldAffineMaps, optimize, optimizeFrozen } from '../../../../src/compiler/passes/index.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import { expectClose } from '../../../support/close.ts';
import { lcg } from '../../../support/lcg.ts';

const numbers = (shape: readonly number[], seed: number): Tensor =>
  new Tensor(Float64Array.from(lcg(shape, seed)), shape);
const given = (shape: readonly number[], seed: number): Value => constant(numbers(shape, seed));

/** Folds a graph, checks that the results do not change, and returns the primitives other than movement. */
function folded(x: Value, output: Value | readonly Value[]): readonly PrimitiveName[] {
  const graph: Graph = { inputs: [x], outputs: [output].flat(), updates: [] };
  const rewritten = optimizeFrozen(optimize(graph));
  const feeds = [numbers(x.knownShape, 1)];
  const before = evaluate(graph, feeds, { precise: true }).outputs;
  const after = evaluate(rewritten, feeds, { precise: true }).outputs;
  for (const [i, tensor] of before.entries()) expectClose(after[i]!.data, tensor.data, { rtol: 1e-9 });
  return nodesOf(rewritten)
    .map((node) => node.primitive)
    .filter((name) => !['input', 'constant', 'transpose', 'reshape'].includes(name));
}

function normalized(x: Value, channels: number, seed = 20): Value {
  const shape = [...x.shape.slice(1).map(() => 1), channels];
  const [mean, scale, offset] = [
    given([1, ...shape.slice(1)], seed),
    given([1, ...shape.slice(1)], seed + 1),
    given([1, ...shape.slice(1)], seed + 2),
  ];
  return ops.normalizeWith(x, mean, scale, offset);
}

describe('foldAffineMaps', () => {
  const image = (): Value => input('x', [2, 5, 5, 3], 'float64');

  test('folds a normalization into the convolution before it', () => {
    const x = image();
    const y = ops.conv(x, given([3, 3, 3, 4], 2));
    expect(folded(x, normalized(y, 4))).toEqual(['conv', 'add']);
  });

  test('folds a normalization into the bias before it', () => {
    const x = image();
    const y = ops.add(ops.conv(x, given([3, 3, 3, 4], 2)), given([4], 3));
    expect(folded(x, normalized(y, 4))).toEqual(['conv', 'add']);
  });

  test('folds into depthwise, transposed and 1D convolutions', () => {
    const x = image();
    expect(folded(x, normalized(ops.depthwiseConv(x, given([3, 3, 3, 2], 2)), 6))).not.toContain('normalize');
    expect(folded(x, normalized(ops.convTranspose(x, given([2, 2, 4, 3], 2), { strides: 2 }), 4))).not.toContain(
      'normalize',
    );
    const series = input('x', [2, 7, 3], 'float64');
    expect(folded(series, normalized(ops.conv(series, given([3, 3, 4], 2)), 4))).not.toContain('normalize');
  });

  test('folds into a matrix product with any number of leading axes', () => {
    const rows = input('x', [6, 3], 'float64');
    expect(folded(rows, normalized(ops.add(ops.matmul(rows, given([3, 4], 2)), given([4], 3)), 4))).toEqual([
      'matmul',
      'add',
    ]);
    const x = image();
    expect(folded(x, normalized(ops.matmul(x, given([3, 4], 2)), 4))).not.toContain('normalize');
  });

  test('folds a chain of affine maps', () => {
    const x = image();
    const y = ops.multiply(normalized(ops.conv(x, given([1, 1, 3, 4], 2)), 4), given([4], 9));
    expect(folded(x, normalized(y, 4, 30))).toEqual(['conv', 'add']);
  });

  test('accepts a factor on either side, and a scalar', () => {
    const x = image();
    const y = ops.conv(x, given([1, 1, 3, 4], 2));
    expect(folded(x, ops.multiply(given([4], 9), y))).not.toContain('multiply');
    expect(folded(x, ops.multiply(y, 3))).not.toContain('multiply');
  });

  test('keeps a result that is used elsewhere', () => {
    const x = image();
    const y = ops.conv(x, given([1, 1, 3, 4], 2));
    expect(folded(x, [normalized(y, 4), y])).toContain('normalize');
    expect(folded(x, ops.add(normalized(y, 4), ops.relu(y)))).toContain('normalize');
    const biased = ops.add(ops.conv(x, given([1, 1, 3, 4], 2)), given([4], 3));
    expect(folded(x, ops.add(normalized(biased, 4), ops.relu(biased)))).toContain('normalize');
  });

  test('keeps maps over other axes and after other functions', () => {
    const x = image();
    const y = ops.conv(x, given([1, 1, 3, 5], 2));
    expect(folded(x, ops.multiply(y, given([5, 1], 4)))).toContain('multiply');
    expect(folded(x, normalized(ops.relu(y), 5))).toContain('normalize');
  });

  test('keeps a grouped transposed convolution, whose channels are interleaved', () => {
    const dy = input('x', [1, 4, 3], 'float64');
    const attributes = { strides: [1], padding: [[0, 0]], dilations: [1], groups: 2, inputShape: [5] } as const;
    const [y] = createNode('convInputGradient', [dy, given([4, 3, 3], 2)], attributes);
    const map = [given([1, 6, 1], 3), given([1, 6, 1], 4), given([1, 6, 1], 5)];
    const [result] = createNode('normalize', [y, ...map], {});
    expect(
      nodesOf(foldAffineMaps({ inputs: [dy], outputs: [result], updates: [] })).map((node) => node.primitive),
    ).toContain('normalize');
  });
});
