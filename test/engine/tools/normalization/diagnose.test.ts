import { describe, expect, test } from 'vitest';
import { Tensor } from '../../../../src/core/tensor.ts';
import * as layers from '../../../../src/keras/layers/index.ts';
import { Input } from '../../../../src/keras/layers/index.ts';
import { SparseCategoricalCrossentropy } from '../../../../src/keras/losses/index.ts';
import { Sequential } from '../../../../src/keras/models/index.ts';
import { setRandomSeed } from '../../../../src/core/random.ts';
import {
  type FaultKind,
  type NormalizationDiagnosis,
  diagnoseNormalization,
  freezeBatchNormalization,
} from '../../../../src/tools/normalization/index.ts';
import { lcg } from '../../../support/lcg.ts';

const FEATURES = 10;

/** Points of four classes: a center for each, and noise around it. */
function points(rows: number, seed: number): { x: Tensor; y: Tensor } {
  const centers = lcg([4, FEATURES], 99);
  const noise = lcg([rows, FEATURES], seed);
  const labels = Int32Array.from({ length: rows }, (_, i) => (i * 7 + seed) % 4);
  const values = Float32Array.from(
    noise,
    (value, i) => 2 * centers[labels[Math.floor(i / FEATURES)]! * FEATURES + (i % FEATURES)]! + value + 1,
  );
  return { x: new Tensor(values, [rows, FEATURES]), y: new Tensor(labels, [rows]) };
}

const data = points(512, 1);
const other = points(256, 2);

interface Options {
  readonly momentum?: number;
  readonly batchSize?: number;
  readonly epochs?: number;
  readonly activation?: string;
}

/** A small classifier with two normalizations, and a function that trains it. */
function network({ momentum = 0.9, activation = 'relu' }: Options = {}): Sequential {
  setRandomSeed(3);
  const model = new Sequential([
    Input({ shape: [FEATURES] }),
    new layers.Dense(16, { useBias: false }),
    new layers.BatchNormalization({ momentum, name: 'first' }),
    new layers.Activation(activation),
    new layers.Dense(16, { useBias: false }),
    new layers.BatchNormalization({ momentum, name: 'second' }),
    new layers.Activation(activation),
    new layers.Dense(4),
  ]);
  model.compile({ optimizer: 'adam', loss: new SparseCategoricalCrossentropy({ fromLogits: true }) });
  return model;
}

async function train(model: Sequential, { batchSize = 32, epochs = 8 }: Options = {}): Promise<void> {
  await model.fit(data.x, data.y, { batchSize, epochs, verbose: 0 });
}

const kinds = ({ findings }: NormalizationDiagnosis): FaultKind[] => findings.map(({ kind }) => kind);
const variable = (model: Sequential, layer: string, name: 'gamma' | 'beta' | 'movingMean' | 'movingVariance') =>
  (model.getLayer(layer) as layers.BatchNormalization)[name]!;

