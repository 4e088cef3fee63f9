import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gradients } from '../../../../src/compiler/autodiff/index.ts';
import { Tensor, tensor } from '../../../../src/core/tensor.ts';
import { type Graph, nodesOf } from '../../../../src/compiler/graph/graph.ts';
import { constant, initialState, input } from '../../../../src/compiler/graph/leaves.ts';
import type { PrimitiveName } from '../../../../src/compiler/ir/primitives.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import { slice } from '../../../../src/compiler/builder/index.ts';
import * as ops from '../../../../src/keras/ops/index.ts';
import {
  freezeVariables,
  foldConstants,
  propagateTransposes,
  optimize,
  eliminateCommonSubexpressions,
  scaleBeforeProduct,
  simplifyAlgebra,
} from '../../../../src/compiler/passes/index.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import { expectClose } from '../../../support/close.ts';
import { lcg } from '../../../support/lcg.ts';

function count(graph: Graph, primitive: PrimitiveName): number {
  return nodesOf(graph).filter((node) => node.primitive === primitive).length;
}

function feed(value: Value, seed: number): Tensor {
  return new Tensor(Float64Array.from(lcg(value.knownShape, seed)), value.knownShape);
}

/** Checks that a graph and its rewritten form have the same results. */
function expectSame(graph: Graph, rewritten: Graph): void {
  const feeds = graph.inputs.map((value, i) => feed(value, i + 1));
  const before = evaluate(graph, feeds, { precise: true }).outputs;
  const after = evaluate(rewritten, feeds, { precise: true }).outputs;
  for (const [i, output] of before.entries()) {
    expect(after[i]!.shape).toEqual(output.shape);
    expectClose(after[i]!.data, output.data, { rtol: 1e-10 });
  }
}

const float64 = (name: string, shape: readonly number[]): Value => input(name, shape, 'float64');

/** Two convolutions, normalization, pooling and a product, channels last, with all gradients. */
function network(): Graph {
  const inputs = [
    float64('x', [2, 7, 7, 2]),
    float64('k1', [2, 2, 2, 3]),
    float64('b1', [3]),
    float64('k2', [2, 2, 3, 4]),
    float64('w', [16, 5]),
  ];
  const [x, k1, b1, k2, w] = inputs as [Value, Value, Value, Value, Value];
  const first = ops.relu(ops.add(ops.conv(x, k1), ops.reshape(b1, [1, 1, 1, 3])));
  const second = ops.relu(ops.conv(first, k2));
  const [mean, variance] = ops.moments(second, [0, 1, 2], { keepdims: true });
  const normalized = ops.normalizeWith(second, mean, ops.rsqrt(ops.add(variance, 1e-3)), ops.fullLike(mean, 0));
  const pooled = ops.reshape(ops.maxPool(normalized, 2), [2, 16]);
  const loss = ops.mean(ops.square(ops.matmul(pooled, w)));
  const found = gradients(loss, inputs);
  return { inputs, outputs: [loss, ...found.map((value) => value!)], updates: [] };
}

describe('optimize', () => {
  test('preserves the results of a convolutional network and its gradients', () => {
    const graph = network();
    expectSame(graph, optimize(graph));
  });

  test('removes the transposes between two convolutions, forward and backward', () => {
    const left = nodesOf(optimize(network())).filter((node) => node.primitive === 'transpose');
    // The remaining transposes are those of the input, the kernels and their gradients, and the weights of the product.
    expect(left.map((node) => node.outputs[0]!.shape.join(' '))).toMatchInlineSnapshot(`
      [
        "2 2 7 7",
        "3 2 2 2",
        "4 3 2 2",
        "2 2 2 4",
        "2 4 2 2",
        "2 7 7 2",
        "2 2 2 3",
        "2 2 3 4",
      ]
    `);
  });

  test('preserves the results of random chains of ops', () => {
    const steps: readonly ((value: Value) => Value)[] = [
      (value) => ops.transpose(value, { axes: [0, 3, 1, 2] }),
      (value) => ops.transpose(value, { axes: [0, 2, 3, 1] }),
      (value) => ops.transpose(value, { axes: [3, 1, 0, 2] }),
      (value) => ops.multiply(value, constant([1, 2, 3, 4].slice(0, value.shape.at(-1) ?? 1), 'float64')),
      (value) => ops.add(value, ops.mean(value, { axis: [0, 2], keepdims: true })),
      (value) => ops.subtract(value, ops.max(value, { axis: -1, keepdims: true })),
      (value) => ops.softmax(value, { axis: 1 }),
      (value) => ops.where(ops.greater(value, 0), value, ops.negative(ops.negative(value))),
      (value) => ops.reshape(ops.reshape(value, [-1]), value.shape),
      (value) => ops.add(ops.multiply(value, 1), 0),
      (value) =>
        ops.pad(
          slice(
            value,
            [0, 0, 0, 0],
            value.knownShape.map((size) => Math.max(1, size - 1)),
          ),
          value.shape.map((size) => [0, size === 1 ? 0 : 1] as const),
        ),
      (value) => ops.concatenate([ops.tanh(value), value], { axis: 2 }),
      (value) => ops.moments(value, [1, 3], { keepdims: true })[1],
    ];
    fc.assert(
      fc.property(fc.array(fc.nat(steps.length - 1), { minLength: 1, maxLength: 7 }), (chain) => {
        const x = float64('x', [2, 3, 4, 4]);
        const y = chain.reduce<Value>(
          (value, step) =>
            value.shape.every((size) => size !== null && size <= 16) ? steps[step]!(fit(value)) : value,
          x,
        );
        const graph: Graph = { inputs: [x], outputs: [y], updates: [] };
        expectSame(graph, optimize(graph));
      }),
      { seed: 5, numRuns: 150 },
    );
  });
});

