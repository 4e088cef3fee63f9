import { describe, expect, test } from 'vitest';
import { Tensor, tensor } from '../../../../src/core/tensor.ts';
import { Input, Sequential, jit, ops, optimizers, valueAndGrad } from '../../../../src/index.ts';
import {
  Conv2D,
  Dense,
  GroupNormalization,
  InstanceNormalization,
  type Layer,
  LayerNormalization,
  Normalization,
  RMSNormalization,
  SpectralNormalization,
  SyncBatchNormalization,
  UnitNormalization,
  WeightNormalization,
} from '../../../../src/keras/layers/index.ts';
import { Program } from '../../../../src/compiler/program/index.ts';
import { expectClose } from '../../../support/close.ts';
import { callReference, checkEagerCall } from '../../../support/layer-contract.ts';
import { lcg } from '../../../support/lcg.ts';
import {
  type Evaluator,
  checkLayer,
  checkSpectral,
  checkWeightNormalization,
  compare,
  describeLayer,
  familyCases,
  seeded,
} from '../../../support/normalization-family-cases.ts';

const engine: Evaluator = (graph, feeds) => new Program(graph).run(feeds);
const single = { forward: 1e-5, gradient: 1e-4 };
const image = [2, 5, 4, 6];

const layers: readonly (readonly [string, () => Layer, readonly number[]])[] = [
  ['LayerNormalization', () => new LayerNormalization(), [3, 4]],
  ['LayerNormalization over all axes but the batch', () => new LayerNormalization({ axis: [1, 2, 3] }), image],
  ['LayerNormalization in float64', () => new LayerNormalization({ dtype: 'float64' }), [3, 4]],
  ['GroupNormalization', () => new GroupNormalization({ groups: 3 }), image],
  ['GroupNormalization with the channels in front', () => new GroupNormalization({ groups: 5, axis: 1 }), image],
  ['InstanceNormalization', () => new InstanceNormalization(), image],
  ['RMSNormalization', () => new RMSNormalization(), [3, 4]],
  ['RMSNormalization over an axis in the middle', () => new RMSNormalization({ axis: 1 }), [3, 4, 2]],
  ['UnitNormalization', () => new UnitNormalization({ axis: [1, 2] }), [3, 4, 2]],
  ['SpectralNormalization', () => new SpectralNormalization(new Dense(3)), [3, 4]],
  ['WeightNormalization', () => new WeightNormalization(new Conv2D(3, 2)), image],
  ['SyncBatchNormalization', () => new SyncBatchNormalization(), image],
  ['Normalization', () => new Normalization(), [3, 4]],
  ['Normalization, inverted', () => new Normalization({ mean: 1, variance: 4, invert: true }), [3, 4]],
];

describe('a normalization layer called on arrays', () => {
  test.each(layers)(
    'a normalization layer called on arrays gives what the reference gives: %s',
    async (_, make, shape) => {
      await checkEagerCall(make(), new Tensor(lcg(shape, 3), shape));
    },
  );

  test('a normalization layer called on arrays learns from data and then normalizes it', async () => {
    const data = new Tensor(lcg([50, 3], 1, 5, 9), [50, 3]);
    const layer = new Normalization();
    await layer.adapt(data);
    const { data: y } = await layer.apply(data);
    for (const column of [0, 1, 2]) {
      const entries = Array.from({ length: 50 }, (_, i) => y[3 * i + column]!);
      expectClose([entries.reduce((sum, entry) => sum + entry, 0) / 50], [0], { rtol: 0, atol: 1e-5 });
      expectClose([entries.reduce((sum, entry) => sum + entry * entry, 0) / 50], [1], { rtol: 1e-5 });
    }
  });

  test('a normalization layer called on arrays keeps the divided kernel of SpectralNormalization', async () => {
    const layer = new SpectralNormalization(new Dense(1, { kernelInitializer: 'ones' }));
    expect((await layer.apply([[1, 1]])).toArray()).toEqual([[2]]);
    expectClose((await layer.apply([[1, 1]], { training: true })).data, [Math.SQRT2], { rtol: 1e-6 });
    expectClose(layer.kernel.value.data, [Math.SQRT1_2, Math.SQRT1_2], { rtol: 1e-6 });
  });

  test('a normalization layer called on arrays: costs no precision where the mean is large', async () => {
    const x = new Tensor(lcg([4, 64], 3, 1e4, 1e4 + 1), [4, 64]);
    for (const layer of [new LayerNormalization(), new GroupNormalization({ groups: 8 })]) {
      const expected = callReference(layer, x);
      expectClose((await layer.apply(x)).data, expected.data, { rtol: 1e-6, atol: 1e-6 });
    }
  });
});

