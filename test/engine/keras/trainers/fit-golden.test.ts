import { Sequential, tensor } from 'evenkeel';
import type { BatchLike, CompileOptions, FitOptions, Tensor } from 'evenkeel';
import { EarlyStopping, LearningRateScheduler, ReduceLROnPlateau } from 'evenkeel/callbacks';
import type { Callback } from 'evenkeel/callbacks';
import { Adam, SGD } from 'evenkeel/optimizers';
import { describe, expect, test } from 'vitest';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';
import { CLASS_WEIGHT, T, TV, W, WV, X, XV, Y, YV, classifier, regressor } from '../models/networks.ts';

type Numbers = Readonly<Record<string, readonly number[]>>;

interface Compile {
  readonly optimizer?: 'adam';
  readonly loss: string;
  readonly metrics?: readonly string[];
  readonly weighted_metrics?: readonly string[];
  readonly loss_weights?: number;
}

interface FitCase {
  readonly kind: 'fit';
  readonly name: string;
  readonly model: 'classifier' | 'regressor';
  readonly compile: Compile;
  readonly history: Numbers;
  readonly epoch: readonly number[];
  readonly params: { readonly epochs: number; readonly steps: number };
  readonly finalWeights: readonly GoldenArray[];
}

interface StoppingCase {
  readonly kind: 'earlyStopping';
  readonly name: string;
  readonly options: Readonly<Record<string, string | number | boolean>>;
  readonly stoppedEpoch: number;
  readonly bestEpoch: number;
  readonly best: number;
  readonly history: Numbers;
  readonly epoch: readonly number[];
  readonly finalWeights: readonly GoldenArray[];
}

interface EvaluateCase {
  readonly kind: 'evaluate';
  readonly name: string;
  readonly model: 'classifier' | 'regressor';
  readonly compile: Compile;
  readonly regularized: boolean;
  readonly evaluate: { readonly batch_size: number; readonly steps?: number; readonly sample_weight?: string };
  readonly dict: Readonly<Record<string, number>>;
}

interface OnBatchCase {
  readonly kind: 'onBatch';
  readonly name: string;
  readonly model: 'classifier' | 'regressor';
  readonly compile: Compile;
  readonly weights: string | null;
  readonly calls: readonly {
    readonly method: 'train_on_batch' | 'test_on_batch';
    readonly rows: readonly [number, number];
    readonly value: number | readonly number[] | Readonly<Record<string, number>>;
  }[];
  readonly predictOnBatch: GoldenArray;
  readonly finalWeights: readonly GoldenArray[];
}

interface RateCase {
  readonly kind: 'reduceLROnPlateau' | 'learningRateScheduler';
  readonly learningRate: number;
  readonly epochs: number;
  readonly history: Numbers;
  readonly finalWeights: readonly GoldenArray[];
}

const { cases } = loadGolden<RateCase | FitCase | StoppingCase | EvaluateCase | OnBatchCase>('fit');
const ofKind = <K extends (typeof cases)[number]['kind']>(kind: K): Extract<(typeof cases)[number], { kind: K }>[] =>
  cases.filter((entry): entry is Extract<(typeof cases)[number], { kind: K }> => entry.kind === kind);

// All in float64, but for the learning rate, which is float32 here.
const tolerance = { rtol: 1e-6 };
// Keras rounds Adam's betas to float32 on their way to float64: 1 − 0.999 is wrong by 1e-5 then.
const toleranceOfAdam = { rtol: 2e-5 };

function compiled(kind: 'classifier' | 'regressor', given: Compile, regularized = false): Sequential {
  const model = kind === 'classifier' ? classifier(regularized) : regressor(regularized);
  const options: CompileOptions = {
    optimizer: given.optimizer === 'adam' ? new Adam({ learningRate: 0.01 }) : new SGD({ learningRate: 0.1 }),
    loss: given.loss,
    metrics: given.metrics ?? null,
    weightedMetrics: given.weighted_metrics ?? null,
    lossWeights: given.loss_weights ?? null,
  };
  model.compile(options);
  return model;
}

