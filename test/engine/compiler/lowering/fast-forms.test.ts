import { describe, expect, test } from 'vitest';
import { Tensor } from '../../../../src/core/tensor.ts';
import { input } from '../../../../src/compiler/graph/leaves.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { findTarget } from '../../../../src/compiler/lowering/emit/target.ts';
import * as ops from '../../../../src/keras/ops/index.ts';
import { Program } from '../../../../src/compiler/program/index.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import { loadRuntime } from '../../../../src/compiler/runtime/index.ts';
import { expectClose } from '../../../support/close.ts';
import { checkForms, checkFormsOf, operatorsOf } from '../../../support/forms.ts';
import { lcg } from '../../../support/lcg.ts';

describe('convolutions whose channels are a multiple of the block', () => {
  test.for<[what: string, options: ops.ConvOptions]>([
    ['plain', {}],
    ['padded', { padding: 'same' }],
    ['with strides', { strides: 2, padding: 'same' }],
    ['with strides that leave elements at the end', { strides: 3 }],
    ['with dilation', { dilationRate: 2, padding: 'same' }],
  ])('%s', async ([, options]) => {
    const program = await checkForms(
      [
        [16, 9, 8, 16],
        [3, 3, 16, 32],
      ],
      (x, kernel) => ops.conv(x, kernel, options),
    );
    const { blockedChannels } = await findTarget(await loadRuntime());
    // Without blocks, this checks the plain operators.
    if (blockedChannels > 0) expect(await operatorsOf(program)).toContain('com.microsoft.nchwc.Conv');
  });

  test.for<[what: string, x: readonly number[], kernel: readonly number[], options: ops.ConvOptions]>([
    ['of two, padded at the end', [2, 6, 8, 16], [3, 3, 16, 32], { strides: 2, padding: 'same' }],
    ['of two, padded on both sides', [2, 7, 5, 32], [3, 3, 32, 16], { strides: 2, padding: 'same' }],
    ['of one and two', [2, 5, 7, 16], [2, 5, 16, 16], { strides: [1, 2], padding: 'same' }],
    ['of three and one that leave elements at the end', [2, 11, 4, 16], [3, 2, 16, 16], { strides: [3, 1] }],
    ['larger than the kernel', [2, 10, 11, 16], [2, 2, 16, 16], { strides: 4 }],
    ['for a kernel of one position', [2, 7, 6, 16], [1, 1, 16, 32], { strides: 2 }],
    ['for a kernel of one row', [2, 7, 8, 16], [1, 4, 16, 16], { strides: 2, padding: 'same' }],
  ])('have gradients with strides %s', async ([, x, kernel, options]) => {
    const program = await checkForms([x, kernel], (value, weights) => ops.conv(value, weights, options));
    const { blockedChannels } = await findTarget(await loadRuntime());
    if (blockedChannels > 0) expect(await operatorsOf(program)).not.toContain('ConvTranspose');
  });

  test('are computed for few input channels', async () => {
    await checkForms(
      [
        [16, 9, 8, 3],
        [3, 3, 3, 16],
      ],
      (x, kernel) => ops.conv(x, kernel),
    );
  });

  test('are computed with groups, which the blocked layout does not support', async () => {
    await checkForms(
      [
        [16, 6, 6, 32],
        [3, 3, 16, 32],
      ],
      (x, kernel) => ops.conv(x, kernel),
    );
  });

  test.for<[what: string, x: readonly number[], kernel: readonly number[], options: ops.ConvOptions]>([
    ['several blocks of samples, channels and filters', [32, 2, 3, 32], [2, 2, 32, 32], { padding: 'same' }],
    ['one position and a large image', [3, 8, 9, 32], [1, 1, 32, 16], {}],
    ['one position and a small image', [16, 2, 2, 48], [1, 1, 48, 32], {}],
    ['one row and several blocks of channels', [16, 4, 6, 32], [1, 3, 32, 16], { strides: [2, 1] }],
    ['one position and strides', [16, 5, 6, 16], [1, 1, 16, 32], { strides: 2 }],
    ['an image of one row', [16, 1, 9, 16], [1, 3, 16, 16], { padding: 'same', dilationRate: 2 }],
    ['strides and dilation', [16, 11, 9, 16], [3, 2, 16, 16], { strides: [2, 1], dilationRate: [1, 2] }],
    ['a batch that fills one block and a part of another', [25, 5, 6, 16], [3, 3, 16, 16], { padding: 'same' }],
    ['a batch of a part of a block', [10, 5, 6, 16], [3, 3, 16, 16], { padding: 'same' }],
    ['a small batch of images that are divided', [8, 6, 5, 32], [3, 3, 32, 32], { padding: 'same' }],
    ['a small batch of divided images with strides', [4, 16, 5, 16], [3, 2, 16, 16], { strides: 2, padding: 'same' }],
    ['a small batch of divided images and dilation', [8, 9, 6, 16], [3, 2, 16, 16], { dilationRate: 2 }],
    ['a small batch of divided images with few channels', [8, 4, 5, 3], [3, 3, 3, 32], { padding: 'same' }],
    ['a small batch of divided images and one row', [8, 4, 5, 32], [1, 3, 32, 16], { padding: 'same' }],
    ['filters that fill a part of a block', [16, 5, 6, 16], [3, 3, 16, 11], {}],
    ['channels that fill a part of a block', [16, 5, 6, 21], [3, 3, 21, 16], { padding: 'same', strides: 2 }],
    ['one channel', [20, 6, 5, 1], [3, 3, 1, 16], { padding: 'same' }],
  ])('have a kernel gradient for %s', async ([, x, kernel, options]) => {
    await checkForms([x, kernel], (value, weights) => ops.conv(value, weights, options));
  });

  test.for<[what: string, size: number]>([
    ['large', 9],
    ['small', 2],
  ])('have a gradient for a kernel of one position between other convolutions of a %s image', async ([, size]) => {
    const shapes = [
      [16, size, size, 16],
      [1, 2, 16, 16],
      [1, 1, 16, 32],
      [2, 1, 32, 16],
    ];
    await checkForms(shapes, (x, first, second, third) => ops.conv(ops.conv(ops.conv(x, first), second), third));
  });

  test('are computed for a batch smaller than a block', async () => {
    await checkForms(
      [
        [5, 6, 6, 16],
        [3, 3, 16, 16],
      ],
      (x, kernel) => ops.conv(x, kernel),
    );
  });
});

