import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Callback, Input, Sequential, callbacks, distribution, layers, tensor } from 'evenkeel';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { expectClose } from '../../../support/close.ts';
import { inWorld } from '../../../support/fake-world.ts';
import { lcg } from '../../../support/lcg.ts';
import { ROWS, targets, x } from '../../../support/world-training.ts';

beforeEach(() => {
  distribution.setDistribution(new distribution.DataParallel());
});
afterEach(() => {
  distribution.setDistribution(null);
});

const network = (...before: ConstructorParameters<typeof Sequential>[0] & object[]): Sequential => {
  const model = new Sequential([Input({ shape: [6] }), ...(before as layers.Dense[]), new layers.Dense(3)]);
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  return model;
};

describe('the processes of a training', () => {
  test('start with the weights of the first, and predict all rows', async () => {
    const results = await inWorld(3, async () => {
      const model = network();
      await model.fit(x, targets, { batchSize: 8, verbose: 0 });
      const { loss } = await model.evaluate(x, targets, { batchSize: 8, verbose: 0 });
      const predicted = await model.predict(x, { batchSize: 5, verbose: 0 });
      return { weights: model.getWeights().map(({ data }) => [...data]), loss, predicted };
    });
    expect(results[1]!.weights).toEqual(results[0]!.weights);
    expect(results[2]!.weights).toEqual(results[0]!.weights);
    distribution.setDistribution(null);
    const alone = network();
    alone.setWeights(results[0]!.weights.map((data, i) => tensor(data, alone.weights[i]!.shape)));
    expectClose([results[0]!.loss!], [(await alone.evaluate(x, targets, { verbose: 0 }))['loss']!], { rtol: 1e-5 });
    const expected = await alone.predict(x, { verbose: 0 });
    for (const { predicted } of results) expectClose(predicted.data, expected.data, { rtol: 1e-5 });
  });

  test('read parts of their own from iterables, until the last of them ends', async () => {
    const rows = (start: number, end: number): [Float64Array, Float64Array] => [
      x.data.slice(start * 6, end * 6) as Float64Array,
      targets.data.slice(start * 3, end * 3) as Float64Array,
    ];
    const batch = (start: number, end: number): [ReturnType<typeof tensor>, ReturnType<typeof tensor>] => {
      const [a, b] = rows(start, end);
      return [tensor(a, [end - start, 6]), tensor(b, [end - start, 3])];
    };
    const losses = await inWorld(2, async (rank) => {
      const model = network();
      model.setWeights(model.weights.map(({ shape }, k) => tensor(lcg(shape, k, -1, 1), shape)));
      // The first has rows 0 to 3 and 7 to 9, the second rows 3 to 7 only.
      const own = rank === 0 ? [batch(0, 3), batch(7, 9)] : [batch(3, 7)];
      const { history } = await model.fit(own, { verbose: 0 });
      return history['loss']![0]!;
    });
    distribution.setDistribution(null);
    const alone = network();
    alone.setWeights(alone.weights.map(({ shape }, k) => tensor(lcg(shape, k, -1, 1), shape)));
    const { history } = await alone.fit([batch(0, 7), batch(7, 9)], { verbose: 0 });
    expectClose(losses, [history['loss']![0]!, history['loss']![0]!], { rtol: 1e-5 });
  });

  test('stop together when a callback of one of them stops, or its signal aborts', async () => {
    class StopsAt extends Callback {
      readonly rank: number;
      constructor(rank: number) {
        super();
        this.rank = rank;
      }
      override onTrainBatchEnd(batch: number): void {
        if (this.rank === 1 && batch === 2) this.model.stopTraining = true;
      }
    }
    const counts = await inWorld(2, async (rank) => {
      const model = network();
      await model.fit(x, targets, { batchSize: 2, epochs: 3, verbose: 0, callbacks: new StopsAt(rank) });
      return model.optimizer.iterations.value.item();
    });
    expect(counts).toEqual([3, 3]);
    const errors = await inWorld(2, async (rank) => {
      const controller = new AbortController();
      if (rank === 0) controller.abort(new Error('enough'));
      const fitted = network().fit(x, targets, { verbose: 0, signal: controller.signal });
      return fitted.then(
        () => 'no error',
        (error: unknown) => String(error),
      );
    });
    expect(errors).toEqual(['Error: enough', 'AbortError: The signal of another process has aborted.']);
  });

  test('drop different elements, and repeat with the same seed', async () => {
    const run = (): Promise<readonly number[][]> =>
      inWorld(2, async () => {
        const dropout = new layers.Dropout(0.5, { seed: 7 });
        const y = await dropout.apply([[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]], { training: true });
        return [...y.data];
      });
    const [first, second] = await run();
    expect(first).not.toEqual(second);
    expect(await run()).toEqual([first, second]);
  });

  test('write files from the first of them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'evenkeel-world-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    await inWorld(2, async (rank) => {
      const model = network();
      const own = join(folder, String(rank));
      await model.fit(x, targets, {
        verbose: 0,
        callbacks: [new callbacks.CSVLogger(`${own}.csv`), new callbacks.ModelCheckpoint(`${own}.keras`)],
      });
    });
    expect(['0.csv', '0.keras', '1.csv', '1.keras'].map((name) => existsSync(join(folder, name)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(readFileSync(join(folder, '0.csv'), 'utf8')).toContain('epoch,loss');
  });

  test('go on from a backup of the first of them, in a world of another size', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'evenkeel-world-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    class EndsAfter extends Callback {
      override onEpochEnd(epoch: number): void {
        if (epoch === 1) throw new Error('the machine is gone');
      }
    }
    const options = { batchSize: 8, epochs: 4, shuffle: false, verbose: 0 } as const;
    const fixed = (): Sequential => {
      const model = network();
      model.setWeights(model.weights.map(({ shape }, k) => tensor(lcg(shape, k, -1, 1), shape)));
      return model;
    };
    const backup = (): callbacks.BackupAndRestore => new callbacks.BackupAndRestore(folder);
    await inWorld(2, async () => {
      const fitted = fixed().fit(x, targets, { ...options, callbacks: [backup(), new EndsAfter()] });
      await expect(fitted).rejects.toThrow('the machine is gone');
    });
    const results = await inWorld(3, async () => {
      const model = fixed();
      const { epoch } = await model.fit(x, targets, { ...options, callbacks: backup() });
      return { epoch, weights: model.getWeights().flatMap(({ data }) => [...data]) };
    });
    distribution.setDistribution(null);
    const alone = fixed();
    await alone.fit(x, targets, options);
    for (const { epoch, weights } of results) {
      expect(epoch).toEqual([2, 3]);
      expectClose(
        weights,
        alone.getWeights().flatMap(({ data }) => [...data]),
        { rtol: 1e-5 },
      );
    }
  });

  test('refuse a step together that computes NaN in one of them', async () => {
    const bad = tensor(
      x.data.map((entry, i) => (i === 0 ? NaN : entry)),
      x.shape,
    );
    const errors = await inWorld(2, async () => {
      const model = network();
      model.compile({ optimizer: 'sgd', loss: 'mse', detectAnomaly: true });
      const fitted = model.fit(bad, targets, { batchSize: 4, shuffle: false, verbose: 0 });
      return fitted.then(
        () => 'no error',
        (error: unknown) => String(error),
      );
    });
    for (const error of errors) expect(error).toMatch(/NaN in the loss, in training step 1 of process [01] of 2/);
  });

  test('average the statistics that each computes from its own rows, unless they are to keep them', async () => {
    const run = (): Promise<readonly number[][]> =>
      inWorld(2, async () => {
        const bn = new layers.BatchNormalization();
        await network(bn).fit(x, targets, { batchSize: ROWS, verbose: 0 });
        return [...bn.movingMean.value.data];
      });
    const [first, second] = await run();
    expect(first).toEqual(second);
    distribution.setDistribution(new distribution.DataParallel({ averageStatistics: false }));
    const [own, other] = await run();
    expect(own).not.toEqual(other);
  });

  test('learn the statistics of all data, of which each has a part', async () => {
    const results = await inWorld(2, async (rank) => {
      const layer = new layers.Normalization({ axis: null });
      await layer.adapt(rank === 0 ? [1e6, 1e6 + 1, 1e6 + 2] : [1e6 + 3]);
      return [layer.mean!.item() - 1e6, layer.variance!.item()];
    });
    expect(results).toEqual([[1.5, 1.25], [1.5, 1.25]]); // prettier-ignore
  });

  test('refuse models that differ', async () => {
    const errors = await inWorld(2, async (rank) => {
      const model = new Sequential([Input({ shape: [6] }), new layers.Dense(3 + rank), new layers.Dense(3)]);
      model.compile({ optimizer: 'sgd', loss: 'mse' });
      const fitted = model.fit(x, targets, { verbose: 0 });
      return fitted.then(
        () => 'no error',
        (error: unknown) => String(error).replace(/sequential_?\d*/, 'sequential'),
      );
    });
    expect(errors[0]).toMatchInlineSnapshot(
      `"ValueError: [Sequential sequential] the model must have the same variables in all processes. Received: 8 variables in process 0, which differ. Make the same model in each."`,
    );
  });
});
