import { describe, expect, test } from 'vitest';
import { Tensor, tensor } from '../../../../src/core/tensor.ts';
import { input } from '../../../../src/compiler/graph/leaves.ts';
import { Trace } from '../../../../src/compiler/graph/trace.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import * as layers from '../../../../src/keras/layers/index.ts';
import { Sequential } from '../../../../src/keras/models/index.ts';
import { power } from '../../../../src/keras/ops/index.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import { expectClose } from '../../../support/close.ts';
import { checkEagerCall } from '../../../support/layer-contract.ts';
import { lcg } from '../../../support/lcg.ts';

const [sequence, image, volume] = [
  [2, 7, 3],
  [2, 6, 5, 4],
  [1, 4, 5, 4, 2],
];

const cases: readonly (readonly [string, () => layers.Layer, readonly number[]])[] = [
  ['Permute', () => new layers.Permute([3, 1, 2]), image],
  ['RepeatVector', () => new layers.RepeatVector(3), [2, 4]],
  ['Rescaling', () => new layers.Rescaling([1, 2, 3, 4], { offset: 0.5 }), image],
  ['ZeroPadding1D', () => new layers.ZeroPadding1D({ padding: [1, 2] }), sequence],
  ['ZeroPadding2D', () => new layers.ZeroPadding2D({ padding: [1, [0, 2]] }), image],
  ['ZeroPadding3D', () => new layers.ZeroPadding3D(), volume],
  ['Cropping1D', () => new layers.Cropping1D(), sequence],
  ['Cropping2D', () => new layers.Cropping2D({ cropping: [1, [0, 2]] }), image],
  ['Cropping3D', () => new layers.Cropping3D(), volume],
  ['UpSampling1D', () => new layers.UpSampling1D({ size: 3 }), sequence],
  ['UpSampling2D', () => new layers.UpSampling2D({ size: [2, 3] }), image],
  ['UpSampling2D, bilinear', () => new layers.UpSampling2D({ size: [2, 3], interpolation: 'bilinear' }), image],
  ['UpSampling3D', () => new layers.UpSampling3D(), volume],
  ['MaxPooling1D', () => new layers.MaxPooling1D({ poolSize: 3, strides: 2, padding: 'same' }), sequence],
  ['MaxPooling3D', () => new layers.MaxPooling3D(), volume],
  ['AveragePooling1D', () => new layers.AveragePooling1D(3, { strides: 2, padding: 'same' }), sequence],
  ['AveragePooling3D', () => new layers.AveragePooling3D(2, { padding: 'same' }), volume],
  ['GlobalMaxPooling1D', () => new layers.GlobalMaxPooling1D(), sequence],
  ['GlobalMaxPooling3D', () => new layers.GlobalMaxPooling3D({ keepdims: true }), volume],
  ['GlobalAveragePooling1D', () => new layers.GlobalAveragePooling1D(), sequence],
  ['GlobalAveragePooling3D', () => new layers.GlobalAveragePooling3D(), volume],
  ['Conv1D, causal', () => new layers.Conv1D(8, 3, { padding: 'causal', activation: 'relu' }), sequence],
  ['Conv1D, dilated', () => new layers.Conv1D(8, 3, { padding: 'same', dilationRate: 2 }), sequence],
  ['Conv1D in float64', () => new layers.Conv1D(4, 3, { dtype: 'float64' }), sequence],
  ['Conv3D', () => new layers.Conv3D(4, [2, 1, 3], { strides: [1, 2, 1], padding: 'same' }), volume],
  ['Conv3D with the channels in front', () => new layers.Conv3D(4, 2, { dataFormat: 'channels_first' }), volume],
  ['Conv1DTranspose', () => new layers.Conv1DTranspose(8, 3, { strides: 2, padding: 'same' }), sequence],
  ['Conv2DTranspose', () => new layers.Conv2DTranspose(8, 3, { strides: 2, padding: 'same' }), image],
  ['Conv2DTranspose, valid', () => new layers.Conv2DTranspose(8, [2, 3], { strides: 3 }), image],
  [
    'Conv2DTranspose with output padding',
    () => new layers.Conv2DTranspose(3, 4, { strides: 2, padding: 'same', outputPadding: 1 }),
    image,
  ],
  [
    'Conv2DTranspose, dilated, with the channels in front',
    () => new layers.Conv2DTranspose(8, 3, { dilationRate: 2, dataFormat: 'channels_first' }),
    image,
  ],
  ['Conv2DTranspose in float64', () => new layers.Conv2DTranspose(2, 3, { strides: 2, dtype: 'float64' }), image],
  ['Conv3DTranspose', () => new layers.Conv3DTranspose(4, 3, { strides: 2 }), volume],
  ['DepthwiseConv1D', () => new layers.DepthwiseConv1D(3, { depthMultiplier: 2 }), sequence],
  ['DepthwiseConv2D', () => new layers.DepthwiseConv2D(3, { padding: 'same', activation: 'relu' }), image],
  ['DepthwiseConv2D of 8 channels', () => new layers.DepthwiseConv2D(3, { strides: 2, padding: 'same' }), [2, 7, 7, 8]],
  ['DepthwiseConv2D with a multiplier', () => new layers.DepthwiseConv2D(2, { depthMultiplier: 3 }), image],
  ['SeparableConv1D', () => new layers.SeparableConv1D(5, 3, { padding: 'same' }), sequence],
  ['SeparableConv2D', () => new layers.SeparableConv2D(8, 3, { strides: 2, depthMultiplier: 2 }), image],
  ['LeakyReLU', () => new layers.LeakyReLU(), [3, 4]],
  ['ELU', () => new layers.ELU({ alpha: 0.5 }), [3, 4]],
  ['PReLU', () => new layers.PReLU({ sharedAxes: [1, 2] }), image],
];

