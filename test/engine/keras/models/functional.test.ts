import { type AnyModel, Input, Model, Sequential, type Tensor, type Value, ops, tensor } from 'evenkeel';
import { Add, BatchNormalization, Dense, Layer, Masking } from 'evenkeel/layers';
import { SGD } from 'evenkeel/optimizers';
import { describe, expect, test } from 'vitest';
import { expectClose } from '../../../support/close.ts';
import { type GoldenArray, loadGolden } from '../../../support/golden.ts';
import { lcg } from '../../../support/lcg.ts';

interface Training {
  readonly kind: 'training';
  readonly steps: readonly Readonly<Record<string, number>>[];
  readonly finalWeights: readonly GoldenArray[];
  readonly output: readonly GoldenArray[];
}

const golden = loadGolden<Training | { readonly kind: 'net' | 'diamond' }>('functional').cases.find(
  (entry): entry is Training => entry.kind === 'training',
)!;
const dtype = 'float64';
const tolerance = { rtol: 1e-6 };

function net(): AnyModel {
  const [a, b] = [Input({ shape: [4], name: 'a', dtype }), Input({ shape: [4], name: 'b', dtype })];
  const shared = new Dense(3, { activation: 'relu', dtype });
  const bn = new BatchNormalization({ momentum: 0.9, dtype });
  const [x, y] = [shared.apply(a), shared.apply(b)];
  const z = new Add({ dtype }).apply([bn.apply(x), y]);
  const inner = [Input({ shape: [3], dtype }), new Dense(2, { dtype })];
  const s = new Sequential(inner, { dtype }).apply(z);
  const one = new Dense(1, { name: 'one', dtype }).apply(s);
  const two = new Dense(2, { activation: 'softmax', name: 'two', dtype }).apply(bn.apply(y));
  const model = new Model({ inputs: [a, b], outputs: [one, two] });
  model.setWeights(
    model.weights.map(({ name, shape }, k) => {
      if (name === 'kernel') return tensor(Float64Array.from(lcg(shape, 2000 + k, -0.5, 0.5)), shape);
      const size = shape.reduce((product, length) => product * length, 1);
      return tensor(new Float64Array(size).fill(name === 'gamma' || name === 'moving_variance' ? 1 : 0), shape);
    }),
  );
  return model;
}

const double = (shape: readonly number[], seed: number): Tensor => tensor(Float64Array.from(lcg(shape, seed)), shape);
const [A, B, T] = [double([6, 4], 11), double([6, 4], 12), double([6, 1], 13)];
const LABELS = tensor(
  Int32Array.from({ length: 6 }, (_, i) => i % 2),
  [6],
);

describe('Model with two inputs and two outputs', () => {
  const forms = {
    lists: {
      compile: {
        loss: ['mse', 'sparse_categorical_crossentropy'],
        lossWeights: [1, 0.5],
        metrics: [['mae'], ['accuracy']],
      },
      x: [A, B],
      y: [T, LABELS],
    },
    records: {
      compile: {
        loss: { two: 'sparse_categorical_crossentropy', one: 'mse' },
        lossWeights: { one: 1, two: 0.5 },
        metrics: { one: ['mae'], two: ['accuracy'] },
      },
      x: { b: B, a: A },
      y: { two: LABELS, one: T },
    },
  } as const;

  test.each(['lists', 'records'] as const)(
    'a model of two inputs and two outputs trains as in Keras, with losses and data in %s',
    async (form) => {
      const { compile, x, y } = forms[form];
      const model = net();
      model.compile({ optimizer: new SGD({ learningRate: 0.1 }), ...compile });
      for (const expected of golden.steps) {
        const logs = await model.trainOnBatch(x, y);
        expect(Object.keys(logs)).toEqual(Object.keys(expected));
        expectClose(Object.values(logs), Object.values(expected), tolerance);
      }
      for (const [i, weight] of model.getWeights().entries()) {
        expectClose(weight.data, golden.finalWeights[i]!.data, { ...tolerance, atol: 1e-9 });
      }
      const outputs = (await model.predict(x, { verbose: 0 })) as readonly Tensor[];
      for (const [i, output] of outputs.entries()) expectClose(output.data, golden.output[i]!.data, tolerance);
    },
  );

  test('fits and evaluates on batches of records and lists', async () => {
    const model = net();
    model.compile({ optimizer: 'sgd', ...forms.lists.compile });
    const options = { epochs: 2, batchSize: 4, verbose: 0, shuffle: false } as const;
    const { history } = await model.fit(forms.records.x, forms.lists.y as never, options);
    expect(Object.keys(history)).toEqual(['loss', 'one_loss', 'one_mae', 'two_accuracy', 'two_loss']);
    const logs = await model.evaluate(forms.lists.x, forms.records.y as never, { verbose: 0 });
    expect(logs['loss']).toBeCloseTo(logs['one_loss']! + 0.5 * logs['two_loss']!, 12);
  });

  test('is unchanged if an input is missing', async () => {
    const model = net();
    model.compile({ optimizer: 'sgd', ...forms.lists.compile });
    const before = model.getWeights();
    await expect(model.fit({ a: A }, forms.lists.y as never, { verbose: 0 })).rejects.toThrow(
      `[${model.who}] there must be data for every input. Received: ["a"], without "b".`,
    );
    await expect(model.predict([A], { verbose: 0 })).rejects.toThrow(
      `[${model.who}] the model has 2 inputs, ["a", "b"]. Received: 1. Give a list of 2 tensors, or a record with these names.`,
    );
    expect(model.getWeights()).toEqual(before);
  });
});

