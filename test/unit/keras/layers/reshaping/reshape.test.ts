import { describe, expect, test } from 'vitest';
import { topologicalOrder } from '../../../../../src/compiler/graph/graph.ts';
import { input } from '../../../../../src/compiler/graph/leaves.ts';
import { Flatten, Input, Reshape } from '../../../../../src/keras/layers/index.ts';

describe('Flatten', () => {
  test('Flatten gives unknown sizes an unknown product', () => {
    expect(new Flatten().apply(Input({ shape: [null, 3] })).shape).toEqual([null, null]);
    expect(new Flatten().computeOutputShape([8, 2, 3])).toEqual([8, 6]);
  });

  test('Flatten emits nothing for an input that is flat', () => {
    const x = input('x', [2, 3], 'float32');
    expect(new Flatten().apply(x)).toBe(x);
    expect(topologicalOrder([new Flatten().apply(input('x', [2, 3, 4], 'float32'))])).toHaveLength(2);
  });

  test('Flatten refuses a scalar', () => {
    expect(() => new Flatten({ name: 'f' }).apply(Input({ batchShape: [] }))).toThrow(
      '[Flatten f] expected an input of rank 1 or more. Received: input of shape [].',
    );
  });
});

describe('Reshape', () => {
  test('Reshape works out the size of −1, where the others are known', () => {
    expect(new Reshape([-1, 2]).computeOutputShape([null, 3, 4])).toEqual([null, 6, 2]);
    expect(new Reshape([5, -1]).apply(Input({ shape: [null, 4] })).shape).toEqual([null, 5, null]);
    expect(new Reshape([2, 6]).apply(Input({ shape: [null, 4] })).shape).toEqual([null, 2, 6]);
    expect(new Reshape([-1, 4]).computeOutputShape([null, 0, 4])).toEqual([null, 0, 4]);
  });

  test('Reshape does not share the list that it was given', () => {
    const target = [3, 4];
    const layer = new Reshape(target);
    target[0] = 9;
    expect(layer.getConfig()['target_shape']).toEqual([3, 4]);
  });

  test.each([
    [
      [5],
      '[Reshape r] targetShape=[5] must have as many elements as the input without its batch, 12. Received: input of shape [null, 12].',
    ],
    [
      [5, -1],
      '[Reshape r] targetShape=[5, -1] must have as many elements as the input without its batch, 12. Received: input of shape [null, 12].',
    ],
    [
      [0, -1],
      '[Reshape r] targetShape=[0, -1] must have as many elements as the input without its batch, 12. Received: input of shape [null, 12].',
    ],
  ])('Reshape refuses to make %j of 12 elements', (target, message) => {
    expect(() => new Reshape(target, { name: 'r' }).apply(Input({ shape: [12] }))).toThrow(message);
  });

  test.each([[[-1, -1]], [[1.5]], [[-2]], ['12'], [null]])('Reshape refuses the target %j', (target) => {
    expect(() => new Reshape(target as number[], { name: 'r' })).toThrow(
      '[Reshape r] targetShape must be a list of non-negative integers, one of which may be -1. Received: targetShape=',
    );
  });
});
