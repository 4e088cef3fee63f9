import { Sequential, callbacks, layers, optimizers } from 'evenkeel';
import { expect, test } from 'vitest';

const quiet = { verbose: 0 } as const;

test('class weights do not reach the rows of validationSplit', async () => {
  const model = new Sequential([
    new layers.Dense(1, { kernelInitializer: 'zeros', activation: 'sigmoid', trainable: true }),
  ]);
  model.compile({ optimizer: new optimizers.SGD({ learningRate: 0 }), loss: 'binary_crossentropy' });
  const { history } = await model.fit([[1], [2], [3], [4]], [[0], [1], [0], [1]], {
    ...quiet,
    validationSplit: 0.5,
    classWeight: { 0: 10, 1: 10 },
  });
  // The numbers of Keras 3.15.1.
  expect(history['loss']?.[0]).toBeCloseTo(6.9315, 4);
  expect(history['val_loss']?.[0]).toBeCloseTo(0.6931, 4);
});

test('class weights belong to the label that NumPy rounds a target to, which may be negative', async () => {
  const lossOf = async (label: number): Promise<number> => {
    const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'zeros' })]);
    model.compile({ optimizer: new optimizers.SGD({ learningRate: 0 }), loss: 'mse' });
    const classWeight = new Map([
      [-1, 5],
      [0, 2],
      [2, 3],
    ]);
    return (await model.trainOnBatch([[1]], [[label]], { classWeight }))['loss'] ?? NaN;
  };
  expect(await lossOf(0.5)).toBeCloseTo(2 * 0.25, 5);
  expect(await lossOf(2.5)).toBeCloseTo(3 * 6.25, 5);
  expect(await lossOf(-1)).toBeCloseTo(5, 5);
  expect(await lossOf(-0.5)).toBeCloseTo(2 * 0.25, 5);
});

test('ReduceLROnPlateau refuses a schedule before the first step', async () => {
  const model = new Sequential([new layers.Dense(1, { kernelInitializer: 'zeros' })]);
  const learningRate = new optimizers.schedules.ExponentialDecay(0.1, 1, 0.5);
  model.compile({ optimizer: new optimizers.SGD({ learningRate }), loss: 'mse' });
  const plateau = new callbacks.ReduceLROnPlateau({ monitor: 'loss' });
  await expect(model.fit([[1]], [[2]], { ...quiet, callbacks: [plateau] })).rejects.toThrow(/schedule/i);
  expect(model.optimizer.iterations.value.item()).toBe(0);
});

test('a short last batch that virtualBatchSize does not divide is refused before the first step', async () => {
  const model = new Sequential([new layers.Dense(2), new layers.BatchNormalization({ virtualBatchSize: 2 })]);
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  const rows = Array.from({ length: 7 }, (_, i) => [i, 1]);
  const fit = model.fit(rows, rows, { ...quiet, batchSize: 4 });
  await expect(fit).rejects.toThrow('divisible by virtualBatchSize=2 in training. Received: a batch of 3.');
  expect(model.optimizer.iterations.value.item()).toBe(0);
  await model.fit(rows.slice(1), rows.slice(1), { ...quiet, batchSize: 4 });
  expect(model.optimizer.iterations.value.item()).toBe(2);
});