describe('Model of symbolic tensors', () => {
  test('predict returns the structure of the outputs', async () => {
    const inputs = Input({ shape: [1], name: 'x' });
    const outputs = new Dense(1, { kernelInitializer: 'ones' }).apply(inputs);
    const single = new Model({ inputs, outputs });
    expect(await single.predict([[3]], { verbose: 0 })).toEqual(tensor([[3]]));
    expect(await single.predict({ x: tensor([[3]]) }, { verbose: 0 })).toEqual(tensor([[3]]));
    expect(await single.apply([[3]])).toEqual(tensor([[3]]));
    const record = new Model({ inputs: { x: inputs }, outputs: { y: outputs, again: [outputs] } });
    expect(await record.predict({ x: tensor([[3]]) }, { verbose: 0 })).toEqual({
      y: tensor([[3]]),
      again: [tensor([[3]])],
    });
  });

  test('a mode that a call fixes also holds in training', async () => {
    const inputs = Input({ shape: [1] });
    const bn = new BatchNormalization();
    const model = new Model({ inputs, outputs: bn.apply(inputs, { training: false }) });
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    await model.trainOnBatch([[1], [5]], [[0], [0]]);
    expect(bn.nonTrainableWeights.map(({ value }) => value.toArray())).toEqual([[0], [1]]);
    const again = Model.fromConfig(model.getConfig());
    expect(again.layers[1]?.inboundNodes[0]?.training).toBe(false);
  });

  test('the mode of the model’s call is passed to its layers', async () => {
    const inputs = Input({ shape: [1] });
    const model = new Model({ inputs, outputs: new BatchNormalization({ epsilon: 0.001 }).apply(inputs) });
    const [low, high] = (await model.apply([[1], [5]], { training: true })).data;
    expect(low).toBeCloseTo(-1, 3);
    expect(high).toBeCloseTo(1, 3);
  });

  test('masks are propagated along the calls and into nested models', async () => {
    class Mean extends Layer {
      static override readonly className: string = 'Mean';
      override call(x: Value, { mask }: { readonly mask: Value | null }): Value {
        if (mask === null) return ops.mean(x, { axis: 1 });
        const weights = ops.expandDims(ops.cast(mask, x.dtype), -1);
        return ops.divide(ops.sum(ops.multiply(x, weights), { axis: 1 }), ops.sum(weights, { axis: 1 }));
      }
    }
    const x = Input({ shape: [3, 1] });
    const inner = new Model({ inputs: x, outputs: new Mean().apply(x) });
    const y = Input({ shape: [3, 1] });
    const model = new Model({ inputs: y, outputs: inner.apply(new Masking().apply(y)) });
    expect(await model.predict([[[2], [0], [4]]], { verbose: 0 })).toEqual(tensor([[3]]));
  });

  test('the state of a shared layer is updated once per call', async () => {
    const bn = new BatchNormalization({ momentum: 0.5 });
    const inputs = Input({ shape: [1] });
    const model = new Model({ inputs, outputs: bn.apply(bn.apply(inputs)) });
    model.compile({ optimizer: new SGD({ learningRate: 0 }), loss: 'mse' });
    await model.trainOnBatch([[1], [5]], [[0], [0]]);
    // 0 → 1.5 with the mean 3, → 0.75 with the mean 0 of the first call's output.
    expectClose(bn.nonTrainableWeights[0]!.value.data, [0.75], { rtol: 1e-5 });
  });

  test('a model that starts inside another model shares its weights', async () => {
    const inputs = Input({ shape: [2] });
    const hidden = new Dense(2, { activation: 'relu' }).apply(inputs);
    const whole = new Model({ inputs, outputs: new Dense(1).apply(hidden) });
    const [head, tail] = [
      new Model({ inputs, outputs: hidden }),
      new Model({ inputs: hidden, outputs: whole.outputs[0]! }),
    ];
    const x = [[1, -2]];
    const features = await head.predict(x, { verbose: 0 });
    expect(await tail.predict(features, { verbose: 0 })).toEqual(await whole.predict(x, { verbose: 0 }));
  });
});
