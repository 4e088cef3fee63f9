import { describe, expect, test } from 'vitest';
import { gradients } from '../../../../src/compiler/autodiff/index.ts';
import { tensor } from '../../../../src/core/tensor.ts';
import { labelScope, topologicalOrder } from '../../../../src/compiler/graph/graph.ts';
import { constant, initialState, input } from '../../../../src/compiler/graph/leaves.ts';
import { createNode } from '../../../../src/compiler/graph/node.ts';
import { printGraph } from '../../../../src/compiler/graph/print.ts';
import type { PrimitiveName } from '../../../../src/compiler/ir/primitives.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import * as ops from '../../../../src/keras/ops/index.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import { checkGradient, evaluateFunction } from '../../../support/gradient-check.ts';
import { randomTensors } from '../../../support/random-tensors.ts';

const x = input('x', [2, 3], 'float32');
const ofOne = (y: Value, value: Value, seed?: Value): Value | null => gradients(y, [value], seed)[0]!;
const print = (inputs: readonly Value[], ...outputs: readonly (Value | null)[]): string =>
  printGraph({ inputs, outputs: outputs.filter((value) => value !== null), updates: [] });
const made = (value: Value | null): readonly PrimitiveName[] =>
  topologicalOrder(value === null ? [] : [value]).map((node) => node.primitive);