describe('depthwise convolutions whose channels are a multiple of the block', () => {
  test.for<[what: string, x: readonly number[], kernel: readonly number[], options: ops.ConvOptions]>([
    ['plain', [3, 6, 7, 32], [3, 3, 32, 1], {}],
    ['padded', [3, 6, 7, 16], [3, 3, 16, 1], { padding: 'same' }],
    ['with more padding than the kernel can reach back', [2, 5, 4, 16], [2, 1, 16, 1], { padding: 'same' }],
    ['with strides', [3, 8, 6, 16], [3, 3, 16, 1], { strides: 2, padding: 'same' }],
    ['with strides that leave elements at the end', [3, 10, 9, 16], [3, 3, 16, 1], { strides: 3 }],
    ['with dilation', [2, 8, 7, 16], [3, 2, 16, 1], { dilationRate: [2, 3], padding: 'same' }],
    ['with several filters for each channel', [2, 5, 6, 16], [3, 3, 16, 2], { padding: 'same' }],
  ])('%s', async ([, x, kernel, options]) => {
    await checkForms([x, kernel], (value, weights) => ops.depthwiseConv(value, weights, options));
  });

  test('include their bias and relu', async () => {
    const relu = (x: Value, kernel: Value, bias: Value): Value =>
      ops.relu(ops.add(ops.depthwiseConv(x, kernel, { padding: 'same' }), bias));
    await checkForms([[2, 5, 6, 16], [3, 3, 16, 1], [16]], relu);
  });
});

describe('pooling by windows that tile the input', () => {
  test.for<[what: string, shape: readonly number[], pool: number | readonly number[]]>([
    ['two by two', [2, 6, 8, 3], 2],
    ['three by two', [2, 6, 8, 3], [3, 2]],
    ['rows that are left over', [2, 7, 9, 3], 2],
    ['sequences by three', [2, 11, 3], 3],
  ])('%s', async ([, shape, pool]) => {
    const program = await checkForms([shape], (x) => ops.maxPool(x, pool));
    expect(await operatorsOf(program)).not.toContain('ScatterElements');
  });

  test('passes the gradient to the first of equal maxima in row-major order', async () => {
    const ties = Float32Array.from({ length: 2 * 6 * 6 * 2 }, (_, i) => [0, 1, 1, 0, 0][i % 5]!);
    await checkFormsOf([new Tensor(ties, [2, 6, 6, 2])], (x) => ops.maxPool(x, 2));
    await checkFormsOf([new Tensor(new Float32Array(ties.length), [2, 6, 6, 2])], (x) => ops.maxPool(x, 3));
    await checkFormsOf([new Tensor(ties, [2, 36, 2])], (x) => ops.maxPool(x, 3));
  });
});

