import { describe, expect, test } from 'vitest';
import { tensor } from '../../../../src/core/tensor.ts';
import { constant, input } from '../../../../src/compiler/graph/leaves.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import * as ops from '../../../../src/keras/ops/index.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import { expectClose } from '../../../support/close.ts';
import { range } from '../../../support/primitives/case.ts';

const compute = (...outputs: readonly Value[]) => evaluate({ inputs: [], outputs, updates: [] }, []).outputs;
const numbers = (value: Value) => compute(value)[0]!.toArray();
const x = (...shape: (number | null)[]): Value => input('x', shape, 'float32');
const matrix = [[0, 1, 2], [3, 4, 5]]; // prettier-ignore

describe('normalization gives the numbers of the documentation of Keras', () => {
  test('batchNormalization', () => {
    const y = ops.batchNormalization(tensor([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]), [0.2, 0.3, 0.4], [4, 16, 64], -1, { offset: [5, 10, 15], scale: [10, 20, 30], epsilon: 1e-7 }); // prettier-ignore
    expectClose(compute(y)[0]!.data, [4.5, 9.5, 14.625, 6, 11, 15.75], { rtol: 1e-6 });
  });

  test('moments', () => {
    const [mean, variance] = ops.moments(range([2, 3]), [0]);
    expect(numbers(mean)).toEqual([1.5, 2.5, 3.5]);
    expect(numbers(variance)).toEqual([2.25, 2.25, 2.25]);
    const [kept] = ops.moments(range([2, 3]), [0], { keepdims: true });
    expect(numbers(kept)).toEqual([[1.5, 2.5, 3.5]]);
  });
});

describe('batchNormalization', () => {
  test('counts epsilon where the variance is small', () => {
    const y = ops.batchNormalization(constant([[1, 2]], 'float64'), [0, 0], [0, 3e-3], 1);
    expectClose(compute(y)[0]!.data, [1 / Math.sqrt(1e-3), 2 / Math.sqrt(4e-3)], { rtol: 1e-6 });
  });

  test('takes any axis, and variables', () => {
    const gamma = new Variable(tensor([10, 100]), { name: 'gamma' });
    const y = ops.batchNormalization([[[1, 2]], [[3, 4]]], [1, 3], [1, 1], 0, { scale: gamma, epsilon: 0 });
    expect(numbers(y)).toEqual([[[0, 10]], [[0, 100]]]);
  });

  test('refuses vectors of another length', () => {
    expect(() => ops.batchNormalization(x(null, 3), [0, 0], [1, 1, 1], -1)).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [ops.batchNormalization] mean must be a vector of length x.shape[axis], 3. Received: shape [2].]`,
    );
  });
});

describe('reshape', () => {
  test('works out the size that is -1', () => {
    expect(numbers(ops.reshape(matrix, [3, -1]))).toEqual([[0, 1], [2, 3], [4, 5]]); // prettier-ignore
    expect(numbers(ops.reshape([[7]], []))).toBe(7);
  });
  test('cancels unknown sizes on both sides', () => {
    expect(ops.reshape(x(null, 4, 6), [null, -1]).shape).toEqual([null, 24]);
    expect(ops.reshape(x(null, 4, 6), [-1, 6]).shape).toEqual([null, 6]);
    expect(ops.reshape(x(null, 4), [null, 2, 2]).shape).toEqual([null, 2, 2]);
  });
  test('to the same shape is no operation', () => {
    const value = x(null, 4);
    expect(ops.reshape(value, [null, 4])).toBe(value);
  });
  test('refuses what does not divide', () => {
    expect(() => ops.reshape(x(2, 3), [4, -1])).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [ops.reshape] the sizes must divide the 6 elements. Received: newshape=[4, -1] for an input of shape [2, 3].]`,
    );
    expect(() => ops.reshape(x(2, 3), [-1, -1])).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [ops.reshape] only one size may be -1. Received: newshape=[-1, -1].]`,
    );
    expect(() => ops.reshape(x(2, 3), [5])).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [ops.reshape] the number of elements must stay the same for shape [5]. Received: shapes [2, 3].]`,
    );
  });
});

