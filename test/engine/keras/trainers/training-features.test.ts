import {
  type CompileOptions,
  type Config,
  type FitOptions,
  type AnyModel,
  type Tensor,
  type WeightsLike,
  tensor,
} from 'evenkeel';
import { LambdaCallback, LearningRateScheduler, ReduceLROnPlateau } from 'evenkeel/callbacks';
import { Huber } from 'evenkeel/losses';
import { RootMeanSquaredError } from 'evenkeel/metrics';
import { SGD } from 'evenkeel/optimizers';
import { describe, expect, test, vi } from 'vitest';
import { loadRuntime } from '../../../../src/compiler/runtime/index.ts';
import { expectClose } from '../../../support/close.ts';
import { expectWarning } from '../../../support/fail-on-console.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';
import * as networks from './training-features-networks.ts';
import { A, B, C, FIRST_OF_C, IMAGES, WA, WB, X } from './training-features-networks.ts';

type Numbers = Readonly<Record<string, readonly number[]>>;
type Logs = Readonly<Record<string, number>>;

interface Common {
  readonly name: string;
  readonly paths: readonly string[];
  readonly weights: readonly GoldenArray[];
}

interface FitCase extends Common {
  readonly kind: 'fit';
  readonly history: Numbers;
  readonly evaluate: Logs;
  readonly names?: Readonly<Record<'layers' | 'trainable' | 'others' | 'frozen', readonly string[]>>;
  readonly summary?: string;
  readonly predict?: GoldenArray;
}

interface OnBatchCase extends Common {
  readonly kind: 'onBatch';
  readonly steps: readonly Logs[];
}

interface RatesCase extends Common {
  readonly kind: 'rates';
  readonly history: Numbers;
}

interface FreezingCase extends Common {
  readonly kind: 'freezing';
  readonly frozen: readonly string[];
  readonly parts: readonly Numbers[];
  readonly middle: readonly GoldenArray[];
}

interface OptimizerCase extends Common {
  readonly kind: 'optimizer';
  readonly optimizer: { readonly class_name: string; readonly config: Config };
  readonly history: Numbers;
}

interface FixedCase {
  readonly kind: 'fixed';
  readonly stages: readonly {
    readonly after: string;
    readonly output?: GoldenArray;
    readonly logs?: Logs | Numbers;
    readonly weights: readonly GoldenArray[];
  }[];
}

type Case = FitCase | OnBatchCase | RatesCase | FreezingCase | OptimizerCase | FixedCase;
const { cases } = loadGolden<Case>('training-features');
const ofKind = <K extends Case['kind']>(kind: K): Extract<Case, { kind: K }>[] =>
  cases.filter((entry): entry is Extract<Case, { kind: K }> => entry.kind === kind);

const quiet = { batchSize: 4, shuffle: false, verbose: 0 } as const satisfies FitOptions;
// In float64; the optimizers' rates and betas are float32 in Keras, and the state of metrics is float32 here.
const tolerance = { rtol: 1e-5, atol: 1e-7 };

const sgd = (rate = 0.1): SGD => new SGD({ learningRate: rate });
const scc = 'sparse_categorical_crossentropy';
const two = { loss: ['mse', scc] } as const;

interface Given {
  readonly make: () => AnyModel;
  readonly compile: CompileOptions;
  readonly x?: Tensor;
  readonly y?: unknown;
  readonly weights?: WeightsLike;
}