describe('diagnoseNormalization on networks that are broken on purpose', () => {
  test('a healthy network has no findings, on its data and on new data', async () => {
    const model = network();
    await train(model);
    for (const { x } of [data, other]) {
      const found = await diagnoseNormalization(model, x);
      expect(kinds(found)).toEqual([]);
      expect(found.verdict).toBe('fine');
    }
  });

  test('statistics after too few updates are not warmed up', async () => {
    const model = network({ momentum: 0.99 });
    await train(model, { epochs: 4 });
    const found = await diagnoseNormalization(model, data.x);
    expect(kinds(found)).toEqual(['not-warmed-up']);
    const copy = network({ momentum: 0.99 });
    copy.setWeights(model.getWeights());
    const unknown = await diagnoseNormalization(copy, data.x);
    expect(kinds(unknown)).toEqual(['not-warmed-up']);
  });

  test('shuffled statistics are named', async () => {
    const model = network();
    await train(model);
    for (const name of ['movingMean', 'movingVariance'] as const) {
      const each = variable(model, 'second', name);
      each.assign(new Tensor(Float32Array.from(each.value.data).reverse(), [16]));
    }
    const found = await diagnoseNormalization(model, data.x);
    expect(kinds(found)).toEqual(['shuffled-statistics']);
  });

  test('statistics frozen too early are named', async () => {
    const model = network();
    await train(model, { epochs: 1 });
    freezeBatchNormalization(model);
    model.compile({ optimizer: 'adam', loss: new SparseCategoricalCrossentropy({ fromLogits: true }) });
    await train(model, { epochs: 20 });
    const found = await diagnoseNormalization(model, data.x);
    expect(kinds(found)).toEqual(['frozen-too-early']);
  });

  test.for([[{}], [{ batchSize: 2 }]])('training with batches of 2 is named with options %j', async ([options]) => {
    const model = network();
    await train(model, { batchSize: 2, epochs: 2 });
    const found = await diagnoseNormalization(model, data.x, options);
    expect(kinds(found)).toEqual(['small-batches']);
  });

  test('a dead channel is named', async () => {
    const model = network();
    await train(model);
    const beta = variable(model, 'first', 'beta');
    beta.assign(
      new Tensor(
        Float32Array.from(beta.value.data, (value, i) => (i === 3 ? -9 : value)),
        [16],
      ),
    );
    const found = await diagnoseNormalization(model, data.x);
    expect(kinds(found)).toEqual(['dead-channels']);
  });

  test('a shifted domain is named', async () => {
    const model = network();
    await train(model);
    const shifted = new Tensor(
      other.x.data.map((value) => 3 - 1.5 * value),
      other.x.shape,
    );
    const found = await diagnoseNormalization(model, shifted);
    expect(kinds(found)).toEqual(['domain-shift']);
  });

  test.for([
    ['constant', { mean: 1, variance: 1 }, 64, ['dead-channels']],
    ['rarely positive', { mean: 0.01, variance: 0.01 }, 64, []],
    ['rarely positive', { mean: 0.01, variance: 0.01 }, 512, ['dead-channels']],
    ['constant in training too', { mean: 0, variance: 0 }, 64, ['dead-channels']],
  ] as const)(
    'a rectified channel that is 0 in the data and %s by its statistics %j is judged with %i rows',
    async ([, { mean, variance }, rows, expected]) => {
      const model = new Sequential([
        Input({ shape: [8] }),
        new layers.Dense(8, { kernelInitializer: 'identity' }),
        ...[new layers.ReLU(), new layers.Reshape([8]), new layers.BatchNormalization({ name: 'bn' })],
      ]);
      const x = Float32Array.from(lcg([rows, 8], 4), (value, i) => (i % 8 === 2 ? -1 : 1 + value));
      const of = (value: number, other: number): Tensor =>
        new Tensor(
          Float32Array.from({ length: 8 }, (_, i) => (i === 2 ? value : other)),
          [8],
        );
      variable(model, 'bn', 'movingMean').assign(of(mean, 1));
      variable(model, 'bn', 'movingVariance').assign(of(variance, 1 / 3));
      const { findings } = await diagnoseNormalization(model, new Tensor(x, [rows, 8]));
      expect(findings.map(({ kind }) => kind)).toEqual(expected);
      if (findings.length > 0) expect(findings[0]!.layers[0]!.channels).toEqual([2]);
    },
  );

  test('γ that started at 0 and is still small is not dead', async () => {
    const bn = new layers.BatchNormalization({ gammaInitializer: 'zeros', name: 'bn' });
    const model = new Sequential([Input({ shape: [4] }), bn]);
    const x = new Tensor(lcg([128, 4], 6), [128, 4]);
    bn.setMovingStatistics({ count: 1, mean: [0, 0, 0, 0], variance: [1 / 3, 1 / 3, 1 / 3, 1 / 3] });
    bn.gamma!.assign(new Tensor(Float32Array.of(1e-4, -2e-4, 1e-5, 0.1), [4]));
    expect(kinds(await diagnoseNormalization(model, x))).toEqual([]);
    bn.gamma!.assign(new Tensor(Float32Array.of(0.2, 0.1, 0, 0.1), [4]));
    expect(kinds(await diagnoseNormalization(model, x))).toEqual(['dead-channels']);
  });

  test('a diagnosis changes neither weights nor the random seed', async () => {
    const model = network();
    await train(model, { epochs: 1 });
    const state = (): unknown => model.variables.map(({ value }) => value.toArray());
    const before = state();
    setRandomSeed(5);
    const expected = await new layers.Dropout(0.5).apply([[1, 1, 1, 1, 1, 1]], { training: true });
    setRandomSeed(5);
    await diagnoseNormalization(model, data.x);
    const drawn = await new layers.Dropout(0.5).apply([[1, 1, 1, 1, 1, 1]], { training: true });
    expect(state()).toEqual(before);
    expect(drawn.toArray()).toEqual(expected.toArray());
  });
});