test('take goes along an axis, or without one through all elements', () => {
  expect(numbers(ops.take(matrix, [[2], [0]], { axis: 1 }))).toEqual([[[2], [0]], [[5], [3]]]); // prettier-ignore
  expect(numbers(ops.take(matrix, [[5], [1]]))).toEqual([[5], [1]]);
  expect(numbers(ops.take(7, [0, 0]))).toEqual([7, 7]);
  expect(ops.take(x(null, 3), [[1, 2]]).shape).toEqual([1, 2]);
  expect(() => ops.take(matrix, [0], { axis: 2 })).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: [ops.take] axis must be in [-2, 1] for an input of rank 2. Received: axis=2.]`,
  );
});

describe('slice, squeeze and expandDims', () => {
  test('slice returns a block of a shape', () => {
    expect(numbers(ops.slice(matrix, [0, 1], [2, 2]))).toEqual([[1, 2], [4, 5]]); // prettier-ignore
    expect(numbers(ops.slice(matrix, [1, 1], [1, -1]))).toEqual([[4, 5]]);
    expect(numbers(ops.getItem(matrix, [{ start: 1 }, { step: 2 }]))).toEqual([[3, 5]]);
    expect(() => ops.slice(matrix, [0, 1], [2, 3])).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [ops.slice] the block must be within the input. Received: startIndices=[0, 1], shape=[2, 3] for an input of shape [2, 3].]`,
    );
    expect(() => ops.slice(matrix, [0], [1])).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [ops.slice] startIndices and shape must have an entry for each of the 2 axes. Received: startIndices=[0], shape=[1].]`,
    );
  });
  test('squeeze drops axes of size 1', () => {
    expect(ops.squeeze(x(1, 3, 1)).shape).toEqual([3]);
    expect(ops.squeeze(x(1, 3, 1), { axis: -1 }).shape).toEqual([1, 3]);
    expect(ops.squeeze(x(null, 1), { axis: 1 }).shape).toEqual([null]);
    expect(() => ops.squeeze(x(1, 3), { axis: 1 })).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [ops.squeeze] the axes must have size 1. Received: axis=1 for shape [1, 3].]`,
    );
  });
  test('expandDims adds one, counted from either end', () => {
    expect(ops.expandDims(x(2, 3), -1).shape).toEqual([2, 3, 1]);
    expect(ops.expandDims(x(2, 3), 0).shape).toEqual([1, 2, 3]);
    expect(() => ops.expandDims(x(2, 3), 3)).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [ops.expandDims] axis must be in [-3, 2] for an input of rank 3. Received: axis=3.]`,
    );
  });
});

describe('operands', () => {
  test('of two types are promoted, and plain numbers follow the others', () => {
    expect(ops.add(constant([1], 'int32'), constant([1])).dtype).toBe('float32');
    expect(ops.add(constant([1], 'int32'), 1).dtype).toBe('int32');
    expect(ops.add(constant([1], 'int32'), 0.5).dtype).toBe('float32');
    expect(ops.add(constant([1], 'float64'), 0.1).dtype).toBe('float64');
    expect(numbers(ops.add(constant([1], 'float64'), 0.1))).toEqual([1.1]);
    expect(ops.divide(constant([1], 'int32'), 2).dtype).toBe('float32');
    expect(ops.add(constant([true]), 1).dtype).not.toBe('bool');
  });
  test('that are integers become floats where the result is one', () => {
    expect(numbers(ops.exp(constant([0], 'int32')))).toEqual([1]);
    expect(numbers(ops.mean(constant([1, 2], 'int32')))).toBe(1.5);
    expect(numbers(ops.sum([true, true, false]))).toBe(2);
  });
});

describe('reductions', () => {
  test('go over all axes, some, or none', () => {
    expect(numbers(ops.sum(matrix))).toBe(15);
    expect(numbers(ops.sum(matrix, { axis: -1, keepdims: true }))).toEqual([[3], [12]]);
    expect(numbers(ops.sum(matrix, { axis: [] }))).toEqual(matrix);
    expect(numbers(ops.max(matrix, { axis: [1, 0] }))).toBe(5);
    expect(numbers(ops.variance(matrix, { axis: 0 }))).toEqual([2.25, 2.25, 2.25]);
  });
  test('of truth values', () => {
    const truth = [[true, false], [true, true]]; // prettier-ignore
    expect(numbers(ops.all(truth, { axis: 1 }))).toEqual([0, 1]);
    expect(numbers(ops.any(truth, { axis: 0 }))).toEqual([1, 1]);
    expect(numbers(ops.argmax(matrix, { axis: 0 }))).toEqual([1, 1, 1]);
  });
  test.each([
    ['argmax', 2],
    ['argmin', 1],
  ] as const)('%s without an axis is the place among all elements', (name, place) => {
    const values = [[5, -2], [8, 8]]; // prettier-ignore
    expect(numbers(ops[name](values))).toBe(place);
    expect(numbers(ops[name](values, { keepdims: true }))).toEqual([[place]]);
    expect(numbers(ops[name](7))).toBe(0);
    expect(ops[name](x(null, 3, 2)).shape).toEqual([]);
  });
  test('softmax over several axes is one distribution', () => {
    const y = ops.softmax([[0, Math.log(2)], [0, 0]], { axis: [0, 1] }); // prettier-ignore
    expectClose(compute(y)[0]!.data, [0.2, 0.4, 0.2, 0.2], { rtol: 1e-7 });
  });
  test('refuse an axis that does not exist, or twice', () => {
    expect(() => ops.sum(x(2, 3), { axis: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [ops.sum] axis must be in [-2, 1] for an input of rank 2. Received: axis=2.]`,
    );
    expect(() => ops.mean(x(2, 3), { axis: [0, -2] })).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [ops.mean] axis must not repeat an axis. Received: axis=[0, -2].]`,
    );
  });
});

describe('products and windows', () => {
  test('matmul takes vectors as rows and columns', () => {
    expect(numbers(ops.matmul([1, 2], [3, 4]))).toBe(11);
    expect(numbers(ops.matmul(matrix, [1, 0, 1]))).toEqual([2, 8]);
    expect(numbers(ops.matmul([1, 1], matrix))).toEqual([3, 5, 7]);
  });
  test('conv pads as TensorFlow does: the odd zero behind', () => {
    const y = ops.conv([[[1], [2], [4], [8]]], [[[1]], [[10]]], { padding: 'same' });
    expect(numbers(y)).toEqual([[[21], [42], [84], [8]]]);
  });
  test('conv reads groups off the kernel', () => {
    const y = ops.conv([[[1, 2]]], [[[10, 100]]]);
    expect(numbers(y)).toEqual([[[10, 200]]]);
  });
  test('pooling takes channels last or first', () => {
    const last = [[[1, 10], [3, 30], [2, 50], [0, 70]]]; // prettier-ignore
    expect(numbers(ops.maxPool(last, 2))).toEqual([[[3, 30], [2, 70]]]); // prettier-ignore
    expect(numbers(ops.averagePool(last, 2))).toEqual([[[2, 20], [1, 60]]]); // prettier-ignore
    const first = ops.transpose(last, { axes: [0, 2, 1] });
    expect(numbers(ops.maxPool(first, 2, { dataFormat: 'channels_first' }))).toEqual([[[3, 2], [30, 70]]]); // prettier-ignore
  });
  test('windows must be whole numbers, one for each axis', () => {
    expect(() => ops.maxPool(x(1, 4, 4, 1), [2])).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [ops.maxPool] poolSize must be an integer ≥ 1, or one for each of the 2 spatial axes. Received: poolSize=[2].]`,
    );
    expect(() => ops.conv(x(1, 4, 1), x(2, 1, 1), { strides: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [ops.conv] strides must be an integer ≥ 1, or one for each of the 1 spatial axes. Received: strides=0.]`,
    );
  });
});
