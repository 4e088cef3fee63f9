import { describe, expect, test } from 'vitest';
import { Tensor } from '../../../../src/core/tensor.ts';
import * as layers from '../../../../src/keras/layers/index.ts';
import { Input } from '../../../../src/keras/layers/index.ts';
import { SparseCategoricalCrossentropy } from '../../../../src/keras/losses/index.ts';
import { Model, Sequential } from '../../../../src/keras/models/index.ts';
import { setRandomSeed } from '../../../../src/core/random.ts';
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

  test('recalibration is exact for data with a large mean, in batches of any size', async () => {
    const bn = new layers.BatchNormalization();
    const model = new Sequential([Input({ shape: [3] }), bn]);
    const x = random([1001, 3], 8, 1000);
    await recalibrateBatchNormalization(model, x, { batchSize: 7 });
    const { mean, variance } = columns(x.data, 3);
    expectClose(bn.movingMean.value.data, mean, { rtol: 1e-6 });
    expectClose(bn.movingVariance.value.data, variance, { rtol: 1e-5 });
  });

  test('recalibration of a classifier with spoiled statistics restores its accuracy within 0.2 points', async () => {
    setRandomSeed(7);
    const labelled = (rows: number, seed: number): { x: Tensor; y: Tensor } => {
      const [centers, noise] = [lcg([5, 12], 1), lcg([rows, 12], seed)];
      const y = Int32Array.from({ length: rows }, (_, i) => (i * 3 + seed) % 5);
      const x = Float32Array.from(
        noise,
        (value, i) => centers[y[Math.floor(i / 12)]! * 12 + (i % 12)]! + 0.85 * value + 2,
      );
      return { x: new Tensor(x, [rows, 12]), y: new Tensor(y, [rows]) };
    };
    const [train, held] = [labelled(2000, 2), labelled(2000, 3)];
    const dense = (): layers.Layer[] => [
      new layers.Dense(24),
      new layers.BatchNormalization({ momentum: 0.98 }),
      new layers.ReLU(),
    ];
    const model = new Sequential([Input({ shape: [12] }), ...dense(), ...dense(), new layers.Dense(5)]);
    const loss = new SparseCategoricalCrossentropy({ fromLogits: true });
    model.compile({ optimizer: 'adam', loss, metrics: ['accuracy'] });
    await model.fit(train.x, train.y, { batchSize: 50, epochs: 10, verbose: 0 });
    const accuracy = async (): Promise<number> =>
      (await model.evaluate(held.x, held.y, { batchSize: 500, verbose: 0 }))['accuracy']!;
    const healthy = await accuracy();
    for (const layer of model.layers) {
      if (!(layer instanceof layers.BatchNormalization)) continue;
      const zeros = new Float64Array(24);
      layer.setMovingStatistics({
        count: 1,
        mean: zeros.map((_, i) => (i % 3) - 1),
        variance: zeros.map((_, i) => 1 + i),
      });
    }
    expect(await accuracy()).toBeLessThan(healthy - 0.1);
    await recalibrateBatchNormalization(model, train.x);
    expect(healthy).toBeGreaterThan(0.9);
    expect(Math.abs((await accuracy()) - healthy)).toBeLessThan(0.002);
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

/** Batches that can be read again; reading fails in one pass, before a batch. */
function batchesThatFail(x: Tensor, batchSize: number, failure: { readonly pass: number; readonly batch: number }) {
  const { data, shape } = x;
  const columnCount = x.size / shape[0]!;
  let pass = 0;
  return {
    *[Symbol.iterator]() {
      pass++;
      for (let i = 0; i < shape[0]! / batchSize; i++) {
        if (pass === failure.pass && i === failure.batch) throw new Error('disk failure');
        const part = data.slice(i * batchSize * columnCount, (i + 1) * batchSize * columnCount);
        yield new Tensor(part, [batchSize, ...shape.slice(1)]);
      }
    },
  };
}

const twoStages = (): Sequential =>
  new Sequential([
    Input({ shape: [4] }),
    new layers.BatchNormalization({ renorm: true }),
    new layers.Dense(3),
    new layers.BatchNormalization(),
  ]);

describe.each([
  ['recalibrateBatchNormalization', recalibrateBatchNormalization],
  ['adaptBatchNormalization', adaptBatchNormalization],
] as const)('%s', (name, tool) => {
  test.for([
    [1, 0],
    [1, 2],
    [2, 0],
    [2, 2],
  ])(`${name} leaves the model as it was if data fails in pass %i before batch %i`, async ([pass, batch]) => {
    const model = twoStages();
    const before = model.getWeights().map((weight) => weight.toArray());
    const data = batchesThatFail(random([40, 4], 3, 2), 10, { pass: pass!, batch: batch! });
    await expect(tool(model, data)).rejects.toThrow('disk failure');
    expect(model.getWeights().map((weight) => weight.toArray())).toEqual(before);
    await tool(model, data);
    expect(model.getWeights().map((weight) => weight.toArray())).not.toEqual(before);
  });

  test(`${name} leaves the model as it was if a later batch has another shape`, async () => {
    const model = twoStages();
    const before = model.getWeights().map((weight) => weight.toArray());
    const data = [[[1, 2, 3, 4]], [[1, 2, 3]]];
    await expect(tool(model, { [Symbol.iterator]: () => data[Symbol.iterator]() })).rejects.toThrow(
      'expected inputs of shape [null, 4]. Received: shape [3].',
    );
    expect(model.getWeights().map((weight) => weight.toArray())).toEqual(before);
  });

  test(`${name} reads a generator if one pass is enough, closes it, and else says why not`, async () => {
    let isOpen = false;
    const generator = function* (): Generator<[Tensor]> {
      isOpen = true;
      try {
        for (let i = 0; i < 4; i++) yield [random([5, 4], i, 2)];
      } finally {
        isOpen = false;
      }
    };
    const entries = async (options: object): Promise<number[]> =>
      (await tool(twoStages(), generator(), options)).map((each) => each.entries);
    expect(await entries({ method: 'simultaneous' })).toEqual([20, 20]);
    expect(await entries({ method: 'simultaneous', steps: 2 })).toEqual([10, 10]);
    expect(isOpen).toBe(false);
    await expect(entries({})).rejects.toThrow(
      `[${name}] the data yielded no batch in pass 2. A generator can be read once: pass an iterable that can be read again`,
    );
    expect(isOpen).toBe(false);
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
