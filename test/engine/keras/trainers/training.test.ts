import { Input, Sequential, setRandomSeed, tensor } from 'evenkeel';
import type { BatchLike, FitOptions, Tensor } from 'evenkeel';
import { Callback, LambdaCallback, TerminateOnNaN } from 'evenkeel/callbacks';
import type { Logs } from 'evenkeel/callbacks';
import { BatchNormalization, Dense, Dropout } from 'evenkeel/layers';
import { SGD } from 'evenkeel/optimizers';
import { describe, expect, test } from 'vitest';
import { expectClose } from '../../../support/close.ts';
import { expectWarning, takeOutput } from '../../../support/fail-on-console.ts';
import { X, Y, classifier } from '../models/networks.ts';

const quiet: FitOptions = { verbose: 0, batchSize: 16, shuffle: false };

function compiled(): Sequential {
  const model = classifier();
  model.compile({
    optimizer: new SGD({ learningRate: 0.1 }),
    loss: 'sparse_categorical_crossentropy',
    metrics: ['accuracy'],
  });
  return model;
}

const numbers = (model: Sequential): number[] => model.getWeights().flatMap(({ data }) => Array.from(data));

describe('fit', () => {
  test('initialEpoch continues an earlier fit', async () => {
    const [once, twice] = [compiled(), compiled()];
    await once.fit(X, Y, { ...quiet, epochs: 4 });
    await twice.fit(X, Y, { ...quiet, epochs: 2 });
    await twice.fit(X, Y, { ...quiet, epochs: 2 });
    expectClose(numbers(twice), numbers(once), { rtol: 1e-12 });
  });

  test('a seed makes shuffling and dropout reproducible', async () => {
    const run = async (): Promise<number[]> => {
      setRandomSeed(7);
      const model = new Sequential([
        Input({ shape: [4] }),
        new Dense(6),
        new Dropout(0.3),
        new Dense(3, { activation: 'softmax' }),
      ]);
      model.compile({ optimizer: 'adam', loss: 'sparse_categorical_crossentropy' });
      await model.fit(X, Y, { epochs: 2, verbose: 0 });
      return numbers(model);
    };
    const first = await run();
    expect(await run()).toEqual(first);
  });

  test('batches with weights are read from an iterable', async () => {
    const [whole, batches] = [compiled(), compiled()];
    const list: BatchLike[] = [
      [tensor(X.data, X.shape), tensor(Y.data, Y.shape), tensor(new Float64Array(50).fill(2))],
    ];
    await batches.fit(new Set(list), { verbose: 0, epochs: 2 });
    await whole.fit(X, Y, { ...quiet, batchSize: 50, epochs: 2, sampleWeight: new Float64Array(50).fill(2) });
    expectClose(numbers(batches), numbers(whole), { rtol: 1e-12 });
  });

  test('a change of trainable between two fits takes effect', async () => {
    const model = compiled();
    model.getLayer({ index: 0 }).trainable = false;
    const [kernel] = model.getWeights();
    await model.fit(X, Y, { ...quiet });
    expect(model.getWeights()[0]).toEqual(kernel);
    model.getLayer({ index: 0 }).trainable = true;
    await expect(model.fit(X, Y, quiet)).rejects.toThrow(
      '[SGD] an optimizer can only move the variables that it was built with.',
    );
    model.getLayer({ index: 1 }).trainable = false;
    model.compile({ optimizer: 'sgd', loss: 'sparse_categorical_crossentropy' });
    const before = model.getWeights();
    await model.fit(X, Y, { ...quiet });
    const after = model.getWeights();
    expect(after[0]).not.toEqual(before[0]);
    // gamma, beta and the moving statistics
    expect(after.slice(2, 6)).toEqual(before.slice(2, 6));
  });

  test('a model without trainable weights warns', async () => {
    const model = compiled();
    model.trainable = false;
    const before = model.getWeights();
    await model.fit(X, Y, quiet);
    expectWarning('[Sequential sequential');
    expect(model.getWeights()).toEqual(before);
  });

  test('fit learns a line', async () => {
    setRandomSeed(3);
    const x = tensor(Float32Array.from({ length: 100 }, (_, i) => i / 50 - 1)).reshape([100, 1]);
    const y = tensor(x.data.map((value) => 3 * value + 1)).reshape([100, 1]);
    const model = new Sequential([new Dense(1)]);
    model.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss: 'mse' });
    const { history } = await model.fit(x, y, { epochs: 60, verbose: 0 });
    expect(history['loss']!.at(-1)).toBeLessThan(1e-4);
    const [kernel, bias] = model.getWeights();
    expectClose([kernel!.item(), bias!.item()], [3, 1], { rtol: 0.05 });
  });

  test('callback hooks run in Keras’s order', async () => {
    const seen: string[] = [];
    const hooks = ['TrainBegin', 'TrainEnd', 'EpochBegin', 'EpochEnd', 'TrainBatchBegin', 'TrainBatchEnd'];
    const test = ['TestBegin', 'TestEnd', 'TestBatchBegin', 'TestBatchEnd'];
    const spy = new Callback();
    for (const hook of [...hooks, ...test]) {
      Object.assign(spy, {
        [`on${hook}`]: (index: unknown) => seen.push(typeof index === 'number' ? `${hook} ${index}` : hook),
      });
    }
    await compiled().fit(X, Y, { ...quiet, batchSize: 32, validationSplit: 0.2, callbacks: [spy] });
    const batches = (kind: string, count: number): string[] =>
      Array.from({ length: count }, (_, i) => [`${kind}BatchBegin ${i}`, `${kind}BatchEnd ${i}`]).flat();
    expect(seen).toEqual([
      ...['TrainBegin', 'EpochBegin 0', ...batches('Train', 2)],
      ...['TestBegin', ...batches('Test', 1), 'TestEnd', 'EpochEnd 0', 'TrainEnd'],
    ]);
  });

  test('batch hooks receive the running loss and metrics', async () => {
    const logs: Logs[] = [];
    const onTrainBatchEnd = (_: number, each: Logs): void => void logs.push({ ...each });
    const { history } = await compiled().fit(X, Y, { ...quiet, callbacks: new LambdaCallback({ onTrainBatchEnd }) });
    expect(logs.map((each) => Object.keys(each))).toEqual(Array.from({ length: 4 }, () => ['accuracy', 'loss']));
    expect(history['loss']).toEqual([logs.at(-1)!['loss']]);
  });

  test('a pipe receives one line per epoch', async () => {
    await compiled().fit(X, Y, { ...quiet, verbose: 'auto', epochs: 2 });
    const lines = takeOutput().map(({ text }) => text);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/^Epoch 2\/2 - 4\/4 - 0s \d+(us|ms)\/step - accuracy: 0\.\d{4} - loss: 1\.\d{4}$/);
  });
});