describe('a layer of the families called on arrays', () => {
  test.each(cases)(
    'a layer of the families called on arrays gives what the reference gives: %s',
    async (_, make, shape) => {
      await checkEagerCall(make(), new Tensor(lcg(shape, 3), shape));
    },
  );
});

describe('a layer called on a list of arrays', () => {
  const merges: readonly (readonly [string, () => layers.Layer, readonly (readonly number[])[]])[] = [
    [
      'Add',
      () => new layers.Add(),
      [
        [2, 3, 4],
        [2, 4],
        [2, 1, 4],
      ],
    ],
    [
      'Subtract',
      () => new layers.Subtract(),
      [
        [2, 3],
        [2, 3],
      ],
    ],
    [
      'Multiply',
      () => new layers.Multiply(),
      [
        [2, 3],
        [2, 3],
      ],
    ],
    [
      'Average',
      () => new layers.Average(),
      [
        [2, 3],
        [2, 3],
        [2, 3],
      ],
    ],
    [
      'Maximum',
      () => new layers.Maximum(),
      [
        [2, 3],
        [2, 3],
      ],
    ],
    [
      'Minimum',
      () => new layers.Minimum(),
      [
        [2, 3],
        [2, 3],
      ],
    ],
    [
      'Concatenate',
      () => new layers.Concatenate({ axis: 1 }),
      [
        [2, 3, 2],
        [2, 1, 2],
      ],
    ],
    [
      'Dot',
      () => new layers.Dot([2, 1], { normalize: true }),
      [
        [2, 3, 4],
        [2, 4, 5],
      ],
    ],
  ];

  test.each(merges)(
    'a layer called on a list of arrays gives what the reference gives: %s',
    async (_, make, shapes) => {
      const tensors = shapes.map((shape, i) => new Tensor(lcg(shape, i + 1), shape));
      const layer = make();
      const actual = await layer.apply(tensors);
      const inputs = shapes.map((shape, i) => input(`x${i}`, shape, 'float32'));
      const trace = new Trace();
      for (const value of inputs) trace.adopt(value);
      const graph = { inputs, outputs: [layer.applyIn(trace, inputs, false, null) as Value], updates: [] };
      const expected = evaluate(graph, tensors).outputs[0]!;
      expect(actual.shape).toEqual(expected.shape);
      expectClose(actual.data, expected.data, { rtol: 1e-5 });
    },
  );

  test('a layer called on a list of arrays takes functions and embeddings as well', async () => {
    const cube = new layers.Lambda((x: Value, { exponent }) => power(x, exponent as number), {
      arguments: { exponent: 3 },
    });
    expect((await cube.apply([1, 2])).toArray()).toEqual([1, 8]);
    const embedding = new layers.Embedding(3, 2, {
      weights: [
        [0, 0],
        [1, 2],
        [3, 4],
      ],
    });
    expect((await embedding.apply(tensor([[2, 1]], undefined, 'int32'))).toArray()).toEqual([
      [
        [3, 4],
        [1, 2],
      ],
    ]);
  });
});

