import { describe, expect, test } from 'vitest';
import { input } from '../../../../../src/compiler/graph/leaves.ts';
import { Activation, ReLU, Softmax } from '../../../../../src/keras/layers/index.ts';

describe('Activation', () => {
  test('emits nothing for linear', () => {
    const x = input('x', [2], 'float32');
    expect(new Activation('linear').apply(x)).toBe(x);
    expect(new Activation(null).getConfig()['activation']).toBe('linear');
  });

  test('refuses an activation that does not exist', () => {
    expect(() => new Activation('sofmax', { name: 'a' })).toThrow(
      new TypeError('[Activation a] unknown activation "sofmax". Did you mean "softmax"?'),
    );
  });
});

describe('ReLU', () => {
  test.each([
    [{ maxValue: -1 }, '[ReLU r] maxValue must be ≥ 0. Received: maxValue=-1.'],
    [{ negativeSlope: -1 }, '[ReLU r] negativeSlope must be ≥ 0. Received: negativeSlope=-1.'],
    [{ threshold: -1 }, '[ReLU r] threshold must be ≥ 0. Received: threshold=-1.'],
    [{ threshold: '1' }, '[ReLU r] threshold must be a finite number. Received: threshold="1".'],
  ])('refuses %j', (options, message) => {
    expect(() => new ReLU({ ...options, name: 'r' } as never)).toThrow(message);
  });
});

describe('Softmax', () => {
  test.each([[[]], ['-1'], [1.5], [[0, '1']]])('refuses the axis %j', (axis) => {
    expect(() => new Softmax({ axis: axis as never, name: 's' })).toThrow(
      '[Softmax s] axis must be an integer or a list of integers. Received: axis=',
    );
  });

  test('refuses an axis out of range, and a mask that does not fit', () => {
    const x = input('x', [2, 3], 'float32');
    expect(() => new Softmax({ axis: 2, name: 's' }).apply(x)).toThrow(
      '[Softmax s] axis must be in [-2, 1] for an input of rank 2. Received: axis=2.',
    );
    expect(() => new Softmax({ name: 's' }).apply(x, { mask: input('mask', [2, 4], 'bool') })).toThrow(
      '[Softmax s] the mask must broadcast to the input, of shape [2, 3]. Received: mask of shape [2, 4].',
    );
    expect(() => new Softmax({ name: 's' }).apply(x, { mask: input('mask', [1, 2, 3], 'bool') })).toThrow(
      '[Softmax s] the mask must broadcast to the input, of shape [2, 3]. Received: mask of shape [1, 2, 3].',
    );
  });
});
