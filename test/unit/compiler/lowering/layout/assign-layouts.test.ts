import { describe, expect, test } from 'vitest';
import { gradients } from '../../../../../src/compiler/autodiff/index.ts';
import type { Graph } from '../../../../../src/compiler/graph/graph.ts';
import { input } from '../../../../../src/compiler/graph/leaves.ts';
import type { Value } from '../../../../../src/compiler/ir/value.ts';
import type { Target } from '../../../../../src/compiler/lowering/emit/target.ts';
import { lower } from '../../../../../src/compiler/lowering/lower.ts';
import { optimize } from '../../../../../src/compiler/passes/index.ts';
import * as ops from '../../../../../src/keras/ops/index.ts';

const TARGET: Target = { engine: 'node', blockedChannels: 16, hasConstantWeights: false };

function operators(graph: Graph, target: Partial<Target> = {}): readonly string[] {
  const { model } = lower(optimize(graph), { ...TARGET, ...target });
  return model.graph.nodes.map(({ domain, opType }) =>
    domain === '' ? opType : `${domain.split('.').at(-1)}.${opType}`,
  );
}

/** The number of values of the graph that are converted from blocks; the sums of channels are converted too. */
function valuesOutOfBlocks(graph: Graph): number {
  const { model, shapes } = lower(optimize(graph), TARGET);
  return model.graph.nodes.filter(({ name, opType }) => opType === 'ReorderOutput' && shapes.has(name)).length;
}

const count = (names: readonly string[], name: string): number => names.filter((each) => each === name).length;

/** y and the gradients of Σ y² with respect to all inputs. */
function training(shapes: readonly (readonly number[])[], describeY: (...values: Value[]) => Value): Graph {
  const inputs = shapes.map((shape, i) => input(`x${i}`, shape, 'float32'));
  const y = describeY(...inputs);
  const found = gradients(ops.sum(ops.square(y)), inputs);
  return { inputs, outputs: [y, ...found.flatMap((value) => value ?? [])], updates: [] };
}

function normalized(x: Value): Value {
  const shift = ops.stopGradient(ops.mean(x, { axis: [0, 1, 2], keepdims: true }));
  const centered = ops.subtract(x, shift);
  const [mean, variance] = ops.moments(centered, [0, 1, 2], { keepdims: true, centered: true });
  const scale = ops.rsqrt(ops.add(variance, 1e-3));
  return ops.normalizeWith(centered, ops.fullLike(mean, 0), scale, ops.negative(ops.multiply(mean, scale)));
}

describe('between two convolutions', () => {
  const shapes = [
    [16, 8, 8, 32],
    [3, 3, 32, 32],
    [3, 3, 32, 32],
  ];

  test('normalization, relu and pooling stay in blocks', () => {
    const [x, first, second] = shapes.map((shape, i) => input(`x${i}`, shape, 'float32'));
    const hidden = ops.maxPool(ops.relu(normalized(ops.conv(x!, first!))), 2);
    const outputs = [ops.conv(hidden, second!, { padding: 'same' })];
    const graph = { inputs: [x!, first!, second!], outputs, updates: [] };
    const names = operators(graph);
    expect(count(names, 'nchwc.ReorderInput')).toBe(1);
    expect(valuesOutOfBlocks(graph)).toBe(1);
    expect(names).toContain('nchwc.MaxPool');
    expect(names).not.toContain('Relu');
  });

  test('a residual addition and its relu are computed by the map before them', () => {
    const [x, first, second] = shapes.map((shape, i) => input(`x${i}`, shape, 'float32'));
    const stem = ops.conv(x!, first!, { padding: 'same' });
    const block = ops.relu(ops.add(normalized(ops.conv(stem, first!, { padding: 'same' })), stem));
    const names = operators({ inputs: [x!, first!, second!], outputs: [ops.conv(block, second!)], updates: [] });
    // The addition that is left is that of ε to the variance.
    expect(count(names, 'Add')).toBe(1);
    expect(names).not.toContain('Relu');
  });

  test('the sum of a product reads its factors and writes nothing', () => {
    const [x, first] = shapes.map((shape, i) => input(`x${i}`, shape, 'float32'));
    const convolved = ops.conv(x!, first!, { padding: 'same' });
    const sums = ops.sum(ops.multiply(convolved, x!), { axis: [0, 1, 2] });
    const graph = { inputs: [x!, first!], outputs: [sums], updates: [] };
    const { model, shapes: known } = lower(optimize(graph), TARGET);
    const products = model.graph.nodes.filter(({ name, opType }) => opType === 'Mul' && known.get(name)?.length === 4);
    expect(products).toEqual([]);
    expect(valuesOutOfBlocks(graph)).toBe(0);
  });
});

test('a node on the border of the blocks is on the side where the border costs less', () => {
  const [x, kernel] = [input('x', [16, 8, 8, 32], 'float32'), input('kernel', [3, 3, 32, 32], 'float32')];
  // Pooling first makes the border four times smaller.
  const y = ops.reshape(ops.maxPool(ops.tanh(ops.conv(x, kernel, { padding: 'same' })), 2), [16, 4 * 4 * 32]);
  const { model } = lower(optimize({ inputs: [x, kernel], outputs: [y], updates: [] }), TARGET);
  const order = model.graph.nodes.map(({ opType }) => opType);
  expect(order.indexOf('MaxPool')).toBeLessThan(order.indexOf('ReorderOutput'));
});

test('without blocked operators, with constant weights and with free image sizes everything stays plain or is chosen by the engine', () => {
  const graph = training([[16, 8, 8, 32]], normalized);
  for (const target of [{ blockedChannels: 0 }, { hasConstantWeights: true }, { freeSizes: 'all' }] as const) {
    expect(operators(graph, target).filter((name) => name.startsWith('nchwc'))).toEqual([]);
  }
});

test('channels that are no multiple of the block stay plain', () => {
  const names = operators(training([[16, 8, 8, 24]], normalized));
  expect(names.filter((name) => name.startsWith('nchwc'))).toEqual([]);
});

test('with a free batch size no operator depends on the batch through an attribute', () => {
  const models = [16, 32].map((batch) => {
    const graph = optimize(training([[batch, 8, 8, 32]], normalized));
    return lower(graph, { ...TARGET, freeSizes: 'rows' }).model.graph.nodes.map(({ opType, attributes }) => ({
      opType,
      attributes,
    }));
  });
  expect(models[0]).toEqual(models[1]);
});
