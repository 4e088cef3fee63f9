import { describe, expect, test } from 'vitest';
import { Tensor } from '../../../../src/core/tensor.ts';
import * as layers from '../../../../src/keras/layers/index.ts';
import { Input } from '../../../../src/keras/layers/index.ts';
import { Model, Sequential } from '../../../../src/keras/models/index.ts';
import {
  adaptBatchNormalization,
  recalibrateBatchNormalization,
  withTestTimeStatistics,
} from '../../../../src/tools/normalization/index.ts';
import { expectClose } from '../../../support/close.ts';
import { lcg } from '../../../support/lcg.ts';

const random = (shape: readonly number[], seed: number, offset = 0): Tensor =>
  new Tensor(
    lcg(shape, seed).map((value) => value + offset),
    shape,
  );

/** Mean and population variance of each column, in float64. */
function columns(data: ArrayLike<number>, channels: number): { mean: number[]; variance: number[] } {
  const mean = new Array<number>(channels).fill(0);
  const variance = new Array<number>(channels).fill(0);
  const rows = data.length / channels;
  for (let i = 0; i < data.length; i++) mean[i % channels]! += data[i]! / rows;
  for (let i = 0; i < data.length; i++) variance[i % channels]! += (data[i]! - mean[i % channels]!) ** 2 / rows;
  return { mean, variance };
}

const statisticsOf = (layer: layers.BatchNormalization): readonly ArrayLike<number>[] => [
  layer.movingMean.value.data,
  layer.movingVariance.value.data,
];

describe('recalibrateBatchNormalization', () => {
  test.for([
    ['a channel axis at the end', [6, 5, 3], {}],
    ['a channel axis in the middle', [3, 6, 5], { axis: 1 }],
    ['renorm', [3], { renorm: true }],
  ] as const)('recalibration pools the statistics of all batches exactly with %s', async ([, shape, options]) => {
    const bn = new layers.BatchNormalization(options);
    const model = new Sequential([Input({ shape: [...shape] }), bn]);
    const x = random([70, ...shape], 3, 5);
    await recalibrateBatchNormalization(model, x, { batchSize: 16 });
    const channels = bn.movingMean.size;
    const moved =
      'axis' in options
        ? Float64Array.from(x.data, (_, i) => {
            const [channel, position] = [i % 3, Math.floor(i / 3)];
            const [row, at] = [Math.floor(position / 30), position % 30];
            return x.data[row * 90 + channel * 30 + at]!;
          })
        : x.data;
    const { mean, variance } = columns(moved, channels);
    expectClose(bn.movingMean.value.data, mean, { rtol: 1e-5 });
    expectClose(bn.movingVariance.value.data, variance, { rtol: 1e-5 });
  });

  test('recalibration sets all state of renorm, so that training continues without a correction', async () => {
    const bn = new layers.BatchNormalization({ renorm: true });
    const model = new Sequential([Input({ shape: [2] }), bn]);
    const x = random([40, 2], 5, 3);
    await recalibrateBatchNormalization(model, x);
    const expected = columns(x.data, 2);
    const [gamma, beta, , , stddev, renormMean, renormStddev] = bn.getWeights();
    expect([gamma?.toArray(), beta?.toArray()]).toEqual([
      [1, 1],
      [0, 0],
    ]);
    expectClose(renormMean!.data, expected.mean, { rtol: 1e-5 });
    const deviations = expected.variance.map((value) => Math.sqrt(value + 1e-3));
    expectClose(stddev!.data, deviations, { rtol: 1e-5 });
    expectClose(renormStddev!.data, deviations, { rtol: 1e-5 });
  });

  test('sequential recalibration gives each layer the statistics of its input in inference', async () => {
    const [first, second] = [new layers.BatchNormalization(), new layers.BatchNormalization()];
    const model = new Sequential([
      Input({ shape: [4] }),
      new layers.Dense(5),
      first,
      new layers.Dense(3, { activation: 'relu' }),
      new layers.Dropout(0.5),
      second,
    ]);
    const x = random([50, 4], 11, 2);
    const report = await recalibrateBatchNormalization(model, x, { batchSize: 8 });
    expect(report.map(({ layer, entries }) => [layer, entries])).toEqual([
      [first.name, 50],
      [second.name, 50],
    ]);
    const before = new Sequential([Input({ shape: [4] }), ...model.layers.slice(0, 4)]);
    const inputs = await before.predict(x, { verbose: 0 });
    const { mean, variance } = columns(inputs.data, 3);
    expectClose(second.movingMean.value.data, mean, { rtol: 1e-5 });
    expectClose(second.movingVariance.value.data, variance, { rtol: 1e-5 });
  });

  test('simultaneous recalibration equals sequential recalibration if the data is one batch', async () => {
    const make = (): Sequential =>
      new Sequential([
        Input({ shape: [4] }),
        new layers.Dense(5),
        new layers.BatchNormalization(),
        new layers.Dense(3),
        new layers.BatchNormalization(),
      ]);
    const [one, other] = [make(), make()];
    other.setWeights(one.getWeights());
    const x = random([60, 4], 7);
    await recalibrateBatchNormalization(one, x, { batchSize: 60, method: 'sequential' });
    await recalibrateBatchNormalization(other, x, { batchSize: 60, method: 'simultaneous' });
    for (const [i, expected] of one.getWeights().entries()) {
      expectClose(other.getWeights()[i]!.data, expected.data, { rtol: 1e-5, atol: 1e-6 });
    }
  });

  test('recalibration of a functional model with branches and a nested model reaches every layer', async () => {
    const inner = new Sequential([Input({ shape: [3] }), new layers.BatchNormalization({ name: 'deep' })], {
      name: 'inner',
    });
    const x = Input({ shape: [3] });
    const left = new layers.BatchNormalization({ name: 'left' }).apply(x);
    const right = inner.apply(new layers.Dense(3).apply(left));
    const outputs = new layers.BatchNormalization({ name: 'last' }).apply(new layers.Add().apply([left, right]));
    const model = new Model({ inputs: x, outputs });
    const report = await recalibrateBatchNormalization(model, random([20, 3], 2, 4));
    expect(report.map(({ layer }) => layer)).toEqual(['left', 'inner/deep', 'last']);
    expect(report.every(({ change }) => change.divergence > 1e-3)).toBe(true);
    const again = await recalibrateBatchNormalization(model, random([20, 3], 2, 4));
    expect(Math.max(...again.map(({ change }) => change.divergence))).toBeLessThan(1e-8);
  });

  test('recalibration reads targets of an iterable of batches as if they were not there', async () => {
    const bn = new layers.BatchNormalization();
    const model = new Sequential([Input({ shape: [1] }), bn]);
    const batches = [
      [
        [[1], [2]],
        [[0], [1]],
      ],
      [
        [[3], [6]],
        [[0], [1]],
      ],
    ] as const;
    await recalibrateBatchNormalization(model, { [Symbol.iterator]: () => batches[Symbol.iterator]() });
    expect(statisticsOf(bn)).toEqual([Float32Array.of(3), Float32Array.of(3.5)]);
  });

  test('recalibration uses the entries that a mask keeps', async () => {
    const x = Input({ shape: [3, 1] });
    const bn = new layers.BatchNormalization();
    const model = new Model({ inputs: x, outputs: bn.apply(new layers.Masking().apply(x)) });
    await recalibrateBatchNormalization(model, [
      [[1], [3], [0]],
      [[5], [0], [0]],
    ]);
    expectClose(bn.movingMean.value.data, [3], { rtol: 1e-5 });
    expectClose(bn.movingVariance.value.data, [8 / 3], { rtol: 1e-5 });
  });

  test('a failed recalibration leaves all statistics as they were', async () => {
    const [first, second] = [new layers.BatchNormalization(), new layers.BatchNormalization()];
    const model = new Sequential([
      Input({ shape: [1] }),
      first,
      new layers.Dense(1, { kernelInitializer: 'ones' }),
      second,
    ]);
    (model.layers[1] as layers.Dense).setWeights([[[NaN]], [0]]);
    const saved = model.getWeights().map((weight) => weight.toArray());
    await expect(recalibrateBatchNormalization(model, [[1], [2]])).rejects.toThrow(
      `the input of every layer must be finite. Received: NaN or an infinity in the input of ${second.who}.`,
    );
    expect(model.getWeights().map((weight) => weight.toArray())).toEqual(saved);
  });
});