/** What the cases of kind "fit" are made of. */
const given: Readonly<Record<string, Given>> = {
  'penalties of several outputs': { make: networks.penalized, compile: two, y: [A, B] },
  'penalties of several outputs, weighted': {
    make: networks.penalized,
    compile: { ...two, lossWeights: [2, 0.5] },
    y: [A, B],
    weights: [WA, WB],
  },
  'penalties on activities of convolutions': {
    make: networks.convolutional,
    compile: { loss: 'mse', optimizer: sgd(0.005) },
    x: IMAGES,
  },
  'penalties of a shared layer': { make: networks.shared, compile: { loss: 'mse' } },
  'penalties alone': { make: networks.shared, compile: { loss: null } },
  "penalties of a model's own call": { make: networks.penalizedModel, compile: { loss: 'mse' } },
  'outputs, lists': {
    make: networks.heads,
    compile: {
      ...two,
      lossWeights: [0.5, 2],
      metrics: [['mae', 'mse'], 'accuracy'],
      weightedMetrics: [['mae'], ['accuracy', scc]],
    },
    y: [A, B],
    weights: [WA, WB],
  },
  'outputs, records of names': {
    make: networks.heads,
    compile: {
      loss: { b: scc, a: 'mse' },
      lossWeights: { b: 2, a: 0.5 },
      metrics: { b: ['accuracy'] },
      weightedMetrics: { a: ['mae'], b: ['accuracy'] },
    },
    y: { a: A, b: B },
  },
  'outputs, one weight for all': {
    make: networks.heads,
    compile: { ...two, metrics: [['mae'], ['accuracy']], weightedMetrics: [['mae'], ['accuracy']] },
    y: [A, B],
    weights: WA,
  },
  'outputs, one loss for all': {
    make: () => networks.heads('list', true),
    compile: { loss: 'mse', metrics: ['mae', 'mse'] },
    y: [A, FIRST_OF_C],
  },
  'outputs, one loss and a record of metrics': {
    make: () => networks.heads('list', true),
    compile: { loss: new Huber({ delta: 0.5 }), metrics: { b: new RootMeanSquaredError() } },
    y: [A, FIRST_OF_C],
  },
  'outputs, one of them without a loss': {
    make: networks.heads,
    compile: { loss: ['mse', null], metrics: [null, ['accuracy']] },
    y: [A, B],
  },
  'outputs, a record of outputs': {
    make: () => networks.heads('record'),
    compile: {
      loss: { second: 'mse', first: scc },
      lossWeights: { second: 0.5, first: 2 },
      metrics: { first: ['accuracy'], second: ['mae'] },
      weightedMetrics: { first: ['accuracy'] },
    },
    y: { second: A, first: B },
    weights: { second: WA, first: WB },
  },
  'outputs without names': {
    make: networks.pair,
    compile: { loss: ['mse', 'mae'], metrics: [['mae'], ['mae']], weightedMetrics: [['mae'], ['mse']] },
    y: [A, FIRST_OF_C],
    weights: [WA, WB],
  },
  'outputs without names, one loss': {
    make: networks.pair,
    compile: { loss: 'mse', metrics: ['mae', 'mse'] },
    y: [A, FIRST_OF_C],
  },
  'own functions': {
    make: networks.line,
    compile: {
      loss: networks.asymmetric,
      metrics: [networks.bias, networks.asymmetric],
      weightedMetrics: [networks.bias],
    },
    y: C,
    weights: WA,
  },
  'own classes': {
    make: networks.line,
    compile: {
      loss: new networks.Quartic(),
      metrics: [new networks.Largest({ name: 'largest', dtype: 'float64' })],
      weightedMetrics: [new networks.Largest({ name: 'weighted', dtype: 'float64' })],
    },
    y: C,
    weights: WA,
  },
  'own class with the reduction sum': {
    make: networks.line,
    compile: { loss: new networks.Quartic({ reduction: 'sum' }), metrics: ['mae'] },
    y: C,
  },
  "a model of one's own": { make: networks.nested, compile: { loss: 'mse', metrics: ['mae'] } },
  'a layer of layers': { make: networks.withBlock, compile: { loss: 'mse' } },
};