test('a sum of many numbers is exact to a few units in the last place for every layout', async () => {
  for (const [shape, axis] of [
    [[4096, 3], [0]],
    [
      [64, 8, 8, 5],
      [0, 1, 2],
    ],
    [
      [32, 5, 24, 24],
      [0, 2, 3],
    ],
    [[8, 600, 20], [1]],
    [
      [4, 12, 16, 3, 2],
      [1, 2, 4],
    ],
  ] as const) {
    const program = await checkForms([shape], (x) => ops.sum(x, { axis }));
    // Short runs, then their sums.
    const sums = (await operatorsOf(program)).filter((name) => name === 'ReduceSum' || name === 'MatMul');
    expect(sums.length).toBeGreaterThan(1);
  }
});

describe('values clipped between two bounds', () => {
  test.for<[what: string, clip: (x: Value) => Value, quick: boolean]>([
    ['relu6', (x) => ops.minimum(ops.relu(x), 0.5), true],
    ['a range', (x) => ops.minimum(ops.maximum(-0.25, x), 0.5), true],
    ['bounds out of order', (x) => ops.minimum(ops.maximum(x, 0.5), -0.25), false],
    ['a bound for each channel', (x) => ops.minimum(ops.relu(x), [0.1, 0.2, 0.3]), false],
    ['a lower bound that is needed elsewhere', (x) => ops.add(ops.minimum(ops.relu(x), 0.5), ops.relu(x)), false],
  ])('%s', async ([, clip, quick]) => {
    const feed = new Tensor(Float32Array.from(lcg([5, 4, 3], 1)), [5, 4, 3]);
    const x = input('x', feed.shape, 'float32');
    const graph = { inputs: [x], outputs: [clip(x)], updates: [] };
    const program = new Program(graph);
    const [actual] = await program.run([feed]);
    expectClose(actual!.data, evaluate(graph, [feed]).outputs[0]!.data, { rtol: 1e-6 });
    expect((await operatorsOf(program)).includes('Clip')).toBe(quick);
  });
});

describe('a matrix product that is added to a matrix', () => {
  test.for<[what: string, combine: (c: Value, product: Value) => Value]>([
    ['is added', (c, product) => ops.add(c, product)],
    ['is added from the left', (c, product) => ops.add(product, c)],
    ['is subtracted', (c, product) => ops.subtract(c, product)],
  ])('%s as it is computed', async ([, combine]) => {
    const shapes = [[6, 4], [6, 5], [4, 5]]; // prettier-ignore
    const program = await checkForms(shapes, (a, b, c) => combine(c, ops.matmul(ops.transpose(a), b)));
    const found = await operatorsOf(program);
    expect(found).toContain('Gemm');
    expect(found).not.toContain('Add');
    expect(found).not.toContain('Sub');
  });

  test('is a node of its own where it is the minuend, is used elsewhere, or is larger than the other', async () => {
    const shapes = [[4, 6], [6, 5], [4, 5], [5]]; // prettier-ignore
    const program = await checkForms(shapes, (a, b, c, d) => {
      const [minuend, used, large] = [ops.matmul(a, b), ops.matmul(a, ops.exp(b)), ops.matmul(ops.exp(a), b)];
      return ops.add(ops.multiply(ops.subtract(minuend, c), ops.add(used, c)), ops.multiply(used, ops.add(large, d)));
    });
    const found = await operatorsOf(program);
    expect(found.filter((name) => name === 'MatMul')).toHaveLength(3);
  });
});

test('a sum or a mean over the rows of a small matrix is a product with ones', async () => {
  for (const reduce of [ops.sum, ops.mean]) {
    for (const keepdims of [true, false]) {
      const feed = new Tensor(Float32Array.from(lcg([60, 10], 1)), [60, 10]);
      const x = input('x', feed.shape, 'float32');
      const graph = { inputs: [x], outputs: [reduce(x, { axis: 0, keepdims })], updates: [] };
      const program = new Program(graph);
      const [actual] = await program.run([feed]);
      const [expected] = evaluate(graph, [feed]).outputs;
      expect(actual!.shape).toEqual(expected!.shape);
      expectClose(actual!.data, expected!.data, { rtol: 1e-6 });
      expect(await operatorsOf(program)).toContain('MatMul');
    }
  }
});
