import { Input, Model, layers, losses, metrics, ops, tensor } from 'evenkeel';
import { expect, test } from 'vitest';
import { expectClose } from '../../../support/close.ts';

type Arguments = Parameters<Model['computeLoss']>;

/** A model that keeps a metric, and adds the mean square of its outputs to the loss. */
class Shrinking extends Model {
  dense = new layers.Dense(1, { kernelInitializer: 'ones', kernelRegularizer: 'l2' });
  size = new metrics.Mean({ name: 'size' });
  override call(x: never): never {
    return this.dense.apply(x) as never;
  }
  override computeLoss(...given: Arguments): ReturnType<Model['computeLoss']> {
    const [, , yPred, , context] = given;
    const size = ops.mean(ops.square(yPred as never));
    this.size.updateState(context.trace, size);
    return ops.add(super.computeLoss(...given) ?? 0, size);
  }
}

const x = [
  [1, 2],
  [3, 4],
];
const y = [[2], [6]];

test('a class that overrides computeLoss trains on its loss, and reports and resets its metrics', async () => {
  const model = new Shrinking();
  model.compile({ optimizer: 'sgd', loss: 'mse', metrics: ['mae'] });
  // The errors are 1 and 1, the squares 9 and 49, the penalty 0.01 · 2: 1 + 29 + 0.02.
  const expected = { loss: expect.closeTo(30.02, 4) as number, mae: 1, size: 29 };
  expect(await model.evaluate(x, y, { verbose: 0, batchSize: 1 })).toEqual(expected);
  expect(await model.evaluate(x, y, { verbose: 0 })).toEqual(expected);
  expect(await model.getMetricsResult()).toEqual(expected);
  expect(model.metrics.map(({ name }) => name)).toEqual(['mae', 'size']);
  model.resetMetrics();
  expect((await model.getMetricsResult())['size']).toBe(0);
  const { history } = await model.fit(x, y, { verbose: 0, epochs: 2 });
  expect(history['size']?.[0]).toBe(29);
  expect(history['loss']?.[1]).toBeLessThan(history['loss']?.[0] ?? 0);
});

test('a class that overrides computeLoss needs neither a loss nor targets', async () => {
  class Autoencoder extends Model {
    dense = new layers.Dense(2, { kernelInitializer: 'identity' });
    override call(input: never): never {
      return this.dense.apply(input) as never;
    }
    override computeLoss(...[given, , yPred]: Arguments): ReturnType<Model['computeLoss']> {
      return ops.mean(ops.square(ops.subtract(given as never, yPred as never)));
    }
  }
  const model = new Autoencoder();
  model.compile({ optimizer: 'sgd' });
  expect(await model.evaluate(x, null, { verbose: 0 })).toEqual({ loss: 0 });
  expect(await model.trainOnBatch(tensor(x), y)).toEqual({ loss: 0 });
});

test('a functional class overrides computeMetrics to report other values', async () => {
  class Reporting extends Model {
    override computeMetrics(...given: Arguments): ReturnType<Model['computeMetrics']> {
      return { ...super.computeMetrics(...given), answer: ops.full([], 42) };
    }
  }
  const inputs = Input({ shape: [2] });
  const outputs = new layers.Dense(1, { kernelInitializer: 'ones' }).apply(inputs);
  const model = new Reporting({ inputs, outputs });
  model.compile({ loss: new losses.MeanSquaredError() });
  expect(await model.evaluate(x, y, { verbose: 0 })).toEqual({ answer: 42, loss: 1 });
});

test('computeLoss must return a symbolic value', async () => {
  class Wrong extends Shrinking {
    override computeLoss(): never {
      return 3 as never;
    }
  }
  const model = new Wrong({ name: 'wrong' });
  model.compile({ loss: 'mse' });
  await expect(model.evaluate(x, y, { verbose: 0 })).rejects.toThrow(
    '[Wrong wrong] computeLoss must return a symbolic scalar. Received: 3. Write it with evenkeel/ops.',
  );
});

test('the metrics of a model are those of compile in the order of its options', async () => {
  const model = new Shrinking();
  expect(model.compiled).toBe(false);
  await expect(model.getMetricsResult()).rejects.toThrow('getMetricsResult needs a compiled model');
  const shared = new metrics.MeanSquaredError();
  model.compile({ loss: 'mse', metrics: [shared] });
  expect(await model.getMetricsResult()).toEqual({ size: 0 });
  const logs = await model.testOnBatch(x, y);
  expect(model.metrics).toEqual([shared, model.size]);
  expectClose([logs['mean_squared_error'] ?? NaN], [1], { rtol: 1e-6 });
});