describe('a model of the families', () => {
  test.each<[string, readonly layers.Layer[], readonly number[]]>([
    [
      'convolutions that shrink and enlarge',
      [
        new layers.DepthwiseConv2D(3, { padding: 'same', inputShape: [8, 8, 4] }),
        new layers.SeparableConv2D(8, 3, { strides: 2, padding: 'same' }),
        new layers.PReLU({ sharedAxes: [1, 2] }),
        new layers.Conv2DTranspose(4, 3, { strides: 2, padding: 'same' }),
        new layers.UpSampling2D({ interpolation: 'bilinear' }),
        new layers.Cropping2D({ cropping: 4 }),
        new layers.GaussianNoise(0.1),
        new layers.GlobalMaxPooling2D(),
        new layers.Dense(1),
      ],
      [8, 8, 4],
    ],
    [
      'sequences',
      [
        new layers.Conv1D(8, 3, { padding: 'causal', inputShape: [8, 3] }),
        new layers.MaxPooling1D(),
        new layers.SpatialDropout1D(0.2),
        new layers.Conv1DTranspose(4, 3, { strides: 2 }),
        new layers.GlobalAveragePooling1D(),
        new layers.AlphaDropout(0.1),
        new layers.Dense(1),
      ],
      [8, 3],
    ],
    [
      'volumes',
      [
        new layers.Conv3D(4, 2, { inputShape: [4, 4, 4, 2] }),
        new layers.AveragePooling3D(2, { strides: 1 }),
        new layers.Conv3DTranspose(2, 2),
        new layers.UpSampling3D(),
        new layers.GlobalAveragePooling3D(),
        new layers.Dense(1),
      ],
      [4, 4, 4, 2],
    ],
  ])('a model of the families learns: %s', async (_, parts, shape) => {
    const model = new Sequential([...parts]);
    model.compile({ optimizer: 'adam', loss: 'mse' });
    const [x, y] = [new Tensor(lcg([16, ...shape], 1), [16, ...shape]), new Tensor(lcg([16, 1], 2), [16, 1])];
    const before = model.getWeights().map((weight) => [...weight.data]);
    const { history } = await model.fit(x, y, { epochs: 2, batchSize: 8, verbose: 0 });
    expect(history['loss']?.every(Number.isFinite)).toBe(true);
    const after = model.getWeights().map((weight) => [...weight.data]);
    expect(after.every((weight, i) => JSON.stringify(weight) !== JSON.stringify(before[i]))).toBe(true);
  });

  test('a model of the families learns embeddings', async () => {
    const model = new Sequential([new layers.Embedding(5, 3, { maskZero: true }), new layers.GlobalAveragePooling1D()]);
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const x = tensor(
      [
        [1, 2, 0],
        [3, 1, 0],
      ],
      undefined,
      'int32',
    );
    model.build([null, 3]);
    const before = [...model.getWeights()[0]!.data];
    await model.fit(
      x,
      tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      { epochs: 1, verbose: 0 },
    );
    const after = [...model.getWeights()[0]!.data];
    const changed = Array.from({ length: 5 }, (_, row) =>
      [0, 1, 2].some((i) => before[row * 3 + i] !== after[row * 3 + i]),
    );
    expect(changed).toEqual([false, true, true, true, false]);
  });
});