describe('gradients', () => {
  test('are null if the output does not depend on the value', () => {
    const other = input('other', [2, 3], 'float32');
    const labels = input('labels', [2], 'int32');
    const y = ops.sum(ops.multiply(x, ops.stopGradient(other)));
    expect(gradients(y, [other, labels])).toEqual([null, null]);
    expect(ofOne(ops.sum(ops.cast(ops.less(x, other), 'float32')), x)).toBeNull();
    expect(ofOne(ops.sum(ops.cast(ops.cast(x, 'int32'), 'float32')), x)).toBeNull();
    expect(ofOne(ops.sum(ops.sign(x)), x)).toBeNull();
  });

  test('with respect to the output itself are the seed', () => {
    const seed = constant([[1, 2, 3], [4, 5, 6]]); // prettier-ignore
    expect(ofOne(x, x, seed)).toBe(seed);
  });

  test('are available for variables and intermediate values', () => {
    const weight = new Variable(tensor([2]), { name: 'weight' });
    const product = ops.multiply(weight, weight);
    const [outer, inner] = gradients(ops.sum(ops.multiply(product, 5)), [product, initialState(weight)]);
    const { outputs } = evaluate({ inputs: [], outputs: [outer!, inner!], updates: [] }, []);
    expect(outputs.map((output) => output.toArray())).toEqual([[5], [20]]);
  });

  test('are summed over all uses of a value', () => {
    const a = input('a', [3], 'float64');
    checkGradient(
      'a branching function',
      ([value]) => ops.add(ops.multiply(ops.exp(value!), value!), ops.divide(ops.sin(value!), ops.sum(value!))),
      [tensor(Float64Array.of(1, 2, 3))],
    );
    expect(made(ofOne(ops.sum(ops.add(a, a)), a)).filter((name) => name === 'add')).toHaveLength(1);
  });

  test('are computed only for nodes between the values and the output', () => {
    const kernel = input('kernel', [4, 3, 1], 'float32');
    const image = input('image', [1, 3, 8], 'float32');
    const attributes = { strides: [1], padding: [[0, 0]] as const, dilations: [1], groups: 1 };
    const [y] = createNode('conv', [image, kernel], attributes);
    expect(made(ofOne(ops.sum(y), kernel))).not.toContain('convInputGradient');
  });

  test('require a scalar output, or a seed of its type', () => {
    expect(() => ofOne(x, x)).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [gradients] the output must be a scalar unless a seed is given. Received: an output of shape [2, 3].]`,
    );
    expect(() => ofOne(x, x, constant([1, 2]))).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [gradients] the seed must have the dtype and shape of the output, float32[2, 3]. Received: float32[2].]`,
    );
    expect(() => ofOne(ops.cast(ops.sum(x), 'int32'), x)).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [gradients] only a floating-point output can be differentiated. Received: an output of dtype int32.]`,
    );
  });

  test('of 20,000 consecutive operations do not overflow the stack', () => {
    let y: Value = input('start', [], 'float64');
    const start = y;
    for (let i = 0; i < 20_000; i++) y = createNode('negate', [y], {})[0];
    const gradient = ofOne(y, start)!;
    const { outputs } = evaluate({ inputs: [start], outputs: [gradient], updates: [] }, [
      tensor(Float64Array.of(3), []),
    ]);
    expect(outputs[0]!.item()).toBe(1);
  });

  test('have the scope of the nodes that they differentiate', () => {
    const hidden = ops.relu(ops.add(x, constant([1, 2, 3])));
    labelScope([hidden], [x], 'dense');
    const y = ops.sum(ops.square(hidden));
    labelScope([y], [hidden], 'loss');
    expect(print([x], ofOne(y, x))).toMatchInlineSnapshot(`
      "%0: float32[] = constant() {tensor: [1]}
      %1: float32[1, 1] = reshape(%0) {shape: [1, 1]}  # gradient of loss
      %2: float32[2, 3] = broadcastTo(%1) {shape: [2, 3]}  # gradient of loss
      %3: float32[2, 3] = input() {name: x, shape: [2, 3], dtype: float32}
      %4: float32[3] = constant() {tensor: [1, 2, 3]}
      %5: float32[2, 3] = add(%3, %4)  # dense
      %6: float32[2, 3] = relu(%5)  # dense
      %7: float32[2, 3] = multiply(%2, %6)  # gradient of loss
      %8: float32[2, 3] = multiply(%2, %6)  # gradient of loss
      %9: float32[2, 3] = add(%7, %8)  # gradient of dense
      %10: float32[2, 3] = step(%6)  # gradient of dense
      %11: float32[2, 3] = multiply(%9, %10)  # gradient of dense
      return %11"
    `);
  });
});

describe('the gradient needs few passes over the data', () => {
  test('for relu, which is differentiated by its output', () => {
    const y = ops.relu(x);
    expect(print([x], ofOne(y, x, input('dy', [2, 3], 'float32')))).toMatchInlineSnapshot(`
      "%0: float32[2, 3] = input() {name: dy, shape: [2, 3], dtype: float32}
      %1: float32[2, 3] = input() {name: x, shape: [2, 3], dtype: float32}
      %2: float32[2, 3] = relu(%1)
      %3: float32[2, 3] = step(%2)
      %4: float32[2, 3] = multiply(%0, %3)
      return %4"
    `);
  });

  test('for a dense layer, with transposes as attributes and one product per batch', () => {
    const batch = input('batch', [5, 2, 3], 'float32');
    const kernel = input('kernel', [3, 4], 'float32');
    const dy = input('dy', [5, 2, 4], 'float32');
    expect(print([batch, kernel, dy], ...gradients(ops.matmul(batch, kernel), [batch, kernel], dy)))
      .toMatchInlineSnapshot(`
      "%0: float32[5, 2, 4] = input() {name: dy, shape: [5, 2, 4], dtype: float32}
      %1: float32[3, 4] = input() {name: kernel, shape: [3, 4], dtype: float32}
      %2: float32[5, 2, 3] = matmul(%0, %1) {transposeA: false, transposeB: true}
      %3: float32[5, 2, 3] = input() {name: batch, shape: [5, 2, 3], dtype: float32}
      %4: float32[10, 3] = reshape(%3) {shape: [10, 3]}
      %5: float32[10, 4] = reshape(%0) {shape: [10, 4]}
      %6: float32[3, 4] = matmul(%4, %5) {transposeA: true, transposeB: false}
      return %2, %6"
    `);
  });

  test('for batch normalization, with sums over dy before products', () => {
    const image = input('image', [8, 4, 16], 'float32');
    const dy = input('dy', [8, 4, 16], 'float32');
    const [mean, variance] = ops.moments(image, [0, 2], { keepdims: true });
    const gamma = input('gamma', [1, 4, 1], 'float32');
    const beta = input('beta', [1, 4, 1], 'float32');
    const y = ops.normalizeWith(image, mean, ops.multiply(ops.rsqrt(ops.add(variance, 1e-3)), gamma), beta);
    const found = gradients(y, [image, gamma, beta], dy);
    const full = topologicalOrder(found.filter((value) => value !== null)).filter(
      (node) => node.inputs.length > 0 && node.outputs[0]!.shape[2] === 16,
    );
    expect(full.map((node) => node.primitive)).toEqual(['multiply', 'subtract', 'multiply', 'normalize', 'add']);
    expect(print([image, dy, gamma, beta], ...found)).toMatchInlineSnapshot(`
      "%0: float32[8, 4, 16] = input() {name: dy, shape: [8, 4, 16], dtype: float32}
      %1: float32[8, 4, 16] = input() {name: image, shape: [8, 4, 16], dtype: float32}
      %2: float32[1, 4, 1], %3: float32[1, 4, 1] = moments(%1) {axes: [0, 2], centered: false}
      %4: float32[] = constant() {tensor: [0.0010000000474974513]}
      %5: float32[1, 4, 1] = add(%3, %4)
      %6: float32[1, 4, 1] = sqrt(%5)
      %7: float32[1, 4, 1] = reciprocal(%6)
      %8: float32[1, 4, 1] = input() {name: gamma, shape: [1, 4, 1], dtype: float32}
      %9: float32[1, 4, 1] = multiply(%7, %8)
      %10: float32[8, 4, 16] = multiply(%0, %9)
      %11: float32[8, 4, 16] = subtract(%1, %2)
      %12: float32[8, 4, 16] = multiply(%0, %11)
      %13: float32[1, 4, 1] = reduceSum(%12) {axes: [0, 2], keepDims: true}
      %14: float32[1, 4, 1] = multiply(%13, %8)
      %15: float32[1, 4, 1] = multiply(%7, %7)
      %16: float32[1, 4, 1] = multiply(%14, %15)
      %17: float32[1, 4, 1] = negate(%16)
      %18: float32[] = constant() {tensor: [0.5]}
      %19: float32[1, 4, 1] = multiply(%17, %18)
      %20: float32[1, 4, 1] = divide(%19, %6)
      %21: float32[] = constant() {tensor: [0.015625]}
      %22: float32[1, 4, 1] = multiply(%20, %21)
      %23: float32[1, 4, 1] = reduceSum(%0) {axes: [0, 2], keepDims: true}
      %24: float32[1, 4, 1] = multiply(%23, %9)
      %25: float32[1, 4, 1] = negate(%24)
      %26: float32[] = constant() {tensor: [0.0078125]}
      %27: float32[1, 4, 1] = multiply(%25, %26)
      %28: float32[8, 4, 16] = normalize(%1, %2, %22, %27)
      %29: float32[8, 4, 16] = add(%10, %28)
      %30: float32[1, 4, 1] = multiply(%13, %7)
      return %29, %30, %23"
    `);
  });

  test('for instance normalization, whose sum for the offset continues the sum for the mean', () => {
    const [mean, scale, offset] = [[2, 1, 4], [1, 1, 4], [1, 1, 4]].map((shape, i) => input(`c${i}`, shape, 'float32')); // prettier-ignore
    const image = input('image', [2, 9, 4], 'float32');
    const y = ops.normalizeWith(image, mean!, scale!, offset!);
    const [, last] = gradients(y, [mean!, offset!], input('dy', [2, 9, 4], 'float32'));
    expect(last!.node.inputs[0]!.shape).toEqual([2, 1, 4]);
  });
});

describe('at points without a derivative the gradient is that of TensorFlow', () => {
  const at = (fn: (value: Value) => Value, ...values: number[]): readonly number[] => {
    const feed = tensor(Float64Array.from(values));
    const gradient = evaluateFunction(
      ([value]) => {
        const y = fn(value!);
        return ofOne(y, value!, ops.onesLike(y))!;
      },
      [feed],
    );
    return [...gradient.data];
  };

  test('relu and abs have gradient 0 at 0', () => {
    expect(at(ops.relu, 0)).toEqual([0]);
    expect(at(ops.abs, 0)).toEqual([0]);
  });
  test('maximum and minimum pass the gradient to the first of equal operands', () => {
    expect(at((value) => ops.maximum(value, 1), 1)).toEqual([1]);
    expect(at((value) => ops.maximum(1, value), 1)).toEqual([0]);
    expect(at((value) => ops.minimum(value, 1), 1)).toEqual([1]);
    expect(at((value) => ops.minimum(1, value), 1)).toEqual([0]);
  });
  test('clip passes the gradient inside and on the bounds', () => {
    expect(at((value) => ops.clip(value, 0, 1), -1, 0, 0.5, 1, 2)).toEqual([0, 1, 1, 1, 0]);
  });
  test('equal maxima share the gradient evenly', () => {
    expect(at((value) => ops.max(value), 3, 1, 3, 2)).toEqual([0.5, 0, 0.5, 0]);
    expect(at((value) => ops.min(value), 3, 1, 1, 1)).toEqual([0, 1 / 3, 1 / 3, 1 / 3]);
  });
  test('power has gradient 0 for its exponent if the base is not positive', () => {
    expect(at((value) => ops.power(constant([-2, 0, 1], 'float64'), value), 2, 2, 2)).toEqual([0, 0, 0]);
    expect(at((value) => ops.power(2, value), 3)).toEqual([8 * Math.LN2]);
  });
});

test('the gradients of batch normalization equal central differences', () => {
  const make = randomTensors(5);
  checkGradient(
    'batch normalization',
    ([value, gamma, beta]) => {
      const [mean, variance] = ops.moments(value!, [0, 1]);
      return ops.batchNormalization(value!, mean, variance, -1, { scale: gamma!, offset: beta!, epsilon: 1e-3 });
    },
    [make([3, 4, 2]), make([2], 0.5, 2), make([2])],
  );
});