describe('the engine in float32 computes what Keras computes', () => {
  // Every fourth: the formulas are checked in float64 without an engine, this checks what the engine makes of them.
  const sample = familyCases('layer').filter((_, i) => i % 4 === 0);

  test.each(sample.map((golden) => [describeLayer(golden), golden] as const))(
    'the engine in float32 computes what Keras computes: %s',
    async (_, golden) => {
      await checkLayer(golden, 'float32', engine, single);
    },
  );

  test.each(familyCases('spectral').map((golden) => [golden.layer, golden.powerIterations, golden] as const))(
    'the engine in float32 computes what Keras computes: SpectralNormalization of %s with %i iterations',
    async (_, _iterations, golden) => {
      await checkSpectral(golden, 'float32', engine, single);
    },
  );

  test.each(familyCases('weight-normalization').map((golden) => [golden.layer, golden] as const))(
    'the engine in float32 computes what Keras computes: WeightNormalization of %s',
    async (_, golden) => {
      await checkWeightNormalization(golden, 'float32', engine, single);
    },
  );
});

describe('training', () => {
  test.each(familyCases('spectral-fit').map((golden) => [golden.l2, golden] as const))(
    'training moves the divided kernel of SpectralNormalization, with a penalty of %d, as Keras does',
    async (l2, golden) => {
      const inner = new Dense(3, {
        dtype: 'float64',
        kernelRegularizer: l2 === 0 ? null : { class_name: 'L2', config: { l2 } },
      });
      const layer = new SpectralNormalization(inner, { powerIterations: 2, dtype: 'float64' });
      const model = new Sequential([Input({ shape: [4], dtype: 'float64' }), layer]);
      layer.setWeights(golden.weights.map((weight) => seeded(weight, 'float64')));
      model.compile({ optimizer: new optimizers.SGD({ learningRate: 0.1 }), loss: 'mse' });
      const x = seeded({ shape: [5, 4], seed: golden.xSeed }, 'float64');
      const y = seeded({ shape: [5, 3], seed: golden.ySeed }, 'float64');
      for (const step of golden.steps) {
        const { loss } = await model.trainOnBatch(x, y);
        expectClose([loss!], [step.loss], { rtol: 1e-6 });
        for (const [i, expected] of step.state.entries()) compare(`state ${i}`, layer.getWeights()[i], expected, 1e-6);
      }
    },
  );

  test('training lowers the loss of a model of all of them', async () => {
    const model = new Sequential([
      Input({ shape: [6, 6, 2] }),
      new SpectralNormalization(new Conv2D(4, 3)),
      new GroupNormalization({ groups: 2 }),
      new WeightNormalization(new Conv2D(4, 2, { activation: 'relu' })),
      new InstanceNormalization(),
      new LayerNormalization({ axis: [1, 2, 3] }),
      new RMSNormalization(),
      new SpectralNormalization(new Dense(1)),
    ]);
    model.compile({ optimizer: new optimizers.Adam({ learningRate: 0.01 }), loss: 'mse' });
    const x = new Tensor(lcg([8, 6, 6, 2], 1), [8, 6, 6, 2]);
    const y = new Tensor(lcg([8, 3, 3, 1], 2), [8, 3, 3, 1]);
    const first = await model.trainOnBatch(x, y);
    for (let i = 0; i < 20; i++) await model.trainOnBatch(x, y);
    const last = await model.trainOnBatch(x, y);
    expect(last['loss']).toBeLessThan(first['loss']!);
    expect((await model.predict(x)).shape).toEqual([8, 3, 3, 1]);
  });

  test('training differentiates WeightNormalization by g and v', async () => {
    const layer = new WeightNormalization(new Dense(2, { useBias: false }));
    layer.build([null, 2]);
    layer.setWeights([
      [
        [3, 1],
        [4, 0],
      ],
      [5, 1],
    ]);
    const step = valueAndGrad((x) => ops.sum(layer.apply(x)), { variables: layer.trainableWeights });
    const { variableGradients } = await step([[1, 0]]);
    // ∂(g v₀ / ‖v‖) / ∂v = g (e₀ − v v₀ / ‖v‖²) / ‖v‖, for v = (3, 4), g = 5 and v = (1, 0), g = 1
    expectClose(variableGradients[0]!.data, [1 - 9 / 25, 0, -12 / 25, 0], { rtol: 1e-5 });
    expectClose(variableGradients[1]!.data, [0.6, 1], { rtol: 1e-5 });
  });
});

describe('functions on arrays', () => {
  test('functions on arrays normalizes by layer and by root mean square', async () => {
    const normalize = jit((x) => [ops.layerNormalization(x), ops.rmsNormalization(x)] as const);
    const [y, z] = await normalize(tensor([[1, 3]]));
    expectClose(y.data, [-1, 1], { rtol: 1e-5 });
    expectClose(z.data, [1 / Math.sqrt(5), 3 / Math.sqrt(5)], { rtol: 1e-5 });
  });

  test('functions on arrays normalizes to norm 1, zeros excepted', async () => {
    const y = await jit((x) => ops.normalize(x, { order: 3 }))([
      [1, 2],
      [0, 0],
    ]);
    expectClose(y.data, [1 / 9 ** (1 / 3), 2 / 9 ** (1 / 3), 0, 0], { rtol: 1e-5 });
  });

  test('functions on arrays gives nothing for nothing', async () => {
    expect((await new LayerNormalization().apply(tensor(new Float32Array(0), [1, 0, 4]))).shape).toEqual([1, 0, 4]);
  });
});
