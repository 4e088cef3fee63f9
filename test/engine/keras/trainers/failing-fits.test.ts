import {
  type Callback,
  type Model,
  Sequential,
  type Tensor,
  callbacks,
  layers,
  losses,
  metrics,
  ops,
  optimizers,
} from 'evenkeel';
import type { CompileOptions, FitOptions } from 'evenkeel';
import { describe, expect, test } from 'vitest';
import { drawSeed, setRandomSeed } from '../../../../src/core/random.ts';

const X = Array.from({ length: 6 }, (_, i) => [i, 1]);
const Y = X.map(([a = 0]) => [a / 6]);
const ONE_HOT = X.map(([a = 0]) => [a % 2, 1 - (a % 2)]);
const schedule = (): optimizers.SGD =>
  new optimizers.SGD({ learningRate: new optimizers.schedules.ExponentialDecay(0.1, 1, 0.5) });

/** A training that must fail before its first step. */
interface Failing {
  readonly title: string;
  readonly message: RegExp;
  readonly compile?: CompileOptions;
  readonly x?: unknown;
  readonly y?: unknown;
  readonly fit?: FitOptions;
  /** The number of rows that a layer of the model demands. */
  readonly rowsOf?: number;
  readonly callback?: () => Callback;
}

const withMetric = { metrics: [new metrics.Mean({ name: 'average' })] };
const failing: readonly Failing[] = [
  { title: 'inputs of the wrong size', message: /expected axis -1 of the input/, x: X.map((row) => [...row, 1]) },
  { title: 'inputs of the wrong rank', message: /./, x: X.map((row) => [row]) },
  { title: 'targets of the wrong size', message: /./, y: X.map(() => [1, 2, 3, 4]) },
  { title: 'another number of targets', message: /same number of rows/, y: Y.slice(1) },
  { title: 'no targets', message: /targets/, y: null },
  {
    title: 'labels out of range',
    message: /label/,
    compile: { loss: 'sparse_categorical_crossentropy', metrics: null },
    y: X.map(() => 7),
  },
  { title: 'another number of sample weights', message: /same number of rows/, fit: { sampleWeight: [1, 2] } },
  {
    title: 'class weights and sample weights',
    message: /only one/,
    fit: { sampleWeight: X.map(() => 1), classWeight: { 0: 1 } },
  },
  {
    title: 'validation inputs of the wrong size',
    message: /expected axis -1 of the input/,
    fit: { validationData: [X.map((row) => [...row, 1]), Y] },
  },
  {
    title: 'validation targets of the wrong size',
    message: /./,
    fit: { validationData: [X, X.map(() => [1, 2, 3, 4])] },
  },
  { title: 'validation data without targets', message: /./, fit: { validationData: [X, null as never] } },
  {
    title: 'validation labels out of range',
    message: /label/,
    compile: { loss: 'sparse_categorical_crossentropy', metrics: null },
    y: X.map(() => 1),
    fit: { validationData: [X, X.map(() => 2)] },
  },
  {
    title: 'a validation in the last epoch that cannot run',
    message: /expected axis -1 of the input/,
    fit: { epochs: 3, validationFreq: [3], validationData: [X.map((row) => [...row, 1]), Y] },
  },
  {
    title: 'a list of validation batches of which the second does not fit',
    message: /./,
    fit: {
      validationData: [
        [X, ONE_HOT],
        [X, X.map(() => [1, 2, 3, 4])],
      ] as never,
    },
  },
  {
    title: 'a list of batches of which the second does not fit',
    message: /./,
    x: [
      [X, ONE_HOT],
      [X, X.map(() => [1, 2, 3, 4])],
    ],
    y: null,
  },
  {
    title: 'LearningRateScheduler on a schedule',
    message: /schedule/i,
    compile: { optimizer: schedule() },
    callback: () => new callbacks.LearningRateScheduler((_, rate) => rate),
  },
  {
    title: 'ReduceLROnPlateau on a schedule',
    message: /schedule/i,
    compile: { optimizer: schedule() },
    callback: () => new callbacks.ReduceLROnPlateau({ monitor: 'loss' }),
  },
  {
    title: 'LearningRateScheduler with a schedule that returns no number',
    message: /finite number/,
    callback: () => new callbacks.LearningRateScheduler(() => NaN),
  },
  {
    title: 'SwapEMAWeights without averages, every epoch',
    message: /useEma/,
    callback: () => new callbacks.SwapEMAWeights({ swapOnEpoch: true }),
  },
  {
    title: 'SwapEMAWeights without averages, for the validation',
    message: /useEma/,
    fit: { validationData: [X, ONE_HOT] },
    callback: () => new callbacks.SwapEMAWeights(),
  },
  {
    title: 'EarlyStopping on a value that does not exist',
    message: /mode must be/,
    callback: () => new callbacks.EarlyStopping({ monitor: 'val_nothing' }),
  },
  {
    title: 'ReduceLROnPlateau on a value that does not exist',
    message: /mode must be/,
    callback: () => new callbacks.ReduceLROnPlateau({ monitor: 'nothing' }),
  },
  {
    title: 'ModelCheckpoint on a value that does not exist',
    message: /mode must be/,
    callback: () => new callbacks.ModelCheckpoint('never-written.keras', { monitor: 'nothing', saveBestOnly: true }),
  },
  {
    title: 'EarlyStopping on a metric whose direction is unknown',
    message: /mode must be/,
    compile: withMetric,
    callback: () => new callbacks.EarlyStopping({ monitor: 'average' }),
  },
  {
    title: 'EarlyStopping on a number per class',
    message: /one number/,
    compile: { metrics: [new metrics.F1Score({ name: 'f1' })] },
    callback: () => new callbacks.EarlyStopping({ monitor: 'f1' }),
  },
  {
    title: 'EarlyStopping on a number per class of the validation',
    message: /one number/,
    compile: { metrics: [new metrics.F1Score({ name: 'f1' })] },
    fit: { validationSplit: 0.5 },
    callback: () => new callbacks.EarlyStopping({ monitor: 'val_f1' }),
  },
  { title: 'a short last batch that a layer refuses', message: /number of elements/, rowsOf: 4, fit: { batchSize: 4 } },
  {
    title: 'a short last batch of the validation that a layer refuses',
    message: /number of elements/,
    rowsOf: 3,
    fit: { validationData: [X.slice(0, 4), ONE_HOT.slice(0, 4)] },
  },
  {
    title: 'a loss that is not reduced',
    message: /reduction/,
    compile: { loss: new losses.MeanSquaredError({ reduction: 'none' }) },
  },
];