/** A last axis that matches the constant of the chain. */
function fit(value: Value): Value {
  return value.shape.at(-1)! > 4 ? slice(value, [0, 0, 0, 0], [Infinity, Infinity, Infinity, 4]) : value;
}

describe('each pass', () => {
  test('permuteWeights permutes the weights of a product instead of the activations, forward and backward', () => {
    const inputs = [float64('x', [32, 3, 4, 5]), float64('w', [60, 2])];
    const [x, w] = inputs as [Value, Value];
    const flat = ops.reshape(ops.transpose(x, { axes: [0, 2, 3, 1] }), [32, 60]);
    const loss = ops.sum(ops.tanh(ops.matmul(flat, w)));
    const found = gradients(loss, inputs).map((value) => value!);
    const graph: Graph = { inputs, outputs: [loss, ...found], updates: [] };
    const turned = optimize(graph);
    const sizes = nodesOf(turned)
      .filter((node) => node.primitive === 'transpose')
      .map((node) => node.outputs[0]!.knownShape.reduce((product, size) => product * size, 1));
    expect(sizes).toEqual([120, 120]);
    expectSame(graph, turned);
  });

  test('scaleBeforeProduct scales an operand that is smaller than the product', () => {
    const [a, b, s] = [float64('a', [3, 20]), float64('b', [3, 10]), float64('s', [])];
    const product = ops.matmul(ops.transpose(a), b);
    const graph: Graph = { inputs: [a, b, s], outputs: [ops.multiply(s, product)], updates: [] };
    const rewritten = scaleBeforeProduct(graph);
    expectSame(graph, rewritten);
    const [output] = rewritten.outputs;
    expect(output!.node.primitive).toBe('matmul');
    expect(output!.node.inputs[1]!.node.primitive).toBe('multiply');
  });

  test('scaleBeforeProduct leaves a product that is smaller, shared, or scaled by more than a number', () => {
    const [a, b, s, v] = [float64('a', [2, 30]), float64('b', [30, 2]), float64('s', []), float64('v', [1, 30])];
    const large = ops.matmul(b, a);
    const outputs = [ops.multiply(ops.matmul(a, b), s), ops.multiply(large, s), ops.add(large, 1)];
    const scaled = ops.multiply(ops.matmul(ops.transpose(a), a), v);
    const graph: Graph = { inputs: [a, b, s, v], outputs: [...outputs, scaled], updates: [] };
    expect(scaleBeforeProduct(graph).outputs).toEqual(graph.outputs);
  });

  test('foldConstants evaluates nodes whose operands are constants', () => {
    const x = float64('x', [2]);
    const graph: Graph = {
      inputs: [x],
      outputs: [ops.add(x, ops.exp(ops.subtract(constant([1, 2], 'float64'), 1)))],
      updates: [],
    };
    const folded = foldConstants(graph);
    expect(count(folded, 'exp') + count(folded, 'subtract')).toBe(0);
    expectSame(graph, folded);
  });

  test('foldConstants truncates when it casts to integers', () => {
    const graph: Graph = { inputs: [], outputs: [ops.cast(constant([1.7, -1.7]), 'int32')], updates: [] };
    expect(evaluate(foldConstants(graph), []).outputs[0]!.toArray()).toEqual([1, -1]);
  });

  test('eliminateCommonSubexpressions merges equal nodes but not draws of random numbers', () => {
    const x = float64('x', [2]);
    const graph: Graph = {
      inputs: [x],
      outputs: [ops.multiply(ops.exp(x), ops.exp(x)), ops.square(ops.exp(x))],
      updates: [],
    };
    const shared = eliminateCommonSubexpressions(graph);
    expect(count(shared, 'exp')).toBe(1);
    expect(count(shared, 'multiply')).toBe(1);
  });

  test('simplifyAlgebra removes operations without effect', () => {
    const x = float64('x', [2, 3]);
    const same = ops.divide(ops.multiply(ops.add(ops.reshape(ops.reshape(x, [6]), [2, 3]), 0), 1), 1);
    const simplified = simplifyAlgebra({ inputs: [x], outputs: [same], updates: [] });
    expect(simplified.outputs[0]).toBe(x);
  });

  test('simplifyAlgebra sums a pooled gradient before it is unpooled', () => {
    const inputs = [float64('x', [2, 4, 4, 3]), float64('d', [3])];
    const [x, d] = inputs as [Value, Value];
    const [gradient] = gradients(ops.sum(ops.exp(ops.maxPool(ops.add(x, d), 2))), [d]);
    const graph: Graph = { inputs, outputs: [gradient!], updates: [] };
    expectSame(graph, optimize(graph));
    expect(count(optimize(graph), 'maxPoolGradient')).toBe(0);
  });

  test('simplifyAlgebra merges padding into a convolution and into the gradient of its kernel', () => {
    const inputs = [float64('x', [2, 4, 5, 3]), float64('k', [2, 2, 3, 2])];
    const [x, k] = inputs as [Value, Value];
    const pads = [
      [0, 0],
      [1, 2],
      [0, 1],
      [0, 0],
    ] as const;
    const y = ops.conv(ops.pad(x, pads), k, { strides: 2 });
    const gradient = gradients(ops.sum(ops.square(y)), [k])[0]!;
    const graph: Graph = { inputs, outputs: [y, gradient], updates: [] };
    expectSame(graph, optimize(graph));
    expect(count(optimize(graph), 'pad')).toBe(0);
  });

  test('simplifyAlgebra keeps padding of channels and between elements', () => {
    const x = float64('x', [2, 4, 5, 3]);
    const k = float64('k', [2, 2, 4, 2]);
    const widened = ops.pad(x, [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 1],
    ]);
    const graph: Graph = { inputs: [x, k], outputs: [ops.conv(widened, k)], updates: [] };
    expectSame(graph, optimize(graph));
    expect(count(optimize(graph), 'pad')).toBe(1);
  });

  test('simplifyAlgebra omits axes that are added before an operation that broadcasts', () => {
    const [x, v] = [float64('x', [1, 3]), float64('v', [3])];
    const row = ops.reshape(v, [1, 3]);
    const moving = ops.add(ops.multiply(row, 0.99), ops.multiply(x, 0.01));
    const graph: Graph = { inputs: [x, v], outputs: [ops.add(x, row), ops.sqrt(moving), ops.exp(row)], updates: [] };
    const rewritten = simplifyAlgebra(graph);
    // Only exp has a result of the shape that the reshape makes.
    expect(count(rewritten, 'reshape')).toBe(1);
    expectSame(graph, rewritten);
  });

  test('poolBeforeScale pools before scaling if no scale is negative', () => {
    const scaled = (factors: readonly number[]): Graph => {
      const x = float64('x', [2, 3, 4, 4]);
      const perChannel = (values: readonly number[]): Value =>
        ops.reshape(constant([...values], 'float64'), [1, 3, 1, 1]);
      const y = ops.normalizeWith(x, perChannel([1, 2, 3]), perChannel(factors), perChannel([0, 1, 0]));
      return { inputs: [x], outputs: [ops.maxPool(y, 2, { dataFormat: 'channels_first' })], updates: [] };
    };
    const normalizedSize = (graph: Graph): number =>
      nodesOf(graph).find((node) => node.primitive === 'normalize')!.outputs[0]!.knownShape[2]!;
    for (const [factors, size] of [
      [[1, 0, 3], 2],
      [[1, -2, 3], 4],
    ] as const) {
      const optimized = optimize(scaled(factors));
      expect(normalizedSize(optimized)).toBe(size);
      expectSame(scaled(factors), optimized);
    }
  });

  test('freezeVariables makes constants of variables that are only read, and returns their versions', () => {
    const [weight, counter] = ['weight', 'counter'].map((name) => new Variable(tensor([2]), { name })) as [
      Variable,
      Variable,
    ];
    const next = ops.add(initialState(counter), weight);
    const { graph, variables } = freezeVariables({
      inputs: [],
      outputs: [next],
      updates: [{ variable: counter, value: next }],
    });
    expect(variables).toEqual([{ variable: weight, version: 0 }]);
    expect(count(graph, 'variable')).toBe(1);
    expect(evaluate(graph, []).outputs[0]!.toArray()).toEqual([4]);
  });

  test('simplifyAlgebra keeps an addition that broadcasts', () => {
    const x = float64('x', [3]);
    const graph: Graph = {
      inputs: [x],
      outputs: [
        ops.add(
          x,
          constant(
            [
              [0, 0, 0],
              [0, 0, 0],
            ],
            'float64',
          ),
        ),
      ],
      updates: [],
    };
    expect(simplifyAlgebra(graph).outputs[0]!.shape).toEqual([2, 3]);
  });

  test('propagateTransposes folds a transpose of the last two axes into a matrix product', () => {
    const [a, b] = [float64('a', [3, 2]), float64('b', [3, 4])];
    const graph: Graph = { inputs: [a, b], outputs: [ops.matmul(ops.transpose(a), b)], updates: [] };
    const moved = propagateTransposes(graph);
    expect(count(moved, 'transpose')).toBe(0);
    expectSame(graph, moved);
  });
});
