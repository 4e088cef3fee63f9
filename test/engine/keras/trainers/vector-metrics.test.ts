import { readFile } from 'node:fs/promises';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Input, Sequential, callbacks, layers, metrics, optimizers, tensor } from 'evenkeel';
import { expect, test } from 'vitest';
import { expectClose } from '../../../support/close.ts';
import { takeOutput } from '../../../support/fail-on-console.ts';

const x = tensor([
  [0, 1],
  [2, 3],
  [4, 5],
]);
const y = tensor([
  [1, 0],
  [0, 1],
  [0, 1],
]);

const compiled = (metric: metrics.Metric): Sequential => {
  const model = new Sequential([
    Input({ shape: [2] }),
    new layers.Dense(2, { kernelInitializer: 'ones', activation: 'softmax' }),
  ]);
  model.compile({ optimizer: new optimizers.SGD({ learningRate: 0.01 }), loss: 'mse', metrics: [metric] });
  return model;
};

test('a metric with a number for each class reports an array, in every log', async () => {
  const model = compiled(new metrics.F1Score());
  const validationData = [x, y] as const;
  const { history } = await model.fit(x, y, { verbose: 0, validationData, epochs: 1 });
  // Keras: [0.49999997, 0.79999995], 0.25, [0, 0.79999995] and 0.23834221
  expect(Object.keys(history)).toEqual(['f1_score', 'loss', 'val_f1_score', 'val_loss']);
  expectClose(history['f1_score']?.[0] as never, [0.49999997, 0.79999995], { rtol: 1e-5 });
  expectClose(history['val_f1_score']?.[0] as never, [0, 0.79999995], { rtol: 1e-5 });
  expectClose([...(history['loss'] ?? []), ...(history['val_loss'] ?? [])], [0.25, 0.23834221], { rtol: 1e-5 });
  for (const logs of [await model.evaluate(x, y, { verbose: 0 }), await model.testOnBatch(x, y)]) {
    expectClose(logs['f1_score'] as never, [0, 0.79999995], { rtol: 1e-5 });
  }
  // Keras: [0.5, 0] for two thresholds.
  const precise = compiled(new metrics.Precision({ thresholds: [0.3, 0.6] }));
  expect((await precise.trainOnBatch(x, y))['precision']).toEqual([0.5, 0]);
});

test('the console shows the mean of an array, and a CSV file the array', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'vector-')), 'log.csv');
  await compiled(new metrics.F1Score()).fit(x, y, { verbose: 2, callbacks: [new callbacks.CSVLogger(path)] });
  // Keras: f1_score: 0.6500 - loss: 0.2500
  expect(takeOutput()[0]?.text).toMatch(/f1_score: 0\.6500 - loss: 0\.2500$/);
  const [, line] = (await readFile(path, 'utf8')).split('\r\n');
  expect(line).toMatch(/^0,"""\[0\.49999997, 0\.79999995\]""",0\.25,NA,NA$/);
});

test('callbacks that compare a value refuse an array', async () => {
  for (const callback of [
    new callbacks.EarlyStopping({ monitor: 'f1_score', mode: 'max' }),
    new callbacks.ReduceLROnPlateau({ monitor: 'f1_score', mode: 'max' }),
  ]) {
    await expect(compiled(new metrics.F1Score()).fit(x, y, { verbose: 0, callbacks: [callback] })).rejects.toThrow(
      'monitor must name a value that is one number. Received: monitor="f1_score", a list of 2.',
    );
  }
});

test('a learning rate can be set to a schedule or a function later', async () => {
  const model = new Sequential([
    Input({ shape: [1] }),
    new layers.Dense(1, { kernelInitializer: 'ones', useBias: false }),
  ]);
  const optimizer = new optimizers.SGD({ learningRate: 0.5 });
  model.compile({ optimizer, loss: 'mse' });
  const step = async (): Promise<number> => {
    model.setWeights([[[1]]]);
    await model.trainOnBatch([[1]], [[0.5]]);
    // The gradient is 1.
    return 1 - (model.getWeights()[0]?.item() ?? NaN);
  };
  expect(await step()).toBe(0.5);
  optimizer.learningRate = new optimizers.schedules.ExponentialDecay(1, 1, 0.5);
  // Keras: the schedule counts the steps before it.
  expect(optimizer.learningRate.value.item()).toBe(0.5);
  expect(optimizer.variables.map(({ name }) => name)).toEqual(['iteration']);
  expect(await step()).toBe(0.5);
  expect(await step()).toBe(0.25);
  optimizer.learningRate = () => 0.75;
  expect(await step()).toBe(0.75);
  expect(() => (optimizer.learningRate = 0.5)).toThrow(
    '[SGD] the learning rate comes from a function and cannot be set.',
  );
});
