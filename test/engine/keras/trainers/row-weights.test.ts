import { Input, Model, Sequential, layers, losses, metrics, tensor } from 'evenkeel';
import { describe, expect, test } from 'vitest';

const quiet = { verbose: 0 } as const;
/** As many rows as steps, so that weights of rows could be mistaken for weights of steps. */
const STEPS = 3;
const X = [0.1, 0.9, 0.4, 0.7, 0.2, 0.6, 0.3, 0.8, 0.5];
const Y = [0, 1, 1, 0, 0, 1, 1, 1, 0];
const WEIGHTS = [1, 2, 4];
const sequence = (values: readonly number[]): ReturnType<typeof tensor> =>
  tensor(Float32Array.from(values), [STEPS, STEPS, 1]);
const [x, y] = [sequence(X), sequence(Y)];
const weightAt = (i: number): number => WEIGHTS[Math.floor(i / STEPS)] ?? NaN;
const total = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0);
const errors = X.map((value, i) => Math.abs(value - (Y[i] ?? NaN)));

/** The mean of the weighted squared errors. */
const LOSS = total(errors.map((error, i) => weightAt(i) * error ** 2)) / X.length;
/** The weighted mean of the absolute errors. */
const MAE = total(errors.map((error, i) => weightAt(i) * error)) / (STEPS * total(WEIGHTS));
const hits = (isHit: (prediction: number, target: number) => boolean): number =>
  total(X.map((value, i) => (isHit(value, Y[i] ?? NaN) ? weightAt(i) : 0)));
const PRECISION = hits((value, target) => value > 0.5 && target === 1) / hits((value) => value > 0.5);

function compiled(loss: losses.Loss | string = 'mse'): Model {
  const model = new Sequential([Input({ shape: [STEPS, 1] }), new layers.Activation('linear')]);
  model.compile({ optimizer: 'sgd', loss, weightedMetrics: ['mae', new metrics.Precision({ name: 'precision' })] });
  return model;
}

