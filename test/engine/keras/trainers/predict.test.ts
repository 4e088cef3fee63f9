import { Input, Sequential, tensor } from 'evenkeel';
import { BatchNormalization, Conv2D, Dense, MaxPooling2D } from 'evenkeel/layers';
import { describe, expect, test } from 'vitest';
import { loadGolden, type GoldenArray } from '../../../support/golden.ts';
import { expectClose } from '../../../support/close.ts';
import { classifier, regressor, X } from '../models/networks.ts';

interface PredictCase {
  readonly kind: string;
  readonly model: 'classifier' | 'regressor';
  readonly output: GoldenArray;
}

const cases = loadGolden<PredictCase>('fit').cases.filter(({ kind }) => kind === 'predict');

describe('the program of the article', () => {
  test('runs unchanged', async () => {
    const model = new Sequential();
    model.add(new Conv2D(32, [3, 3], { activation: 'relu' }));
    model.add(new Conv2D(32, [3, 3], { activation: 'relu' }));
    model.add(new BatchNormalization());
    model.add(new MaxPooling2D());
    model.add(new Dense(1));
    const output = await model.predict(tensor(new Float32Array(2 * 8 * 8), [2, 8, 8, 1]));
    expect(output.shape).toEqual([2, 2, 2, 1]);
    expect(model.outputShape).toEqual([null, 2, 2, 1]);
  });
});

describe('predict', () => {
  test.each(cases)('matches Keras: $model', async ({ model, output }) => {
    const net = model === 'classifier' ? classifier() : regressor();
    const result = await net.predict(X, { batchSize: 16 });
    expect(result.shape).toEqual(output.shape);
    expectClose(result.data, output.data, { rtol: 1e-12 });
  });

  test('returns the same for one batch and many, with frozen and fed weights', async () => {
    const net = classifier();
    const whole = await net.predictOnBatch(X);
    for (const batchSize of [7, 25, 64]) {
      const first = await net.predict(X, { batchSize });
      const again = await net.predict(X, { batchSize });
      expectClose(first.data, whole.data, { rtol: 1e-12 });
      expectClose(again.data, whole.data, { rtol: 1e-12 });
    }
  });

  test('uses new weights after the old ones were frozen into a program', async () => {
    const net = regressor();
    await net.predict(X, { batchSize: 10 });
    await net.predict(X, { batchSize: 10 });
    net.setWeights(
      net.getWeights().map((weight) =>
        tensor(
          weight.data.map((value) => value / 2),
          weight.shape,
        ),
      ),
    );
    const baked = await net.predict(X, { batchSize: 10 });
    expectClose(baked.data, (await net.predictOnBatch(X)).data, { rtol: 1e-12 });
  });

  test('builds an unbuilt model for any number of rows', async () => {
    const model = new Sequential([new Dense(3), new BatchNormalization(), new Dense(2)]);
    const output = await model.predict([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(output.shape).toEqual([3, 2]);
    expect(model.inputShape).toEqual([null, 2]);
    expect((await model.predict([[1, 2]])).shape).toEqual([1, 2]);
  });

  test('matches a direct call on arrays', async () => {
    const net = classifier();
    const output = await net.apply(X);
    expectClose(output.data, (await net.predictOnBatch(X)).data, { rtol: 1e-12 });
    const training = await net.apply(X, { training: true });
    expect(training.data).not.toEqual(output.data);
  });

  test('feeds integers in their own type', async () => {
    const model = new Sequential([Input({ shape: [2] }), new Dense(1, { kernelInitializer: 'ones' })]);
    const output = await model.predict(tensor(new Uint8Array([1, 2, 3, 4]), [2, 2]));
    expect(output.toArray()).toEqual([[3], [7]]);
  });

  test('accepts an iterable of batches and stops after `steps`', async () => {
    const model = new Sequential([Input({ shape: [1] }), new Dense(1, { kernelInitializer: 'ones' })]);
    function* batches(): Generator<[number[][]]> {
      for (let i = 0; i < 5; i++) yield [[[i], [i]]];
    }
    expect((await model.predict(batches())).toArray()).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4].map((i) => [i]));
    expect((await model.predict(batches(), { steps: 2 })).shape).toEqual([4, 1]);
  });

  test('refuses inputs with a different shape', async () => {
    const model = new Sequential([Input({ shape: [4] }), new Dense(1)], { name: 'net' });
    await expect(model.predict([[1, 2]])).rejects.toThrow(
      'expected axis -1 of the input to have size 4. Received: input of shape [1, 2].',
    );
    await expect(model.predict([[1, 2]], { batchsize: 3 } as never)).rejects.toThrow(
      '[Sequential net] unknown option "batchsize". Did you mean "batchSize"?',
    );
  });
});

test('predictOnBatch uses the current weights, frozen or fed', async () => {
  const model = new Sequential([Input({ shape: [1] }), new Dense(1)]);
  const at = async (kernel: number): Promise<number[]> => {
    model.setWeights([[[kernel]], [0]]);
    const seen: number[] = [];
    for (let call = 0; call < 3; call++) seen.push((await model.predictOnBatch([[2]])).item());
    return seen;
  };
  expect(await at(3)).toEqual([6, 6, 6]);
  expect(await at(5)).toEqual([10, 10, 10]);
});