describe('adaptBatchNormalization', () => {
  test('adaptation to a shifted and scaled domain undoes the shift and the scale', async () => {
    const model = new Sequential([Input({ shape: [4] }), new layers.BatchNormalization(), new layers.Dense(2)]);
    const x = random([64, 4], 9);
    await recalibrateBatchNormalization(model, x);
    const expected = await model.predict(x, { verbose: 0 });
    const shifted = new Tensor(
      x.data.map((value) => 10 * value + 7),
      x.shape,
    );
    await adaptBatchNormalization(model, shifted);
    const actual = await model.predict(shifted, { verbose: 0 });
    // ε is a smaller part of the larger variance.
    expectClose(actual.data, expected.data, { rtol: 5e-3 });
  });

  test('a prior count weighs the old statistics by a number of rows', async () => {
    const bn = new layers.BatchNormalization();
    const model = new Sequential([Input({ shape: [1] }), bn]);
    bn.setMovingStatistics({ count: 1, mean: [10], variance: [4] });
    await adaptBatchNormalization(model, [[0], [2]], { priorCount: 6 });
    expect(statisticsOf(bn)).toEqual([Float32Array.of(7.75), Float32Array.of(3.25)]);
  });
});

describe('withTestTimeStatistics', () => {
  test('inference with test-time statistics normalizes by the batch and leaves the moving statistics alone', async () => {
    const bn = new layers.BatchNormalization({ epsilon: 1e-6 });
    const model = new Sequential([Input({ shape: [1] }), bn]);
    const predict = async (): Promise<unknown> => (await model.predict([[3], [5]], { verbose: 0 })).toArray();
    const usual = await predict();
    const [inside, blended] = [
      await withTestTimeStatistics(model, predict),
      await withTestTimeStatistics(model, predict, { priorCount: 2 }),
    ];
    expectClose((inside as number[][]).flat(), [-1, 1], { rtol: 1e-5 });
    // μ = 4 / 2, σ² = (1 + 1) / 2
    expectClose((blended as number[][]).flat(), [1, 3], { rtol: 1e-5 });
    expect(await predict()).toEqual(usual);
    expect(statisticsOf(bn)).toEqual([Float32Array.of(0), Float32Array.of(1)]);
  });

  test('an error inside withTestTimeStatistics restores the statistics of inference', async () => {
    const bn = new layers.BatchNormalization();
    const model = new Sequential([Input({ shape: [1] }), bn]);
    await expect(withTestTimeStatistics(model, () => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
    expect(bn.testTimeStatistics).toBe(null);
  });
});
