import { describe, expect, test } from 'vitest';
import { topologicalOrder } from '../../../../../src/compiler/graph/graph.ts';
import { input } from '../../../../../src/compiler/graph/leaves.ts';
import { Conv2D, Input } from '../../../../../src/keras/layers/index.ts';

const nodes = (layer: Conv2D, shape: readonly number[]): readonly string[] =>
  topologicalOrder([layer.apply(input('x', shape, 'float32'))]).map(
    ({ primitive, outputs }) => `${primitive} [${outputs[0]!.shape.join(', ')}]`,
  );

describe('Conv2D', () => {
  test('adds a bias of the rank of its output', () => {
    expect(nodes(new Conv2D(4, 3), [1, 5, 5, 2])).toEqual([
      'input [1, 5, 5, 2]',
      'transpose [1, 2, 5, 5]',
      'variable [3, 3, 2, 4]',
      'transpose [4, 2, 3, 3]',
      'conv [1, 4, 3, 3]',
      'transpose [1, 3, 3, 4]',
      'variable [4]',
      'reshape [1, 1, 1, 4]',
      'add [1, 3, 3, 4]',
    ]);
    expect(nodes(new Conv2D(4, 3, { dataFormat: 'channels_first' }), [1, 2, 5, 5])).toEqual([
      'input [1, 2, 5, 5]',
      'variable [3, 3, 2, 4]',
      'transpose [4, 2, 3, 3]',
      'conv [1, 4, 3, 3]',
      'variable [4]',
      'reshape [1, 4, 1, 1]',
      'add [1, 4, 3, 3]',
    ]);
  });

  test('gives the shape of its output where sizes are unknown', () => {
    const layer = new Conv2D(8, 3, { strides: 2, padding: 'same' });
    expect(layer.computeOutputShape([null, null, 7, null])).toEqual([null, null, 4, 8]);
    expect(layer.apply(Input({ shape: [null, null, 3] })).shape).toEqual([null, null, null, 8]);
    expect(new Conv2D(8, 3, { groups: 2 }).computeOutputShape([null, 5, 5, 4])).toEqual([null, 3, 3, 8]);
  });

  test.each([
    [[3, 2, { groups: 2 }], '[Conv2D conv] filters must be divisible by groups. Received: filters=3, groups=2.'],
    [
      [4, 2, { strides: [2, 1], dilationRate: 2 }],
      '[Conv2D conv] strides and dilationRate must not both be greater than 1. Received: strides=[2, 1], dilationRate=[2, 2].',
    ],
    [
      [4, 2, { padding: 'causal' }],
      '[Conv2D conv] padding must be one of "valid", "same". Received: padding="causal".',
    ],
    [[0, 2, {}], '[Conv2D conv] filters must be a positive integer. Received: filters=0.'],
    [[4, 0, {}], '[Conv2D conv] kernelSize must be a positive integer, or a list of 2. Received: kernelSize=0.'],
    [
      [4, [2, 2, 2], {}],
      '[Conv2D conv] kernelSize must be a positive integer, or a list of 2. Received: kernelSize=[2, 2, 2].',
    ],
    [[4, '3', {}], '[Conv2D conv] kernelSize must be a positive integer, or a list of 2. Received: kernelSize="3".'],
    [[4, 2, { groups: 0 }], '[Conv2D conv] groups must be a positive integer. Received: groups=0.'],
    [
      [4, 2, { strides: [1, 0] }],
      '[Conv2D conv] strides must be a positive integer, or a list of 2. Received: strides=[1, 0].',
    ],
    [
      [4, 2, { dataFormat: 'NHWC' }],
      '[Conv2D conv] dataFormat must be one of "channels_last", "channels_first". Received: dataFormat="NHWC".',
    ],
  ])('refuses %j', ([filters, kernelSize, options], message) => {
    const make = (): Conv2D =>
      new Conv2D(filters as number, kernelSize as number, { ...(options as object), name: 'conv' });
    expect(make).toThrow(message);
  });

  test('refuses an option that does not exist', () => {
    expect(() => new Conv2D(1, 1, { stride: 2 } as never)).toThrow(
      new TypeError('[Conv2D] unknown option "stride". Did you mean "strides"?'),
    );
  });

  test('refuses inputs that do not fit', () => {
    const layer = new Conv2D(4, 3, { name: 'conv_1', groups: 2 });
    expect(() => layer.apply(Input({ shape: [5, 4] }))).toThrow(
      '[Conv2D conv_1] expected an input of rank 4. Received: input of shape [null, 5, 4].',
    );
    expect(() => layer.apply(Input({ shape: [5, 5, 3] }))).toThrow(
      "[Conv2D conv_1] the input's channels must be divisible by groups=2. Received: 3 channels, inputShape=[null, 5, 5, 3].",
    );
    expect(() => layer.apply(Input({ shape: [5, 5, null] }))).toThrow(
      '[Conv2D conv_1] the size of axis 3 must be known to create the weights. Received: inputShape=[null, 5, 5, null].',
    );
    expect(() => layer.apply(Input({ shape: [5, 2, 4] }))).toThrow(
      '[Conv2D conv_1] the window must fit into the input: it spans 3 elements of spatial axis 1. Received: spatial shape [5, 2]. Use padding="same" or a smaller window.',
    );
    expect(layer.weights).toEqual([]);
    layer.build([null, 5, 5, 4]);
    expect(() => layer.apply(input('x', [1, 5, 5, 2], 'float32'))).toThrow(
      '[Conv2D conv_1] expected axis -1 of the input to have size 4. Received: input of shape [1, 5, 5, 2].',
    );
  });
});
