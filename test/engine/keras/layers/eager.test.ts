import { describe, expect, test } from 'vitest';
import { Tensor, tensor } from '../../../../src/core/tensor.ts';
import {
  Activation,
  AveragePooling2D,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  GlobalAveragePooling2D,
  GlobalMaxPooling2D,
  type Layer,
  Masking,
  MaxPooling2D,
  ReLU,
  Reshape,
  Softmax,
} from '../../../../src/keras/layers/index.ts';
import { checkEagerCall } from '../../../support/layer-contract.ts';
import { lcg } from '../../../support/lcg.ts';

const image = [2, 7, 6, 4];
const layers: readonly (readonly [string, () => Layer, readonly number[]])[] = [
  ['Dense', () => new Dense(5, { activation: 'gelu' }), [3, 4]],
  ['Dense on rank 4', () => new Dense(5), [2, 3, 2, 4]],
  ['Dense in float64', () => new Dense(5, { dtype: 'float64' }), [3, 4]],
  ['Conv2D', () => new Conv2D(6, 3, { activation: 'relu' }), image],
  ['Conv2D with same padding and strides', () => new Conv2D(6, [3, 2], { padding: 'same', strides: 2 }), image],
  ['Conv2D, dilated', () => new Conv2D(6, 3, { dilationRate: 2, padding: 'same' }), image],
  ['Conv2D in groups', () => new Conv2D(6, 3, { groups: 2 }), image],
  ['Conv2D with the channels in front', () => new Conv2D(6, 3, { dataFormat: 'channels_first' }), [2, 4, 7, 6]],
  ['MaxPooling2D', () => new MaxPooling2D(), image],
  ['MaxPooling2D with same padding', () => new MaxPooling2D({ poolSize: 3, strides: 2, padding: 'same' }), image],
  ['AveragePooling2D', () => new AveragePooling2D([2, 3]), image],
  ['AveragePooling2D with same padding', () => new AveragePooling2D(3, { strides: 2, padding: 'same' }), image],
  ['GlobalAveragePooling2D', () => new GlobalAveragePooling2D(), image],
  ['GlobalMaxPooling2D', () => new GlobalMaxPooling2D({ keepdims: true }), image],
  ['Flatten', () => new Flatten(), image],
  ['Flatten with the channels in front', () => new Flatten({ dataFormat: 'channels_first' }), image],
  ['Reshape', () => new Reshape([-1, 8]), image],
  ['Activation', () => new Activation('tanh'), [3, 4]],
  ['ReLU', () => new ReLU({ maxValue: 0.5, negativeSlope: 0.1, threshold: 0.2 }), [3, 4]],
  ['Softmax', () => new Softmax(), [3, 4]],
  ['Softmax over two axes', () => new Softmax({ axis: [1, 2] }), [3, 4, 2]],
  ['Dropout in inference', () => new Dropout(0.5), [3, 4]],
  ['Masking', () => new Masking({ maskValue: 1 }), [3, 4, 2]],
];

describe('a layer called on arrays', () => {
  test.each(layers)('a layer called on arrays gives what the reference gives: %s', async (_, make, shape) => {
    await checkEagerCall(make(), new Tensor(lcg(shape, 3), shape));
  });

  test('a layer called on arrays takes nested arrays, and a mask', async () => {
    const output = await new Softmax().apply([[1, 1, 1]], { mask: [[true, false, true]] });
    expect(output.toArray()).toEqual([[0.5, 0, 0.5]]);
  });

  test('a layer called on arrays drops in training, another part each time', async () => {
    const layer = new Dropout(0.5, { seed: 1 });
    const x = new Tensor(new Float32Array(64).fill(1), [8, 8]);
    const first = await layer.apply(x, { training: true });
    const second = await layer.apply(x, { training: true });
    expect(new Set(first.data)).toEqual(new Set([0, 2]));
    expect(second.data).not.toEqual(first.data);
    expect((await layer.apply(x)).data).toEqual(x.data);
  });

  test('a layer called on arrays reads its weights as they are at each call', async () => {
    const layer = new Dense(1, { useBias: false, kernelInitializer: 'ones' });
    expect((await layer.apply([[1, 2]])).toArray()).toEqual([[3]]);
    layer.setWeights([[[10], [1]]]);
    expect((await layer.apply([[1, 2]])).toArray()).toEqual([[12]]);
    expect(
      (
        await layer.apply([
          [1, 2],
          [3, 4],
        ])
      ).toArray(),
    ).toEqual([[12], [34]]);
  });

  test('a layer called on arrays fails by a rejection, also where the input is malformed', async () => {
    const layer = new Dense(1, { name: 'd' });
    await expect(layer.apply([1, 2])).rejects.toThrow(
      '[Dense d] expected an input of rank 2 or more. Received: input of shape [2].',
    );
    await expect(layer.apply([[1], [1, 2]])).rejects.toThrow(/^\[tensor\] nested arrays must not be ragged/);
    await layer.apply(tensor([[1, 2]]));
    await expect(layer.apply([[1]])).rejects.toThrow(
      '[Dense d] expected axis -1 of the input to have size 2. Received: input of shape [1, 1].',
    );
  });
});
