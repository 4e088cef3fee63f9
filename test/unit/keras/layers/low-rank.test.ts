import { expect, test } from 'vitest';
import { Input, layers } from '../../../../src/index.ts';
import { Sequential } from '../../../../src/keras/models/sequential.ts';
import { tensor } from '../../../../src/core/tensor.ts';
import { expectClose } from '../../../support/close.ts';
import { lcg } from '../../../support/lcg.ts';

const numbers = (shape: readonly number[], seed: number) => tensor(lcg(shape, seed), shape);

test('an adapted layer trains its two factors and its bias, and keeps its kernel', () => {
  const layer = new layers.Dense(4, { kernelRegularizer: 'l2' });
  layer.build([null, 3]);
  layer.enableLora(2, { loraAlpha: 6 });
  expect(layer.loraEnabled).toBe(true);
  expect(layer.trainableWeights.map(({ name }) => name)).toEqual(['bias', 'lora_kernel_a', 'lora_kernel_b']);
  expect(layer.nonTrainableWeights.map(({ name }) => name)).toEqual(['kernel']);
  expect(layer.weightRegularizers.size).toBe(3);
  expect(layer.getConfig()).toMatchObject({ lora_rank: 2, lora_alpha: 6 });
  expect(layer.linearForm).toBe(null);
  const copy = layers.deserialize(layers.serialize(layer));
  expect(copy.weights.map(({ name }) => name)).toEqual(['kernel', 'bias', 'lora_kernel_a', 'lora_kernel_b']);
});

test('a file holds the kernel merged with its adaptation, and an adapted layer reads it with factors of zeros', () => {
  const layer = new layers.Dense(2, { loraRank: 1, loraAlpha: 2 });
  layer.build([null, 2]);
  layer.setWeights([
    [
      [1, 2],
      [3, 4],
    ],
    [0, 0],
    [[1], [2]],
    [[3, 5]],
  ]);
  const [kernel, bias] = layer.storedWeights;
  expect(layer.storedWeights).toHaveLength(2);
  expect([kernel!.name, kernel!.value.toArray(), bias!.name]).toEqual([
    'kernel',
    [
      [7, 12],
      [15, 24],
    ],
    'bias',
  ]);
  kernel!.assign([
    [1, 1],
    [1, 1],
  ]);
  expect(layer.getWeights().map((value) => value.toArray())).toEqual([
    [
      [1, 1],
      [1, 1],
    ],
    [0, 0],
    [[0], [0]],
    [[0, 0]],
  ]);
});

test('enableLora refuses a layer that is not built, has a constraint, or is adapted', () => {
  const layer = new layers.Dense(2, { name: 'd' });
  expect(() => layer.enableLora(1)).toThrow(
    '[Dense d] enableLora needs a built layer: call it on an input or build([…]) first.',
  );
  layer.build([null, 3]);
  expect(() => layer.enableLora(0)).toThrow('[Dense d] rank must be an integer ≥ 1. Received: rank=0.');
  expect(() => layer.enableLora(1, { alpha: 2 } as never)).toThrow('[Dense d enableLora] unknown option "alpha".');
  layer.enableLora(1);
  expect(() => layer.enableLora(1)).toThrow('[Dense d] enableLora must be called once. Received: a second call.');
  const bound = new layers.Embedding(3, 2, { name: 'e', embeddingsConstraint: 'non_neg' });
  bound.build([null]);
  expect(() => bound.enableLora(1)).toThrow('[Embedding e] enableLora needs a layer without embeddingsConstraint.');
  expect(bound.weights).toHaveLength(1);
});

test('an embedding whose factors are random looks up the sum', () => {
  const layer = new layers.Embedding(4, 3, { loraRank: 2 });
  layer.build([null]);
  expect(layer.weights.map(({ name, shape }) => [name, shape])).toEqual([
    ['embeddings', [4, 3]],
    ['lora_embeddings_a', [4, 2]],
    ['lora_embeddings_b', [2, 3]],
  ]);
  layer.setWeights([numbers([4, 3], 1), numbers([4, 2], 2), numbers([2, 3], 3)]);
  const [merged] = layer.storedWeights;
  const model = new Sequential([Input({ shape: [1], dtype: 'int32' }), layer]);
  expect(model.outputShape).toEqual([null, 1, 3]);
  const [w, a, b] = layer.getWeights();
  const row = [0, 1, 2].map((j) => w!.data[6 + j]! + a!.data[4]! * b!.data[j]! + a!.data[5]! * b!.data[3 + j]!);
  expectClose(merged!.value.data.slice(6, 9), row, { rtol: 1e-6 });
});