function rows(source: Tensor, from: number, to: number): Tensor {
  const width = source.size / source.shape[0]!;
  return tensor(source.data.slice(from * width, to * width), [to - from, ...source.shape.slice(1)]);
}

function* endless(): Generator<BatchLike> {
  for (;;) {
    for (let i = 0; i < 50; i += 16) yield [rows(X, i, Math.min(50, i + 16)), rows(Y, i, Math.min(50, i + 16))];
  }
}

const oneHot = tensor(
  Float64Array.from({ length: 150 }, (_, i) => (Y.data[Math.floor(i / 3)] === i % 3 ? 1 : 0)),
  [50, 3],
);

/** What the cases of kind "fit" give to fit, besides 3 epochs of batches of 16 without shuffling. */
const given: Readonly<Record<string, FitOptions>> = {
  'full batch': { batchSize: 50 },
  'batch size default 32': { batchSize: null },
  sample_weight: { sampleWeight: W },
  'sample_weight, weighted_metrics': { sampleWeight: W },
  class_weight: { classWeight: CLASS_WEIGHT },
  'class_weight, weighted_metrics': { classWeight: CLASS_WEIGHT },
  validation_split: { validationSplit: 0.2 },
  'validation_split with sample_weight': { validationSplit: 0.2, sampleWeight: W },
  validation_data: { validationData: [XV, YV] },
  'validation_data with weights': { validationData: [XV, YV, WV] },
  validation_batch_size: { validationData: [XV, YV], validationBatchSize: 7 },
  validation_freq: { validationData: [XV, YV], validationFreq: 2 },
  validation_steps: { validationData: [XV, YV], validationSteps: 1 },
  initial_epoch: { initialEpoch: 1, epochs: 4 },
  'generator with steps_per_epoch': { stepsPerEpoch: 3 },
  'arrays with steps_per_epoch': { stepsPerEpoch: 2 },
  regression: { validationData: [XV, TV] },
  'regression, metric objects': { validationData: [XV, TV] },
  'regression with sample_weight': { sampleWeight: W },
  regularizers: { validationData: [XV, YV] },
  'regularizers, weighted': { sampleWeight: W },
};

