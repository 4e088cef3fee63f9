import { readFileSync } from 'node:fs';
import {
  Input,
  Sequential,
  type Value,
  Variable,
  jit,
  layers,
  loadModel,
  optimizers,
  resetNames,
  tensor,
} from 'evenkeel';
import { LearningRateScheduler, ReduceLROnPlateau, SwapEMAWeights } from 'evenkeel/callbacks';
import { beforeEach, expect, test } from 'vitest';
import { expectClose } from '../../../support/close.ts';
import { takeOutput } from '../../../support/fail-on-console.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';
import { lcg } from '../../../support/lcg.ts';

const { LossScaleOptimizer, MultiOptimizer, OptimizerMap, SGD } = optimizers;

beforeEach(resetNames);

/** A layer with the weights 1 and 0, whose gradients are 2 at the first step on one example. */
function network(): Sequential {
  return new Sequential([Input({ shape: [1] }), new layers.Dense(1, { kernelInitializer: 'ones', name: 'head' })]);
}

const sgd = (learningRate: number): optimizers.SGD => new SGD({ learningRate });

const twoRates = (): optimizers.MultiOptimizer =>
  new MultiOptimizer(new OptimizerMap(sgd(0.5), { '.*bias': sgd(0.25) }));

const ratesOf = ({ optimizers: all }: optimizers.MultiOptimizer): readonly number[] =>
  all.map(({ learningRate }) => learningRate.value.item());

test('training with a MultiOptimizer resumes from a file of Keras and computes the same weights', async () => {
  interface State {
    readonly shares: boolean;
    readonly weights: readonly GoldenArray[];
  }
  for (const { shares, weights } of loadGolden<State>('multi-optimizer-files/state').cases) {
    const model = await loadModel(readFileSync(`test/golden/multi-optimizer-files/trained.${shares ? 'keras' : 'h5'}`));
    const [x, y] = [tensor(lcg([12, 4], 1), [12, 4]), tensor(lcg([12, 2], 2), [12, 2])];
    await model.fit(x, y, { batchSize: 4, shuffle: false, verbose: 0 });
    // Three steps in float32 on each side.
    for (const [i, { data }] of weights.entries()) expectClose(model.weights[i]!.value.data, data, { rtol: 1e-5 });
  }
});

test.each([
  ['MultiOptimizer', twoRates],
  ['MultiOptimizer in a LossScaleOptimizer', (multi = twoRates()) => new LossScaleOptimizer(multi)],
] as const)('LearningRateScheduler sets each learning rate of a %s', async (_, make) => {
  const model = network();
  const optimizer = make();
  model.compile({ optimizer, loss: 'mse' });
  const halve = new LearningRateScheduler((_epoch, rate) => rate / 2, { verbose: 1 });
  const { history } = await model.fit([[1]], [[0]], { epochs: 2, verbose: 0, callbacks: [halve] });
  expect(history['learning_rate_sgd']).toEqual([0.25, 0.125]);
  expect(history['learning_rate_sgd_1']).toEqual([0.125, 0.0625]);
  expect(history['learning_rate']).toBeUndefined();
  expect(takeOutput().map(({ text }) => text.trim())).toEqual([
    'Epoch 1: LearningRateScheduler setting sgd_1 learning rate to 0.125.',
    'Epoch 1: LearningRateScheduler setting sgd learning rate to 0.25.',
    'Epoch 2: LearningRateScheduler setting sgd_1 learning rate to 0.0625.',
    'Epoch 2: LearningRateScheduler setting sgd learning rate to 0.125.',
  ]);
});

test('ReduceLROnPlateau reduces each learning rate of a MultiOptimizer that is above the minimum', async () => {
  const model = network();
  const optimizer = twoRates();
  model.compile({ optimizer, loss: 'mse' });
  const reduce = new ReduceLROnPlateau({ monitor: 'loss', factor: 0.5, patience: 1, minDelta: 100, minLr: 0.1875 });
  await model.fit([[1]], [[0]], { epochs: 4, verbose: 0, callbacks: [reduce] });
  expect(ratesOf(optimizer)).toEqual([0.1875, 0.1875]);
});

test('callbacks refuse a MultiOptimizer with a schedule before the first step', async () => {
  const scheduled = new SGD({ learningRate: new optimizers.schedules.ExponentialDecay(0.1, 2, 0.5) });
  const model = network();
  const optimizer = new MultiOptimizer(new OptimizerMap(sgd(1), { '.*bias': scheduled }));
  model.compile({ optimizer, loss: 'mse' });
  const callbacks = [new LearningRateScheduler(() => 1)];
  await expect(model.fit([[1]], [[0]], { verbose: 0, callbacks })).rejects.toThrow(
    'the learning rate comes from a LearningRateSchedule and cannot be set',
  );
  expect(optimizer.iterations.value.item()).toBe(0);
});

test('SwapEMAWeights swaps the averages of the optimizers in a MultiOptimizer that keep them', async () => {
  const averaging = new SGD({ learningRate: 0.5, useEma: true, emaMomentum: 0.5 });
  const model = network();
  model.compile({ optimizer: new MultiOptimizer(new OptimizerMap(averaging, { '.*bias': sgd(0) })), loss: 'mse' });
  await model.trainOnBatch([[1]], [[1]]); // the kernel and its average are 1
  await model.trainOnBatch([[1]], [[3]]); // the kernel is 3, its average (1 + 3) / 2
  const swapped = await model.predict([[1]], { verbose: 0, callbacks: [new SwapEMAWeights()] });
  expect(swapped.data[0]).toBe(2);
  expect((await model.predict([[1]], { verbose: 0 })).data[0]).toBe(3);
});

test('a function that selects optimizers may return a new one for each variable', async () => {
  let rate = 0;
  const model = network();
  const optimizer = new MultiOptimizer(() => new SGD({ learningRate: () => 0.25 * 2 ** rate++ }));
  model.compile({ optimizer, loss: 'mse' });
  await model.trainOnBatch([[1]], [[0]]);
  expect(model.weights.map(({ value }) => value.item())).toEqual([0.5, -1]);
  expect(optimizer.optimizers.length).toBe(2);
});

test('learning rates that are functions are called by apply of a MultiOptimizer, and are errors within jit', async () => {
  const w = new Variable(tensor([1, 1]), { name: 'w' });
  const make = (): optimizers.MultiOptimizer => {
    const called = new SGD({ learningRate: () => 0.25 });
    return new MultiOptimizer(() => called);
  };
  await make().apply([[2, 1]], [w]);
  expect([...w.value.data]).toEqual([0.5, 0.75]);
  for (const optimizer of [make(), new LossScaleOptimizer(make())]) {
    const step = jit((x: Value) => {
      optimizer.apply([x], [w]);
      return x;
    });
    await expect(step([1, 1])).rejects.toThrow(
      '[SGD] a learning rate within jit must be a number or a schedule. Received: a function, which a compiled program cannot call.',
    );
    expect(optimizer.built).toBe(false);
  }
});

test('a change of lossScaleFactor applies to steps that were compiled before', async () => {
  const w = new Variable(tensor([0]), { name: 'w' });
  for (const optimizer of [sgd(1), new MultiOptimizer(new OptimizerMap(sgd(1)))]) {
    w.assign([0]);
    await optimizer.apply([[1]], [w]);
    optimizer.lossScaleFactor = 4;
    await optimizer.apply([[1]], [w]);
    expect(w.value.data[0]).toBe(-1.25);
  }
});
