import { describe, expect, test } from 'vitest';
import { Tensor } from '../../../../src/core/tensor.ts';
import { constant, input } from '../../../../src/compiler/graph/leaves.ts';
import { convTranspose, depthwiseConv, repeat, separableConv } from '../../../../src/keras/ops/index.ts';
import { expectClose } from '../../../support/close.ts';
import { checkGradient, evaluateFunction } from '../../../support/gradient-check.ts';
import { lcg } from '../../../support/lcg.ts';

const numbers = (shape: readonly number[], seed: number): Tensor =>
  new Tensor(Float64Array.from(lcg(shape, seed)), shape);

describe('ops.convTranspose', () => {
  test.each(['valid', 'same'] as const)('with dilations is that with zeros in the kernel: %s', (padding) => {
    const x = numbers([2, 4, 2], 1);
    const kernel = numbers([3, 3, 2], 2);
    const spread = new Float64Array(5 * 6);
    for (let i = 0; i < 3; i++) spread.set(kernel.data.subarray(6 * i, 6 * i + 6), 12 * i);
    const dilated = evaluateFunction(([a]) => convTranspose(a!, constant(kernel), { padding, dilationRate: 2 }), [x]);
    const plain = evaluateFunction(
      ([a]) => convTranspose(a!, constant(new Tensor(spread, [5, 3, 2])), { padding }),
      [x],
    );
    expect(dilated.shape).toEqual(plain.shape);
    expectClose(dilated.data, plain.data, { rtol: 1e-12 });
  });

  test('has the gradients of finite differences', () => {
    checkGradient(
      'convTranspose',
      ([x, kernel]) => convTranspose(x!, kernel!, { strides: 2, padding: 'same', outputPadding: 1 }),
      [numbers([2, 3, 2, 2], 1), numbers([3, 2, 3, 2], 2)],
    );
  });

  test('says what does not fit', () => {
    const [x, kernel] = [input('x', [2, 4, 3], 'float32'), input('kernel', [3, 2, 3], 'float32')];
    expect(() => convTranspose(x, input('k', [3, 3, 2], 'float32'))).toThrow(
      '[ops.convTranspose] the kernel must be of shape […spatial, out, in], with the rank and the channels of the inputs. Received: kernel of shape [3, 3, 2], inputs of shape [2, 4, 3].',
    );
    expect(() => convTranspose(x, kernel, { outputPadding: 1 })).toThrow(
      '[ops.convTranspose] outputPadding must be an integer in [0, strides), or one for each of the 1 spatial axes. Received: outputPadding=1, strides=[1].',
    );
  });
});

describe('ops.depthwiseConv and ops.separableConv', () => {
  test('have the gradients of finite differences', () => {
    checkGradient(
      'separableConv',
      ([x, depthwise, pointwise]) => separableConv(x!, depthwise!, pointwise!, { padding: 'same', strides: 2 }),
      [numbers([1, 4, 3, 2], 1), numbers([2, 3, 2, 2], 2), numbers([1, 1, 4, 3], 3)],
    );
  });

  test('say what does not fit', () => {
    expect(() => depthwiseConv(input('x', [2, 4, 3], 'float32'), input('kernel', [3, 2, 1], 'float32'))).toThrow(
      '[ops.depthwiseConv] the kernel must be of shape […spatial, in, multiplier], with the rank and the channels of the inputs. Received: kernel of shape [3, 2, 1], inputs of shape [2, 4, 3].',
    );
  });
});

describe('ops.repeat', () => {
  test('repeats slices, and adds up their gradients', () => {
    const x = numbers([2, 3], 1);
    expect(evaluateFunction(([a]) => repeat(a!, 2, { axis: -1 }), [x]).shape).toEqual([2, 6]);
    checkGradient('repeat', ([a]) => repeat(a!, 3, { axis: 0 }), [x]);
  });

  test('says what does not fit', () => {
    expect(() => repeat(input('x', [2], 'float32'), -1, { axis: 0 })).toThrow(
      '[ops.repeat] repeats must be an integer ≥ 0, or a list of them. Received: repeats=-1.',
    );
  });
});