const snapshot = (model: Model): unknown => ({
  weights: model.getWeights().map((weight: Tensor) => weight.toArray()),
  optimizer: model.optimizer.variables.map(({ value }) => value.toArray()),
  iterations: model.optimizer.iterations.value.item(),
});

const dense = (): layers.Dense => new layers.Dense(2, { activation: 'softmax' });

describe('a training that fails before its first step', () => {
  test.for(failing)(
    'changes nothing: $title',
    async ({ message, compile, x = X, y = ONE_HOT, fit, rowsOf, callback }) => {
      const exact = rowsOf === undefined ? [] : [new layers.Lambda((input) => ops.reshape(input, [rowsOf, 2]))];
      const model = new Sequential([new layers.Dropout(0.5, { seed: 1 }), ...exact, dense()]);
      model.build([rowsOf ?? null, 2]);
      model.compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae'], ...compile });
      const quiet = { verbose: 0, batchSize: rowsOf ?? 3 } as const;
      model.optimizer.build(model.trainableWeights);
      const isTrainable = compile?.loss === undefined;
      if (isTrainable) await model.fit(X.slice(0, quiet.batchSize), ONE_HOT.slice(0, quiet.batchSize), quiet);
      const history = new callbacks.History();
      const before = [snapshot(model), isTrainable ? await model.getMetricsResult() : null];
      setRandomSeed(5);
      const drawn = drawSeed();
      setRandomSeed(5);
      const given = callback === undefined ? [history] : [history, callback()];
      await expect(
        model.fit(x as never, y as never, { ...quiet, epochs: 2, ...fit, callbacks: given }),
      ).rejects.toThrow(message);
      expect([snapshot(model), isTrainable ? await model.getMetricsResult() : null]).toEqual(before);
      expect(history.history).toEqual({});
      expect(drawSeed()).toEqual(drawn);
    },
  );
});

describe('an evaluation that fails before its first step', () => {
  test.for([
    ['inputs of the wrong size', X.map((row) => [...row, 1]), ONE_HOT],
    ['targets of the wrong size', X, X.map(() => [1, 2, 3, 4])],
  ] as const)('keeps the values of the metrics: %s', async ([, x, y]) => {
    const model = new Sequential([dense()]);
    model.compile({ loss: 'mse', metrics: ['mae'] });
    await model.evaluate(X, ONE_HOT, { verbose: 0 });
    const before = await model.getMetricsResult();
    await expect(model.evaluate(x, y, { verbose: 0 })).rejects.toThrow(/yTrue|axis -1/);
    expect(await model.getMetricsResult()).toEqual(before);
    expect(before['mae']).toBeGreaterThan(0);
  });
});