function expectWeights(model: Sequential, expected: readonly GoldenArray[], within = tolerance): void {
  const weights = model.getWeights();
  expect(weights.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  const all = (list: readonly { readonly data: ArrayLike<number> }[]): number[] =>
    list.flatMap(({ data }) => Array.from(data));
  expectClose(all(weights), all(expected), within);
}

function expectHistory(history: Numbers, expected: Numbers): void {
  expect(Object.keys(history)).toEqual(Object.keys(expected));
  for (const [name, values] of Object.entries(expected)) expectClose(history[name]!, values, tolerance);
}

describe('fit', () => {
  test.each(ofKind('fit'))('matches Keras: $name', async (entry) => {
    const model = compiled(entry.model, entry.compile, entry.name.startsWith('regularizers'));
    const target = entry.model === 'classifier' ? Y : T;
    const options: FitOptions = { epochs: 3, batchSize: 16, shuffle: false, verbose: 0, ...given[entry.name] };
    const { history, epoch, params } = entry.name.startsWith('generator')
      ? await model.fit(endless(), options)
      : entry.name === 'categorical'
        ? await model.fit(X, oneHot, options)
        : entry.name.endsWith('targets [50]')
          ? await model.fit(X, tensor(T.data, [50]), options)
          : await model.fit(X, target, options);
    expectHistory(history, entry.history);
    expect(epoch).toEqual(entry.epoch);
    expect(params).toEqual({ ...entry.params, verbose: 0 });
    expectWeights(model, entry.finalWeights, entry.compile.optimizer === 'adam' ? toleranceOfAdam : tolerance);
  });

  test.each(ofKind('earlyStopping'))('stops early in the same epoch as Keras: $name', async (entry) => {
    const stopping = new EarlyStopping(
      Object.fromEntries(
        Object.entries(entry.options).map(([key, value]) => [
          key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
          value,
        ]),
      ),
    );
    const model = classifier();
    model.compile({
      optimizer: new SGD({ learningRate: 0.5 }),
      loss: 'sparse_categorical_crossentropy',
      metrics: ['accuracy'],
    });
    const { history, epoch } = await model.fit(X, Y, {
      epochs: 15,
      batchSize: 16,
      shuffle: false,
      validationData: [XV, YV],
      verbose: 0,
      callbacks: [stopping],
    });
    expect(epoch).toEqual(entry.epoch);
    expectHistory(history, entry.history);
    expect(stopping).toMatchObject({ stoppedEpoch: entry.stoppedEpoch, bestEpoch: entry.bestEpoch });
    expectClose([stopping.best!], [entry.best], tolerance);
    expectWeights(model, entry.finalWeights);
  });
});

describe('callbacks that set the learning rate', () => {
  const plateau = { monitor: 'val_loss', factor: 0.5, patience: 1, minDelta: 0.01, cooldown: 1, minLr: 0.05 };

  test.each([
    ['reduceLROnPlateau', (): Callback => new ReduceLROnPlateau(plateau)],
    ['learningRateScheduler', (): Callback => new LearningRateScheduler((_, rate) => rate * 0.5)],
  ] as const)('match Keras: %s', async (kind, make) => {
    const entry = cases.find((each): each is RateCase => each.kind === kind)!;
    const model = classifier();
    const optimizer = new SGD({ learningRate: entry.learningRate });
    model.compile({ optimizer, loss: 'sparse_categorical_crossentropy' });
    const { history } = await model.fit(X, Y, {
      epochs: entry.epochs,
      batchSize: 16,
      shuffle: false,
      validationData: kind === 'reduceLROnPlateau' ? [XV, YV] : null,
      verbose: 0,
      callbacks: make(),
    });
    expectHistory(history, entry.history);
    expectWeights(model, entry.finalWeights);
  });
});

describe('evaluate', () => {
  test.each(ofKind('evaluate'))('matches Keras: $name', async (entry) => {
    const model = compiled(entry.model, entry.compile, entry.regularized);
    const { batch_size: batchSize, steps, sample_weight: weights } = entry.evaluate;
    const before = model.getWeights();
    for (let again = 0; again < 2; again++) {
      const logs = await model.evaluate(X, entry.model === 'classifier' ? Y : T, {
        batchSize,
        steps,
        sampleWeight: weights === undefined ? null : W,
        verbose: 0,
      });
      expect(Object.keys(logs)).toEqual(Object.keys(entry.dict));
      expectClose(Object.values(logs), Object.values(entry.dict), tolerance);
    }
    expect(model.getWeights()).toEqual(before);
  });
});

describe('trainOnBatch and testOnBatch', () => {
  test.each(ofKind('onBatch'))('matches Keras: $name', async (entry) => {
    const model = compiled(entry.model, entry.compile);
    const target = entry.model === 'classifier' ? Y : T;
    for (const {
      method,
      rows: [from, to],
      value,
    } of entry.calls) {
      const x = rows(X, from, to);
      const y = rows(target, from, to);
      const sampleWeight = entry.weights === 'W' ? rows(W, from, to) : null;
      const classWeight = entry.name === 'class_weight' ? CLASS_WEIGHT : null;
      const logs =
        method === 'train_on_batch'
          ? await model.trainOnBatch(x, y, { sampleWeight, classWeight })
          : await model.testOnBatch(x, y, { sampleWeight });
      if (typeof value === 'object' && !Array.isArray(value)) {
        expect(Object.keys(logs)).toEqual(Object.keys(value));
        expectClose(Object.values(logs), Object.values(value as Readonly<Record<string, number>>), tolerance);
      } else {
        expectClose([logs['loss']!], [typeof value === 'number' ? value : (value as readonly number[])[0]!], tolerance);
      }
    }
    expectClose((await model.predictOnBatch(rows(X, 0, 3))).data, entry.predictOnBatch.data, tolerance);
    expectWeights(model, entry.finalWeights);
  });
});
