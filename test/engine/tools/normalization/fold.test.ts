import { describe, expect, test } from 'vitest';
import { Tensor } from '../../../../src/core/tensor.ts';
import * as layers from '../../../../src/keras/layers/index.ts';
import { Input, type KerasTensor, type Layer } from '../../../../src/keras/layers/index.ts';
import { type AnyModel, Model, Sequential } from '../../../../src/keras/models/index.ts';
import { foldBatchNormalization } from '../../../../src/tools/normalization/index.ts';
import { expectClose } from '../../../support/close.ts';
import { lcg } from '../../../support/lcg.ts';

/** Weights as training leaves them: no scale, offset or statistic at its first value. */
function trained<M extends Model>(model: M): M {
  model.setWeights(
    model.getWeights().map(({ shape, dtype }, i) => {
      const { path } = model.weights[i]!;
      const around = path.includes('variance') || path.includes('gamma') ? 1 : 0;
      return new Tensor(
        Float32Array.from(lcg(shape, i + 1), (entry) => around + 0.6 * entry),
        shape,
        dtype,
      );
    }),
  );
  return model;
}

async function expectSame(model: AnyModel, folded: AnyModel, shape: readonly number[]): Promise<void> {
  const x = new Tensor(Float32Array.from(lcg([3, ...shape], 77)), [3, ...shape]);
  const [expected, actual] = (await Promise.all([model, folded].map((one) => one.predict(x, { verbose: 0 })))) as [
    Tensor,
    Tensor,
  ];
  expect(actual.shape).toEqual(expected.shape);
  expectClose(actual.data, expected.data, { rtol: 2e-5 });
}

const namesOf = (model: AnyModel): readonly string[] =>
  model.layers.filter((layer) => layer.className !== 'InputLayer').map((layer) => layer.className);

/** Folds a stack of layers: what is left must be that, and must compute the same. */
async function check(shape: readonly number[], stack: readonly Layer[], left: readonly string[]): Promise<void> {
  const model = trained(new Sequential([Input({ shape: [...shape] }), ...stack]));
  const weights = model.getWeights();
  const folded = foldBatchNormalization(model);
  expect(namesOf(folded)).toEqual(left);
  expect(folded.foldReport.largestError).toBeLessThan(1e-5);
  await expectSame(model, folded, shape);
  expect(model.getWeights().map(({ data }) => data)).toEqual(weights.map(({ data }) => data));
}

const bn = (options: layers.BatchNormalizationOptions = {}): Layer => new layers.BatchNormalization(options);