function expectWeights(model: AnyModel, expected: readonly GoldenArray[]): void {
  const all = (list: readonly { readonly data: ArrayLike<number> }[]): number[] =>
    list.flatMap(({ data }) => Array.from(data));
  const weights = model.getWeights();
  expect(weights.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  expectClose(all(weights), all(expected), tolerance);
}

function expectHistory(history: Numbers, expected: Numbers): void {
  expect(Object.keys(history)).toEqual(Object.keys(expected));
  for (const [name, values] of Object.entries(expected)) expectClose(history[name]!, values, tolerance);
}

function expectLogs(logs: Logs, expected: Logs): void {
  expect(Object.keys(logs)).toEqual(Object.keys(expected));
  expectClose(Object.values(logs), Object.values(expected), tolerance);
}

describe('fit and evaluate match Keras', () => {
  test.each(ofKind('fit'))('$name', async ({ name, history, evaluate, weights, paths, names, summary, predict }) => {
    const { make, compile, x = X, y = A, weights: sampleWeight = null } = given[name]!;
    const model = make();
    expect(model.weights.map(({ path }) => path)).toEqual(paths);
    if (names !== undefined) {
      expect(model.layers.map((layer) => layer.name)).toEqual(names.layers);
      expect(model.trainableWeights.map(({ path }) => path)).toEqual(names.trainable);
      expect(model.nonTrainableWeights.map(({ path }) => path)).toEqual(names.others);
      model.layers[0]!.trainable = false;
      expect(model.trainableWeights.map(({ path }) => path)).toEqual(names.frozen);
      model.layers[0]!.trainable = true;
    }
    if (summary !== undefined) {
      vi.stubEnv('COLUMNS', '100');
      const texts: string[] = [];
      model.summary({ printFn: (text) => texts.push(text) });
      vi.unstubAllEnvs();
      // Keras gives shapes as of the call with two rows, and none where the user's layer does not say.
      const withoutShapes = (text: string): string => text.trimEnd().replaceAll(/│ [^│]* │(?=[^│]*│$)/gm, '│ │');
      expect(withoutShapes(texts[0]!)).toBe(withoutShapes(summary));
      expect(texts[0]).toContain(
        '│ block_0 (Block)                      │ (None, 3)                   │              43 │',
      );
    }
    model.compile({ optimizer: sgd(), ...compile });
    const fitted = await model.fit(x, y as never, { ...quiet, epochs: 2, sampleWeight });
    if (name.endsWith('without a loss')) {
      expect(expectWarning('there are no gradients')).toBe(
        '[SGD] there are no gradients for b/kernel, b/bias: these variables keep their values. Does the loss depend on them?',
      );
    }
    expectHistory(fitted.history, history);
    expectLogs(await model.evaluate(x, y as never, { batchSize: 4, verbose: 0, sampleWeight }), evaluate);
    expectWeights(model, weights);
    if (predict !== undefined) {
      expectClose(((await model.predict(x, { verbose: 0 })) as Tensor).data, predict.data, tolerance);
    }
  });

  test.each(ofKind('onBatch'))('fit and evaluate are those of Keras: $name', async ({ steps, weights }) => {
    const model = networks.heads();
    const metrics = [['mae'], ['accuracy']] as const;
    model.compile({ optimizer: sgd(), ...two, metrics, weightedMetrics: metrics });
    for (const [i, sampleWeight] of [[WA, WB], null, WA].entries()) {
      expectLogs(await model.trainOnBatch(X, [A, B], { sampleWeight }), steps[i]!);
    }
    expectLogs(await model.testOnBatch(X, [A, B], { sampleWeight: [WA, WB] }), steps[3]!);
    expectWeights(model, weights);
  });

  test.each(ofKind('optimizer'))(
    'fit and evaluate are those of Keras: $name',
    async ({ optimizer, history, weights }) => {
      const model = networks.normalized();
      model.compile({ optimizer, loss: 'mse' });
      const fitted = await model.fit(X, A, { ...quiet, epochs: 3, validationData: [X, A] });
      expectHistory(fitted.history, history);
      expectWeights(model, weights);
    },
  );
});

describe('sample weights of several outputs', () => {
  const compiled = (): AnyModel => {
    const model = networks.heads();
    model.compile({ optimizer: sgd(), ...two });
    return model;
  };
  const y = [A, B] as const;
  const weights = [WA, WB] as const;
  const whole = { batchSize: 10, shuffle: false, verbose: 0, epochs: 2 } as const;

  test('can be arrays, parts of batches, records by output name, and validation data', async () => {
    const validationData = [X, y, weights] as const;
    const plain = await compiled().fit(X, y, { ...whole, sampleWeight: weights, validationData });
    const named = { b: WB, a: WA };
    const byName = await compiled().fit(X, y, { ...whole, sampleWeight: named, validationData: [X, y, named] });
    const batches = new Set([[X, y, weights] as const]);
    const inBatches = await compiled().fit(batches, { verbose: 0, epochs: 2, validationData: batches });
    expect(byName.history).toEqual(plain.history);
    expect(inBatches.history).toEqual(plain.history);
    const evaluated = await compiled().evaluate(X, y, { batchSize: 10, verbose: 0, sampleWeight: weights });
    expectClose([plain.history['a_loss']![0]!], [evaluated['a_loss']!], { rtol: 1e-12 });
  });

  test('can be null for an output whose rows count alike', async () => {
    const ones = tensor(new Float64Array(10).fill(1));
    const [some, all] = [compiled(), compiled()];
    const { history } = await some.fit(X, y, { ...whole, sampleWeight: [WA, null] });
    expect(history).toEqual((await all.fit(X, y, { ...whole, sampleWeight: [WA, ones] })).history);
    expect(await some.testOnBatch(X, y, { sampleWeight: { a: null, b: [...WB.data] } })).toEqual(
      await all.testOnBatch(X, y, { sampleWeight: [ones, WB] }),
    );
  });

  test('are split with the rows for validation', async () => {
    const model = compiled();
    const { history } = await model.fit(X, y, { ...whole, epochs: 1, validationSplit: 0.4, sampleWeight: weights });
    const last = ({ data, shape: [, ...rest], dtype }: Tensor): Tensor =>
      tensor(data.slice((data.length * 6) / 10), [4, ...rest], dtype);
    const logs = await model.evaluate(last(X), y.map(last), { verbose: 0, sampleWeight: weights.map(last) });
    expectClose([history['val_loss']![0]!], [logs['loss']!], { rtol: 1e-12 });
  });
});

/** How many sessions the engine makes while something runs. */
async function sessionsIn(work: () => Promise<unknown>): Promise<number> {
  const create = vi.spyOn(await loadRuntime(), 'createSession');
  try {
    await work();
    return create.mock.calls.length;
  } finally {
    create.mockRestore();
  }
}

describe('between two epochs', () => {
  test.each(ofKind('rates'))('between two epochs: $name', async ({ history, weights }) => {
    const model = networks.normalized();
    model.compile({ optimizer: new SGD({ learningRate: 0.7, momentum: 0.9 }), loss: 'mse' });
    const onEpochBegin = (epoch: number): void => {
      model.optimizer.learningRate = 0.1 / (epoch + 1);
    };
    const fitted = await model.fit(X, A, { ...quiet, epochs: 3, callbacks: new LambdaCallback({ onEpochBegin }) });
    expectHistory(fitted.history, history);
    expectWeights(model, weights);
  });

  test('between two epochs: a new learning rate needs no new session', async () => {
    const model = networks.normalized();
    model.compile({ optimizer: sgd(), loss: 'mse' });
    await model.fit(X, A, quiet);
    const callbacks = [
      new LearningRateScheduler((epoch) => 0.1 / (epoch + 2)),
      new ReduceLROnPlateau({ monitor: 'loss', patience: 0, factor: 0.5, minDelta: 10 }),
    ];
    const fit = async (): Promise<void> => {
      await model.fit(X, A, { ...quiet, epochs: 3, callbacks });
      model.optimizer.learningRate = 0.025;
      await model.fit(X, A, quiet);
    };
    expect(await sessionsIn(fit)).toBe(0);
  });

  test.each(ofKind('freezing'))(
    'between two epochs: $name, and compiling again',
    async ({ frozen, parts, middle, weights }) => {
      const model = networks.normalized();
      const train = async (part: Numbers | undefined): Promise<void> => {
        model.compile({ optimizer: sgd(), loss: 'mse' });
        expectHistory((await model.fit(X, A, { ...quiet, epochs: 2 })).history, part!);
      };
      await train(parts[0]);
      for (const name of frozen) model.getLayer(name).trainable = false;
      await train(parts[1]);
      expectWeights(model, middle);
      for (const name of frozen) model.getLayer(name).trainable = true;
      // The programs of the first part are of the same form, and so are their sessions.
      expect(await sessionsIn(() => train(parts[2]))).toBe(0);
      expectWeights(model, weights);
    },
  );

  test('freezing a layer takes effect in the next epoch, without compiling again', async () => {
    const model = networks.normalized();
    model.compile({ optimizer: sgd(), loss: 'mse' });
    const seen: string[] = [];
    const callbacks = new LambdaCallback({
      onEpochBegin: (epoch: number) => {
        if (epoch === 1) for (const name of ['first', 'bn']) model.getLayer(name).trainable = false;
      },
      onEpochEnd: () => void seen.push(JSON.stringify(model.getWeights().map((weight) => weight.toArray()))),
    });
    await model.fit(X, A, { ...quiet, epochs: 3, callbacks });
    const [first, second, third] = seen.map((text) => JSON.parse(text) as unknown[]);
    expect(second!.slice(0, 6)).toEqual(first!.slice(0, 6));
    expect(third!.slice(0, 6)).toEqual(first!.slice(0, 6));
    expect(second!.slice(6)).not.toEqual(first!.slice(6));
    expect(third!.slice(6)).not.toEqual(second!.slice(6));
  });
});

describe('a mode that a call fixes', () => {
  test('holds in predict, evaluate and fit, including updates of moving statistics', async () => {
    const model = networks.fixed();
    model.compile({ optimizer: sgd(), loss: 'mse' });
    const works: Readonly<Record<string, () => Promise<unknown>>> = {
      predict: () => model.predict(X, { batchSize: 4, verbose: 0 }),
      evaluate: () => model.evaluate(X, A, { batchSize: 4, verbose: 0 }),
      fit: async () => (await model.fit(X, A, { ...quiet, epochs: 2 })).history,
      'predict in single rows': () => model.predict(X, { batchSize: 1, verbose: 0 }),
    };
    for (const { after, output, logs, weights } of ofKind('fixed')[0]!.stages) {
      const found = await works[after]!();
      if (output !== undefined) expectClose((found as Tensor).data, output.data, tolerance);
      if (logs !== undefined) {
        const numbers = (each: unknown): number[] => Object.values(each as Numbers).flat();
        expectClose(numbers(found), numbers(logs), tolerance);
      }
      expectWeights(model, weights);
    }
  });
});

describe('data that does not fit', () => {
  test('leaves no resolved losses and metrics for the next call', async () => {
    const model = networks.line();
    model.compile({ optimizer: sgd(), loss: 'mse', metrics: ['accuracy'] });
    // Targets of one column would make it the accuracy of classes by their numbers.
    await expect(model.trainOnBatch(X, tensor(new Float64Array(20), [10, 2]))).rejects.toThrow('yTrue');
    const labels = tensor(
      Float64Array.from({ length: 30 }, (_, i) => Number(i % 3 === 0)),
      [10, 3],
    );
    const fresh = networks.line();
    fresh.compile({ optimizer: sgd(), loss: 'mse', metrics: ['accuracy'] });
    expect(await model.trainOnBatch(X, labels)).toEqual(await fresh.trainOnBatch(X, labels));
  });
});
