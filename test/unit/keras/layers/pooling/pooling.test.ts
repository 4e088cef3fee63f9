import { describe, expect, test } from 'vitest';
import { AveragePooling2D, GlobalMaxPooling2D, Input, MaxPooling2D } from '../../../../../src/keras/layers/index.ts';

describe('pooling over windows', () => {
  test('pooling over windows takes the size of the window first or among the options, where Keras requires it', () => {
    expect(new AveragePooling2D(3).poolSize).toEqual([3, 3]);
    expect(new AveragePooling2D([1, 2], { strides: 2 })).toMatchObject({ poolSize: [1, 2], strides: [2, 2] });
    expect(new AveragePooling2D({ poolSize: 3 }).strides).toEqual([3, 3]);
    expect(new AveragePooling2D().poolSize).toEqual([2, 2]);
  });

  test('pooling over windows gives the shape of its output where sizes are unknown', () => {
    expect(new MaxPooling2D({ padding: 'same' }).computeOutputShape([null, null, 5, 3])).toEqual([null, null, 3, 3]);
  });

  test.each([
    [{ poolSize: 0 }, '[MaxPooling2D p] poolSize must be a positive integer, or a list of 2. Received: poolSize=0.'],
    [{ strides: [1] }, '[MaxPooling2D p] strides must be a positive integer, or a list of 2. Received: strides=[1].'],
    [{ padding: 'full' }, '[MaxPooling2D p] padding must be one of "valid", "same". Received: padding="full".'],
  ])('pooling over windows refuses %j', (options, message) => {
    expect(() => new MaxPooling2D({ ...options, name: 'p' } as never)).toThrow(message);
  });

  test('pooling over windows refuses an option that does not exist, and inputs that do not fit', () => {
    expect(() => new MaxPooling2D({ poolsize: 2 } as never)).toThrow(
      new TypeError('[MaxPooling2D] unknown option "poolsize". Did you mean "poolSize"?'),
    );
    expect(() => new MaxPooling2D('2' as never)).toThrow(/\[MaxPooling2D max_pooling2d(_\d+)?\] poolSize must be/);
    expect(() => new MaxPooling2D({ name: 'p' }).apply(Input({ shape: [4, 4] }))).toThrow(
      '[MaxPooling2D p] expected an input of rank 4. Received: input of shape [null, 4, 4].',
    );
    expect(() => new MaxPooling2D({ name: 'p', poolSize: 5 }).apply(Input({ shape: [4, 4, 1] }))).toThrow(
      '[MaxPooling2D p] the window must fit into the input: it spans 5 elements of spatial axis 0. Received: spatial shape [4, 4]. Use padding="same" or a smaller window.',
    );
    expect(() => new GlobalMaxPooling2D({ name: 'g' }).computeOutputShape([null, 3])).toThrow(
      '[GlobalMaxPooling2D g] expected an input of rank 4. Received: input of shape [null, 3].',
    );
  });
});