describe('foldBatchNormalization', () => {
  test.for<[what: string, shape: readonly number[], make: () => readonly Layer[], left: readonly string[]]>([
    ['Dense', [5], () => [new layers.Dense(4), bn()], ['Dense']],
    ['Dense without a bias', [5], () => [new layers.Dense(4, { useBias: false }), bn()], ['Dense']],
    ['Dense over several axes', [3, 5], () => [new layers.Dense(4), bn()], ['Dense']],
    ['Conv1D', [7, 3], () => [new layers.Conv1D(4, 3, { padding: 'causal' }), bn()], ['Conv1D']],
    ['Conv2D', [6, 6, 3], () => [new layers.Conv2D(4, 3, { padding: 'same', strides: 2 }), bn()], ['Conv2D']],
    ['Conv2D in groups', [6, 6, 4], () => [new layers.Conv2D(6, 3, { groups: 2 }), bn()], ['Conv2D']],
    ['Conv3D', [4, 4, 4, 2], () => [new layers.Conv3D(3, 2), bn()], ['Conv3D']],
    ['Conv1DTranspose', [5, 3], () => [new layers.Conv1DTranspose(4, 3, { strides: 2 }), bn()], ['Conv1DTranspose']],
    ['Conv2DTranspose', [4, 4, 3], () => [new layers.Conv2DTranspose(2, 3), bn()], ['Conv2DTranspose']],
    ['Conv3DTranspose', [3, 3, 3, 2], () => [new layers.Conv3DTranspose(2, 2), bn()], ['Conv3DTranspose']],
    ['DepthwiseConv1D', [6, 3], () => [new layers.DepthwiseConv1D(3), bn()], ['DepthwiseConv1D']],
    [
      'DepthwiseConv2D with a multiplier',
      [6, 6, 3],
      () => [new layers.DepthwiseConv2D(3, { depthMultiplier: 2, useBias: false }), bn()],
      ['DepthwiseConv2D'],
    ],
    [
      'SeparableConv2D',
      [6, 6, 3],
      () => [new layers.SeparableConv2D(4, 3, { depthMultiplier: 2 }), bn()],
      ['SeparableConv2D'],
    ],
    ['SeparableConv1D', [6, 3], () => [new layers.SeparableConv1D(4, 3), bn({ scale: false })], ['SeparableConv1D']],
    [
      'channels first',
      [3, 6, 6],
      () => [new layers.Conv2D(4, 3, { dataFormat: 'channels_first' }), bn({ axis: 1, center: false })],
      ['Conv2D'],
    ],
    ['two, one behind the other', [6, 6, 3], () => [new layers.Conv2D(4, 3), bn(), bn()], ['Conv2D']],
    ['SyncBatchNormalization', [5], () => [new layers.Dense(4), new layers.SyncBatchNormalization()], ['Dense']],
  ])('foldBatchNormalization merges into the layer before it: %s', async ([, shape, make, left]) => {
    await check(shape, make(), left);
  });

  test.for<[what: string, shape: readonly number[], make: () => readonly Layer[], left: readonly string[]]>([
    ['Dense', [5], () => [bn(), new layers.Dense(4)], ['Dense']],
    ['Conv2D without padding', [6, 6, 3], () => [bn(), new layers.Conv2D(4, 3, { useBias: false })], ['Conv2D']],
    ['Conv2D in groups', [6, 6, 4], () => [bn(), new layers.Conv2D(6, 3, { groups: 2 })], ['Conv2D']],
    [
      'DepthwiseConv2D',
      [6, 6, 3],
      () => [bn(), new layers.DepthwiseConv2D(3, { depthMultiplier: 2 })],
      ['DepthwiseConv2D'],
    ],
    [
      'SeparableConv2D',
      [6, 6, 3],
      () => [bn(), new layers.SeparableConv2D(4, 3, { depthMultiplier: 2 })],
      ['SeparableConv2D'],
    ],
    [
      'Dense behind pooling and Flatten, as in the article',
      [8, 8, 3],
      () => [
        new layers.Conv2D(4, 3, { activation: 'relu' }),
        bn(),
        new layers.MaxPooling2D(),
        new layers.Flatten(),
        new layers.Dense(2),
      ],
      ['Conv2D', 'MaxPooling2D', 'Flatten', 'Dense'],
    ],
    [
      'Dense behind Flatten, channels first',
      [3, 4, 5],
      () => [bn({ axis: 1 }), new layers.Flatten({ dataFormat: 'channels_first' }), new layers.Dense(2)],
      ['Flatten', 'Dense'],
    ],
    [
      'Dense behind Flatten that knows nothing of channels first',
      [3, 4, 5],
      () => [bn({ axis: 1 }), new layers.Flatten(), new layers.Dense(2)],
      ['Flatten', 'Dense'],
    ],
    [
      'Dense behind global pooling and dropout',
      [4, 4, 3],
      () => [bn(), new layers.GlobalAveragePooling2D(), new layers.Dropout(0.5), new layers.Dense(2)],
      ['GlobalAveragePooling2D', 'Dropout', 'Dense'],
    ],
  ])('foldBatchNormalization merges into the layer after it: %s', async ([, shape, make, left]) => {
    await check(shape, make(), left);
  });

  test.for<[what: string, shape: readonly number[], make: () => readonly Layer[], left: readonly string[]]>([
    [
      'pooling',
      [6, 6, 3],
      () => [new layers.Conv2D(4, 3), new layers.AveragePooling2D({ padding: 'same' }), bn()],
      ['Conv2D', 'AveragePooling2D'],
    ],
    [
      'global pooling',
      [6, 6, 3],
      () => [new layers.Conv2D(4, 3), new layers.GlobalMaxPooling2D(), bn()],
      ['Conv2D', 'GlobalMaxPooling2D'],
    ],
    [
      'up-sampling and cropping',
      [6, 6, 3],
      () => [
        new layers.Conv2D(4, 3),
        new layers.UpSampling2D({ interpolation: 'bilinear' }),
        new layers.Cropping2D({ cropping: 1 }),
        bn(),
      ],
      ['Conv2D', 'UpSampling2D', 'Cropping2D'],
    ],
    [
      'noise',
      [6],
      () => [new layers.Dense(4), new layers.GaussianNoise(1), new layers.Dropout(0.5), bn()],
      ['Dense', 'GaussianNoise', 'Dropout'],
    ],
    [
      'a linear activation',
      [6],
      () => [new layers.Dense(4), new layers.Activation('linear'), bn()],
      ['Dense', 'Activation'],
    ],
  ])('foldBatchNormalization goes past %s', async ([, shape, make, left]) => {
    await check(shape, make(), left);
  });
});

