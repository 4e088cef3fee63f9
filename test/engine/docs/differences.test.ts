import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  Input,
  Model,
  Sequential,
  type Tensor,
  gradients,
  jit,
  layers,
  losses,
  metrics,
  ops,
  optimizers,
  tensor,
} from '../../../src/index.ts';
import { expectWarning } from '../../support/fail-on-console.ts';
import { Trace } from '../../../src/compiler/graph/trace.ts';
import { loadGolden } from '../../support/golden.ts';

interface Row {
  readonly name: string;
  readonly keras: unknown;
  readonly evenkeel: unknown;
}

const page = new URL('../../../docs/differences-from-keras.md', import.meta.url);
const valueIn = (cell = ''): unknown => JSON.parse(/^`(.*)`$/.exec(cell.trim())?.[1] ?? 'null');

/** The rows of the page's table. */
const rows = readFileSync(page, 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line): Row => {
    const [, name = '', , keras, evenkeel] = line.split('|');
    return { name: name.trim().slice(1, -1), keras: valueIn(keras), evenkeel: valueIn(evenkeel) };
  });

const golden = new Map(
  loadGolden<{ readonly name: string; readonly keras: unknown }>('differences').cases.map((each) => [
    each.name,
    each.keras,
  ]),
);

const X = [[1], [3]];
const quiet = { verbose: 0 } as const;
const batchNormalization = (): layers.BatchNormalization => new layers.BatchNormalization({ momentum: 0.5 });
const statistics = (layer: layers.BatchNormalization): readonly number[] =>
  layer.nonTrainableWeights.map(({ value }) => Math.round((value.data[0] ?? NaN) * 1e4) / 1e4);
const nested = (result: Tensor): unknown => result.toArray();

/** The class of the error that a function throws. */
function nameOfError(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    return error instanceof Error ? error.name : 'no error';
  }
  return 'accepted';
}

/** The programs of test/golden/make/differences.py. */
const programs: Readonly<Record<string, () => unknown>> = {
  'training-given-in-a-call': async () => {
    const [inputs, layer] = [Input({ shape: [1] }), batchNormalization()];
    const model = new Model({ inputs, outputs: layer.apply(inputs, { training: false }) });
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    await model.fit(X, X, quiet);
    return statistics(layer);
  },
  'fully-masked-batch': async () => {
    const [inputs, layer] = [Input({ shape: [2, 1] }), batchNormalization()];
    const model = new Model({ inputs, outputs: layer.apply(new layers.Masking().apply(inputs)) });
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const zeros = tensor(new Float32Array(4), [2, 2, 1]);
    await model.fit(zeros, zeros, quiet);
    return statistics(layer);
  },
  'iterations-under-accumulation': async () => {
    const model = new Sequential([new layers.Dense(1)]);
    const optimizer = new optimizers.SGD({ learningRate: 0.1, gradientAccumulationSteps: 2 });
    model.compile({ optimizer, loss: 'mse' });
    await model.fit(X, X, { ...quiet, batchSize: 1, epochs: 2 });
    return optimizer.iterations.value.item();
  },
  'frozen-after-compile': async () => {
    const layer = new layers.Dense(1, { useBias: false, kernelInitializer: 'ones' });
    const model = new Sequential([layer]);
    model.compile({ optimizer: new optimizers.SGD({ learningRate: 0.1 }), loss: 'mse' });
    await model.fit(X, [[2], [6]], quiet);
    layer.trainable = false;
    const before = layer.getWeights().map(nested);
    await model.fit(X, [[3], [9]], quiet);
    expectWarning(/no trainable weights/);
    return JSON.stringify(before) !== JSON.stringify(layer.getWeights().map(nested));
  },
  'sparsemax-of-equal-scores': async () => nested(await jit((x) => ops.sparsemax(x))([[1, 1]])),
  'argmax-of-nan': async () => (await jit((x) => ops.argmax(x))([1, NaN, 2])).item(),
  'max-of-nan': async () => (await jit((x) => ops.max(x))([1, NaN])).item(),
  'relu-slope-at-six': async () => {
    const relu = new layers.ReLU({ maxValue: 6 });
    const slope = jit((x) => gradients(ops.sum(relu.apply(x)), [x])[0] ?? x);
    return nested(await slope([[6]]));
  },
  'rms-scale-of-a-middle-axis': async () => {
    const layer = new layers.RMSNormalization({ axis: 1 });
    layer.build([null, 2, 2]);
    layer.setWeights([[1, 10]]);
    const normalized = await layer.apply(tensor(new Float32Array(4).fill(3), [1, 2, 2]));
    return nested(await jit((x) => ops.round(x, { decimals: 4 }))(normalized));
  },
  'batch-normalization-of-several-axes': () => {
    const layer = new layers.BatchNormalization({ axis: [1, 2] });
    layer.build([null, 2, 3]);
    return layer.weights[0]?.shape;
  },
  'alpha-dropout-of-rate-one': () => nameOfError(() => new layers.AlphaDropout(1)),
  'iou-of-fractional-weights': async () => {
    const metric = new metrics.MeanIoU(2);
    const iou = jit((y, predictions, weights) => {
      const trace = new Trace();
      metric.updateState(trace, y, predictions, weights);
      return metric.result(trace);
    });
    return Math.round((await iou([1, 1, 0], [1, 0, 1], [1.9, 0.9, 2])).item() * 1e4) / 1e4;
  },
  'normalization-axis-config': () => new layers.Normalization({ axis: -1 }).getConfig()['axis'],
  'random-crop-in-inference': async () =>
    (await new layers.RandomCrop(2, 2).apply(tensor(new Float32Array(16), [1, 4, 4, 1]), { training: false })).shape,
  'row-weights-of-sequences': async () => {
    const loss = jit((y, predictions, weights) =>
      new losses.MeanSquaredError().apply(y, predictions, { sampleWeight: weights }),
    );
    return (
      await loss(
        tensor(new Float32Array(4), [2, 2, 1]),
        [
          [[1], [2]],
          [[3], [4]],
        ],
        [1, 10],
      )
    ).item();
  },
  'targets-in-a-list-for-a-record': async () => {
    const inputs = Input({ shape: [1] });
    const outputs = {
      sub: new layers.Rescaling(0, { offset: 0 }).apply(inputs),
      add: new layers.Rescaling(0, { offset: 1 }).apply(inputs),
    };
    const model = new Model({ inputs, outputs });
    model.compile({ loss: 'mse' });
    return model
      .evaluate([[1]], [tensor([[0]]), tensor([[1]])] as never, { verbose: 0 })
      .catch((error: unknown) => (error as Error).name);
  },
};

describe('the page of differences from Keras', () => {
  test('lists the differences that are tried, and no others', () => {
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(programs));
    expect([...golden.keys()].sort()).toEqual(rows.map(({ name }) => name).sort());
  });

  test.for(rows)('$name: Keras and evenkeel compute what the page says', async ({ name, keras, evenkeel }) => {
    expect(keras).toEqual(golden.get(name));
    expect(await programs[name]?.()).toEqual(evenkeel);
    expect(keras).not.toEqual(evenkeel);
  });
});