describe('an AbortSignal', () => {
  test('ends the training after the current step, with the weights of that step', async () => {
    const [stopped, whole] = [compiled(), compiled()];
    const controller = new AbortController();
    const onTrainBatchEnd = (batch: number): void => (batch === 1 ? controller.abort() : undefined);
    const { signal } = controller;
    const fit = stopped.fit(X, Y, { ...quiet, epochs: 9, signal, callbacks: new LambdaCallback({ onTrainBatchEnd }) });
    await expect(fit).rejects.toMatchObject({ name: 'AbortError' });
    await whole.fit(X, Y, { ...quiet, stepsPerEpoch: 2 });
    expectClose(numbers(stopped), numbers(whole), { rtol: 1e-12 });
    await stopped.fit(X, Y, quiet);
  });

  test('that is already aborted ends the training at once', async () => {
    const model = compiled();
    const before = model.getWeights();
    const reason = new Error('no time');
    await expect(model.fit(X, Y, { ...quiet, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(model.evaluate(X, Y, { verbose: 0, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(model.getWeights()).toEqual(before);
  });

  test('can be aborted while training runs, since the event loop is not blocked', async () => {
    const model = compiled();
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const signal = AbortSignal.timeout(150);
    await expect(model.fit(X, Y, { ...quiet, epochs: 1e6, signal })).rejects.toMatchObject({ name: 'TimeoutError' });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
  });
});

describe('a loss that is NaN', () => {
  const broken = (): Tensor =>
    tensor(
      X.data.map((value, i) => (i === 16 * 4 ? NaN : value)),
      X.shape,
    );

  test('warns once, with the step, and training continues', async () => {
    const { history } = await compiled().fit(broken(), Y, { ...quiet, epochs: 2 });
    expect(expectWarning('the loss is NaN')).toMatch(/in epoch 1, step 2\. Training continues/);
    expect(history['loss']).toEqual([NaN, NaN]);
  });

  test('ends the training with TerminateOnNaN', async () => {
    const { history } = await compiled().fit(broken(), Y, { ...quiet, epochs: 2, callbacks: [new TerminateOnNaN()] });
    expect(expectWarning('the loss is NaN')).toMatch(
      /step 2\. TerminateOnNaN ends the training\. Look for .* in the data\.$/,
    );
    expect(takeOutput()[0]!.text).toBe('Batch 1: Invalid loss, terminating training');
    expect(history['loss']).toHaveLength(1);
  });
});

describe('while a model trains', () => {
  test('a second training is refused, and the first continues', async () => {
    const model = compiled();
    const first = model.fit(X, Y, { ...quiet, epochs: 2 });
    await expect(model.fit(X, Y, quiet)).rejects.toThrow(
      `[${model.who}] fit cannot begin while fit is training this model. Wait for its promise first.`,
    );
    await expect(model.trainOnBatch(X, Y)).rejects.toThrow(/trainOnBatch cannot begin while fit/);
    expect(() => model.compile({ loss: 'mse' })).toThrow(/compile cannot begin while fit/);
    expect((await first).epoch).toEqual([0, 1]);
  });

  test('a callback can evaluate it without changing the reported metrics', async () => {
    const [plain, watched] = [compiled(), compiled()];
    const { history } = await plain.fit(X, Y, quiet);
    const onTrainBatchEnd = async (): Promise<void> => {
      await watched.evaluate(X, Y, { verbose: 0 });
    };
    const result = await watched.fit(X, Y, { ...quiet, callbacks: new LambdaCallback({ onTrainBatchEnd }) });
    expect(result.history).toEqual(history);
  });
});

describe('BatchNormalization in a model', () => {
  test('is updated by training only', async () => {
    const model = new Sequential([Input({ shape: [1] }), new BatchNormalization({ momentum: 0 })]);
    model.compile({ optimizer: new SGD({ learningRate: 0 }), loss: 'mse' });
    await model.fit([[1], [3]], [[0], [0]], { verbose: 0 });
    const [, , mean, variance] = model.getWeights();
    expectClose([mean!.item(), variance!.item()], [2, 1], { rtol: 1e-6 });
    await model.evaluate([[5]], [[0]], { verbose: 0 });
    expect(model.getWeights()[2]!.item()).toBeCloseTo(2, 6);
  });
});