describe('what is left', () => {
  const image = (): KerasTensor => Input({ shape: [6, 6, 3], name: 'image' });

  async function left(make: (x: KerasTensor) => KerasTensor | readonly KerasTensor[]): Promise<readonly string[]> {
    const inputs = image();
    const model = trained(new Model({ inputs, outputs: make(inputs) as KerasTensor }));
    const folded = foldBatchNormalization(model);
    const x = new Tensor(Float32Array.from(lcg([2, 6, 6, 3], 5)), [2, 6, 6, 3]);
    const [expected, actual] = [await model.predict(x, { verbose: 0 }), await folded.predict(x, { verbose: 0 })];
    const all = (given: unknown): readonly Tensor[] => [given as Tensor].flat();
    for (const [i, one] of all(expected).entries()) expectClose(all(actual)[i]!.data, one.data, { rtol: 2e-5 });
    return folded.foldReport.left.map(({ normalization, reason }) => `${normalization}: ${reason}`);
  }

  test('what is left: folding keeps a normalization after a convolution with other users', async () => {
    const found = await left((x) => {
      const y = new layers.Conv2D(4, 3, { name: 'conv' }).apply(x);
      const z = new layers.BatchNormalization({ name: 'bn' }).apply(y);
      return new layers.Add().apply([y, z]);
    });
    expect(found).toEqual(['bn: the result of Conv2D conv has other users; it does not pass Add add']);
  });

  test('what is left: folding keeps a normalization after a convolution whose result is an output', async () => {
    const found = await left((x) => {
      const y = new layers.Conv2D(4, 3, { name: 'conv' }).apply(x);
      return [y, new layers.BatchNormalization({ name: 'bn' }).apply(y)];
    });
    expect(found).toEqual(['bn: the result of Conv2D conv has other users; it is not followed by a single layer']);
  });

  test('what is left: folding keeps shared layers', async () => {
    const found = await left((x) => {
      const conv = new layers.Conv2D(3, 3, { padding: 'same', name: 'conv' });
      const shared = new layers.BatchNormalization({ name: 'shared' });
      const y = new layers.BatchNormalization({ name: 'bn' }).apply(conv.apply(conv.apply(x)));
      return new layers.Flatten().apply(shared.apply(shared.apply(y)));
    });
    expect(found).toEqual([
      'bn: Conv2D conv before it is called several times; BatchNormalization shared after it is called several times',
      'shared: it is called several times',
    ]);
  });

  test.for<[what: string, make: () => readonly Layer[]]>([
    ['Conv2D', () => [bn(), new layers.Conv2D(4, 3, { padding: 'same' })]],
    ['Conv2DTranspose', () => [bn(), new layers.Conv2DTranspose(2, 3)]],
  ])('what is left: an offset before zeros that %s adds', async ([what, make]) => {
    await check([4, 4, 3], make(), ['BatchNormalization', what]);
  });

  test('what is left: folding keeps normalizations with activations, other axes, padding or training in the way', async () => {
    const found = await left((x) => {
      let y = new layers.BatchNormalization({ name: 'first' }).apply(x);
      y = new layers.Conv2D(6, 3, { activation: 'tanh', padding: 'same', name: 'conv' }).apply(y);
      y = new layers.BatchNormalization({ name: 'axis', axis: 1 }).apply(y);
      y = new layers.Activation('tanh', { name: 'tanh' }).apply(y);
      y = new layers.BatchNormalization({ name: 'several', axis: [1, 3] }).apply(y);
      y = new layers.Activation('sigmoid', { name: 'sigmoid' }).apply(y);
      return new layers.BatchNormalization({ name: 'training' }).apply(y, { training: true });
    });
    expect(found).toEqual([
      'first: no layer before it can hold it; Conv2D conv after it pads with zeros, to which the offset does not apply',
      'axis: Conv2D conv before it has an activation; it does not pass Activation tanh',
      'several: it normalizes over several axes',
      'training: it is called with training: true, and uses batch statistics',
    ]);
  });
});

describe('models that hold others', () => {
  test('models that hold others: folding folds nested models, and a shared model once', async () => {
    const inner = new Sequential(
      [Input({ shape: [6, 6, 3] }), new layers.Conv2D(3, 3, { padding: 'same', name: 'conv' }), bn({ name: 'deep' })],
      { name: 'inner' },
    );
    const inputs = Input({ shape: [6, 6, 3] });
    const outputs = new layers.Add().apply([inner.apply(inner.apply(inputs)), inputs]);
    const model = trained(new Model({ inputs, outputs }));
    const folded = foldBatchNormalization(model);
    expect(folded.foldReport.merged).toEqual([{ normalization: 'inner/deep', into: 'conv', where: 'before' }]);
    expect(folded.countParams()).toBe(model.countParams() - 12);
    await expectSame(model, folded, [6, 6, 3]);
  });

  test('models that hold others: folding merges every normalization of residual blocks', async () => {
    const inputs = Input({ shape: [8, 8, 3] });
    const block = (x: KerasTensor, filters: number): KerasTensor => {
      let y = new layers.Conv2D(filters, 3, { padding: 'same', useBias: false }).apply(x);
      y = new layers.ReLU().apply(new layers.BatchNormalization().apply(y));
      y = new layers.BatchNormalization().apply(new layers.Conv2D(filters, 3, { padding: 'same' }).apply(y));
      const shortcut = new layers.BatchNormalization().apply(new layers.Conv2D(filters, 1).apply(x));
      return new layers.ReLU().apply(new layers.Add().apply([shortcut, y]));
    };
    const outputs = new layers.Dense(3).apply(new layers.GlobalAveragePooling2D().apply(block(block(inputs, 4), 5)));
    const model = trained(new Model({ inputs, outputs }));
    const folded = foldBatchNormalization(model);
    expect(folded.foldReport.left).toEqual([]);
    expect(folded.foldReport.merged).toHaveLength(6);
    expect(namesOf(folded)).not.toContain('BatchNormalization');
    await expectSame(model, folded, [8, 8, 3]);
  });
});
