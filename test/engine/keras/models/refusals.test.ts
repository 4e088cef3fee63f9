import { Sequential, ops, tensor } from 'evenkeel';
import type { FitOptions, Tensor } from 'evenkeel';
import { SGD } from 'evenkeel/optimizers';
import { describe, expect, test } from 'vitest';
import { expectClose } from '../../../support/close.ts';
import { T, X, Y, classifier, regressor } from './networks.ts';

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

describe('a model refuses, and is unchanged after', () => {
  const who = (model: Sequential): string => `[${model.who}]`;

  async function refuses(
    options: FitOptions | Record<string, unknown>,
    text: string,
    x: unknown = X,
    y: unknown = Y,
  ): Promise<void> {
    const model = compiled();
    const before = model.getWeights();
    await expect(model.fit(x as Tensor, y as Tensor, { verbose: 0, ...options })).rejects.toThrow(
      `${who(model)} ${text}`,
    );
    expect(model.getWeights()).toEqual(before);
  }

  test('training before compile', async () => {
    const model = classifier();
    const text = (method: string): string =>
      `${who(model)} ${method} needs a compiled model: call compile({ optimizer, loss, metrics }) first.`;
    await expect(model.fit(X, Y)).rejects.toThrow(text('fit'));
    await expect(model.evaluate(X, Y)).rejects.toThrow(text('evaluate'));
    await expect(model.trainOnBatch(X, Y)).rejects.toThrow(text('trainOnBatch'));
    await expect(model.testOnBatch(X, Y)).rejects.toThrow(text('testOnBatch'));
  });

  test('training without a loss', async () => {
    const model = classifier();
    model.compile();
    await expect(model.fit(X, Y, quiet)).rejects.toThrow(
      `${who(model)} there is no loss to compute. Give one: compile({ loss: 'mse' }).`,
    );
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['an unknown option', { epoch: 2 }, 'unknown option "epoch". Did you mean "epochs"?'],
    ['a batch size of 0', { batchSize: 0 }, 'batchSize must be an integer ≥ 1. Received: batchSize=0.'],
    ['epochs that are no integer', { epochs: 1.5 }, 'epochs must be an integer ≥ 0. Received: epochs=1.5.'],
    [
      'a split outside (0, 1)',
      { validationSplit: 1 },
      'validationSplit must be in [0, 1). Received: validationSplit=1.',
    ],
    [
      'a split that leaves no rows',
      { validationSplit: 0.999 },
      'validationSplit must leave rows on both sides. Received: validationSplit=0.999 of 50 rows.',
    ],
    [
      'two kinds of weights',
      { classWeight: { 0: 1 }, sampleWeight: new Float32Array(50) },
      'only one of sampleWeight and classWeight can be given. Received: both.',
    ],
    [
      'two kinds of validation',
      { validationSplit: 0.5, validationData: [X, Y] },
      'only one of validationSplit and validationData can be given. Received: both.',
    ],
    ['another verbosity', { verbose: 3 }, `verbose must be 'auto', 0, 1 or 2. Received: verbose=3.`],
    [
      'a callback that is none',
      { callbacks: [{}] },
      'callbacks must be instances of Callback, or a list of them. Received: {}.',
    ],
    ['a signal that is none', { signal: true }, 'signal must be an AbortSignal. Received: signal=true.'],
    [
      'validation data that are none',
      { validationData: X },
      'validationData must be [x, y], [x, y, sampleWeight] or an iterable of batches. Received: a Tensor.',
    ],
    [
      'weights of another length',
      { sampleWeight: [1, 2] },
      'all arrays must have the same number of rows. Received: x of shape [50, 4], y of shape [50], sampleWeight of shape [2].',
    ],
  ])('%s', async (_, options, text) => refuses(options, text));

  test('inputs and targets with different numbers of rows, or none', async () => {
    await refuses(
      {},
      'all arrays must have the same number of rows. Received: x of shape [50, 4], y of shape [2].',
      X,
      [1, 2],
    );
    await refuses({}, 'x must be given. Received: x=null.', null);
    await refuses(
      {},
      'the loss "sparse_categorical_crossentropy" needs targets. Received: no y. Pass y after x, and options after y.',
      X,
      null,
    );
  });

  test('a label without a class, before the first step', async () => {
    const model = compiled();
    const before = model.getWeights();
    const labels = tensor(Y.data.map((label, i) => (i === 40 ? 3 : label)));
    await expect(model.fit(X, labels, quiet)).rejects.toThrow(
      /labels must be integers from 0 to 2, for 3 classes\. Received: label 3 in row 40\./,
    );
    await expect(model.trainOnBatch(X, labels)).rejects.toThrow(/label 3 in row 40/);
    await expect(model.evaluate(X, labels, { verbose: 0 })).rejects.toThrow(/label 3 in row 40/);
    expect(model.getWeights()).toEqual(before);
  });

  test('targets that do not fit the outputs', async () => {
    const model = classifier();
    model.compile({ loss: 'mse' });
    const before = model.getWeights();
    await expect(model.fit(X, tensor(new Float64Array(200), [50, 4]), { verbose: 0 })).rejects.toThrow(/yTrue/);
    expect(model.getWeights()).toEqual(before);
  });
});

describe('compile', () => {
  test('unknown names and unsupported options are refused', () => {
    const model = classifier();
    const who = `[${model.who}]`;
    expect(() => model.compile({ loss: 'mea_squared_error' })).toThrow(
      `${who} unknown loss "mea_squared_error". Did you mean "mean_squared_error"?`,
    );
    expect(() => model.compile({ loss: 'mse', metrics: ['acuracy'] })).toThrow(/unknown metric "acuracy"/);
    expect(() => model.compile({ optimizer: 'adm' })).toThrow(/unknown optimizer "adm"\. Did you mean "adam"\?/);
    expect(() => model.compile({ runEagerly: true })).toThrow(
      `${who} compile: runEagerly must be false, since every step is one compiled program. Received: runEagerly=true. To look at values, call the layers on arrays.`,
    );
    expect(() => model.compile({ stepsPerExecution: 2 })).toThrow(/stepsPerExecution must be 1/);
    expect(() => model.compile({ metrics: 'accuracy' } as never)).toThrow(
      `${who} compile: metrics must be a list or a record of metrics. Received: "accuracy".`,
    );
    expect(model.compiled).toBe(false);
  });

  test('compiling again replaces losses and metrics', async () => {
    const model = regressor();
    model.compile({ loss: 'mse', metrics: ['mae'] });
    expect(Object.keys(await model.testOnBatch(X, T))).toEqual(['loss', 'mae']);
    model.compile({ loss: 'mae' });
    expect(Object.keys(await model.testOnBatch(X, T))).toEqual(['loss']);
  });

  test('custom losses and metrics are accepted', async () => {
    const model = regressor();
    model.compile({
      loss: (yTrue, yPred) => ops.mean(ops.square(ops.subtract(yTrue, yPred)), { axis: -1 }),
      metrics: [
        function bias(yTrue, yPred) {
          return ops.subtract(yPred, yTrue);
        },
      ],
    });
    const mine = await model.testOnBatch(X, T);
    model.compile({ loss: 'mse' });
    expectClose([mine['loss']!], [(await model.testOnBatch(X, T))['loss']!], { rtol: 1e-12 });
    expect(Object.keys(mine)).toEqual(['bias', 'loss']);
  });
});