describe('a weight for each row of targets with time steps', () => {
  test('counts for every step of its row in evaluate and testOnBatch, in the loss and in weighted metrics', async () => {
    const expected = { loss: LOSS, mae: MAE, precision: PRECISION };
    for (const sampleWeight of [
      WEIGHTS,
      WEIGHTS.map((weight) => [weight]),
      WEIGHTS.map((weight) => [weight, weight, weight]),
    ]) {
      const logs = await compiled().evaluate(x, y, { ...quiet, sampleWeight });
      for (const [name, value] of Object.entries(expected)) expect(logs[name], name).toBeCloseTo(value, 5);
    }
    const logs = await compiled().testOnBatch(x, y, { sampleWeight: WEIGHTS });
    for (const [name, value] of Object.entries(expected)) expect(logs[name], name).toBeCloseTo(value, 5);
  });

  test('counts for every step of its row in fit, validationData and trainOnBatch', async () => {
    const model = new Sequential([
      Input({ shape: [STEPS, 1] }),
      new layers.Dense(1, { kernelInitializer: 'ones', useBias: false }),
    ]);
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const options = { ...quiet, sampleWeight: WEIGHTS, validationData: [x, y, WEIGHTS] as const };
    const { history } = await model.fit(x, y, options);
    expect(history['loss']?.[0]).toBeCloseTo(LOSS, 5);
    // The gradient of the mean of w (k x − y)² at k = 1.
    const slope = total(X.map((value, i) => 2 * weightAt(i) * (value - (Y[i] ?? NaN)) * value)) / X.length;
    expect(model.getWeights()[0]?.data[0]).toBeCloseTo(1 - 0.01 * slope, 5);
    const again = (await model.testOnBatch(x, y, { sampleWeight: WEIGHTS }))['loss'];
    expect(history['val_loss']?.[0]).toBeCloseTo(again ?? NaN, 5);
    expect((await model.trainOnBatch(x, y, { sampleWeight: WEIGHTS }))['loss']).toBeCloseTo(again ?? NaN, 5);
  });

  test('counts for every step of its row for several outputs in lists and records', async () => {
    const inputs = Input({ shape: [STEPS, 1] });
    const outputs = {
      a: new layers.Activation('linear', { name: 'a' }).apply(inputs),
      b: new layers.Activation('linear', { name: 'b' }).apply(inputs),
    };
    const model = new Model({ inputs, outputs });
    model.compile({ loss: 'mse' });
    for (const sampleWeight of [WEIGHTS, { a: WEIGHTS, b: WEIGHTS }]) {
      const {
        a_loss: first,
        b_loss: second,
        loss,
      } = await model.evaluate(x, { a: y, b: y }, { ...quiet, sampleWeight });
      for (const value of [first, second, (loss ?? NaN) / 2]) expect(value).toBeCloseTo(LOSS, 5);
    }
  });

  test('is divided by the weights of all steps in a weighted mean', async () => {
    const loss = new losses.MeanSquaredError({ reduction: 'mean_with_sample_weight' });
    const logs = await compiled(loss).evaluate(x, y, { ...quiet, sampleWeight: WEIGHTS });
    expect(logs['loss']).toBeCloseTo((LOSS * X.length) / (STEPS * total(WEIGHTS)), 5);
  });

  test('is combined with a mask of the steps', async () => {
    const inputs = Input({ shape: [STEPS, 1] });
    const model = new Model({ inputs, outputs: new layers.Masking({ maskValue: 0.9 }).apply(inputs) });
    model.compile({ loss: 'mse', weightedMetrics: ['mae'] });
    const logs = await model.evaluate(sequence(X.map((value, i) => (i === 1 ? Math.fround(0.9) : value))), y, {
      ...quiet,
      sampleWeight: WEIGHTS,
    });
    const isCounted = (_: unknown, i: number): boolean => i !== 1;
    const loss = total(errors.map((error, i) => weightAt(i) * error ** 2).filter(isCounted)) / (X.length - 1);
    expect(logs['loss']).toBeCloseTo(loss, 5);
    const sum = total(errors.map((error, i) => weightAt(i) * error).filter(isCounted));
    expect(logs['mae']).toBeCloseTo(sum / total(X.map((_, i) => weightAt(i)).filter(isCounted)), 5);
  });

  test('counts for all pixels of its image in MeanIoU', async () => {
    const model = new Sequential([Input({ shape: [2, 2] }), new layers.Activation('linear')]);
    model.compile({ loss: 'mse', weightedMetrics: [new metrics.MeanIoU(2, { name: 'iou' })] });
    const [target, prediction] = [
      tensor([
        [
          [0, 1],
          [1, 1],
        ],
        [
          [0, 0],
          [1, 0],
        ],
      ]),
      tensor([
        [
          [0, 1],
          [0, 1],
        ],
        [
          [0, 1],
          [1, 0],
        ],
      ]),
    ];
    const logs = await model.evaluate(prediction, target, { ...quiet, sampleWeight: [1, 3] });
    // Class 0: 1 + 2 · 3 of 1 + 1 + 3 · 3 entries; class 1: 2 + 3 of 3 + 2 · 3.
    expect(logs['iou']).toBeCloseTo((7 / 11 + 5 / 9) / 2, 5);
  });

  test('is refused where weights have more axes than the losses', async () => {
    const model = new Sequential([Input({ shape: [2] }), new layers.Activation('linear')]);
    model.compile({ loss: 'mse' });
    const weights = [
      [1, 2],
      [3, 4],
    ];
    await expect(model.evaluate(weights, weights, { ...quiet, sampleWeight: weights })).rejects.toThrow(
      '[mse] sampleWeight must contain a weight for each row, or for each value. Received: sampleWeight of shape [2, 2] for values of shape [2].',
    );
  });

  test('comes from classWeight for the label of every step', async () => {
    const model = new Sequential([Input({ shape: [STEPS, 1] }), new layers.Activation('linear')]);
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const logs = await model.trainOnBatch(x, y, { classWeight: { 0: 2, 1: 5 } });
    const weighted = errors.map((error, i) => (Y[i] === 1 ? 5 : 2) * error ** 2);
    expect(logs['loss']).toBeCloseTo(total(weighted) / X.length, 5);
  });
});
