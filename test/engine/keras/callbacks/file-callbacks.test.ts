import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Input, Sequential, type Tensor, layers, loadModel, optimizers } from 'evenkeel';
import {
  BackupAndRestore,
  CSVLogger,
  Callback,
  LambdaCallback,
  ModelCheckpoint,
  ReduceLROnPlateau,
  SwapEMAWeights,
} from 'evenkeel/callbacks';
import { afterAll, describe, expect, test } from 'vitest';
import { ValueError } from '../../../../src/core/errors.ts';
import { expectClose } from '../../../support/close.ts';
import { lcg } from '../../../support/lcg.ts';

const root = mkdtempSync(join(tmpdir(), 'evenkeel-training-'));
afterAll(() => rmSync(root, { recursive: true }));
const at = (name: string): string => join(root, name);

const rows = (count: number, size: number, seed: number): number[][] => {
  const values = lcg([count, size], seed);
  return Array.from({ length: count }, (_, i) => [...values.subarray(i * size, (i + 1) * size)]);
};
const [x, y] = [rows(8, 3, 1), rows(8, 1, 2)];

function makeModel(optimizer: optimizers.Optimizer = new optimizers.Adam({ learningRate: 0.1 })): Sequential {
  const dense = new layers.Dense(1, { kernelInitializer: 'ones', name: 'dense' });
  const model = new Sequential([Input({ shape: [3] }), new layers.BatchNormalization({ name: 'bn' }), dense]);
  model.compile({ optimizer, loss: 'mse' });
  return model;
}

const options = { batchSize: 4, verbose: 0, shuffle: false } as const;
const weightsOf = (model: { getWeights(): Tensor[] }): number[] => model.getWeights().flatMap(({ data }) => [...data]);

describe('callbacks that write files, in a real training', () => {
  test('callbacks that write files, in a real training: a checkpoint is the model of its epoch, and the best one is kept', async () => {
    const model = makeModel();
    const after: number[][] = [];
    const callbacks = [
      new ModelCheckpoint(at('models/{epoch}-{val_loss:.3f}.keras')),
      new ModelCheckpoint(at('best.weights.h5'), { saveWeightsOnly: true, saveBestOnly: true }),
      new LambdaCallback({ onEpochEnd: () => void after.push(weightsOf(model)) }),
    ];
    const { history } = await model.fit(x, y, { ...options, epochs: 3, validationData: [x, y], callbacks });
    const losses = history['val_loss'] ?? [];
    const names = losses.map((loss, i) => `${i + 1}-${loss.toFixed(3)}.keras`);
    expect(readdirSync(at('models'))).toEqual(names);
    const loaded = await loadModel(at(`models/${names[1]}`));
    expectClose(weightsOf(loaded), after[1] ?? [], { rtol: 0 });
    await model.loadWeights(at('best.weights.h5'));
    expectClose(weightsOf(model), after[losses.indexOf(Math.min(...losses))] ?? [], { rtol: 0 });
  });

  test('callbacks that write files, in a real training: a training that is interrupted goes on from its backup as if nothing had happened', async () => {
    const whole = makeModel();
    await whole.fit(x, y, { ...options, epochs: 5 });

    class Interrupt extends Callback {
      override onEpochBegin(epoch: number): void {
        if (epoch === 3) throw new Error('the power is gone');
      }
    }
    const first = makeModel();
    const callbacks = [new BackupAndRestore(at('backup')), new Interrupt()];
    await expect(first.fit(x, y, { ...options, epochs: 5, callbacks })).rejects.toThrow('the power is gone');
    expect(readFileSync(at('backup/training_metadata.json'), 'utf8')).toBe('{"epoch": 3, "batch": 0}');

    const second = makeModel();
    const { epoch } = await second.fit(x, y, {
      ...options,
      epochs: 5,
      callbacks: [new BackupAndRestore(at('backup'))],
    });
    expect(epoch).toEqual([3, 4]);
    expectClose(weightsOf(second), weightsOf(whole), { rtol: 1e-6 });
    expect(readdirSync(root)).not.toContain('backup');
    expect((await second.fit(x, y, { ...options, epochs: 1 })).epoch).toEqual([0]);
  });

  test('callbacks that write files, in a real training: a log has what the history has', async () => {
    const { history } = await makeModel().fit(x, y, {
      ...options,
      epochs: 2,
      callbacks: [new CSVLogger(at('log.csv'))],
    });
    const lines = readFileSync(at('log.csv'), 'utf8').split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toBe('epoch,loss,val_loss');
    expect(lines.slice(1, 3).map((line) => Number(line.split(',')[1]))).toEqual(history['loss']);
  });
});

describe('SwapEMAWeights', () => {
  const averaging = (): optimizers.Optimizer =>
    new optimizers.SGD({ learningRate: 0.1, useEma: true, emaMomentum: 0.5 });

  test('SwapEMAWeights validates with the averages, and trains with the weights', async () => {
    const model = makeModel(averaging());
    const plain = makeModel(averaging());
    const seen: { readonly validating: number[]; readonly training: number[] }[] = [];
    let validating: number[] = [];
    class Watch extends Callback {
      override onTestBegin(): void {
        validating = weightsOf(model);
      }
      override onEpochEnd(): void {
        seen.push({ validating, training: weightsOf(model) });
      }
    }
    const fitted = { ...options, epochs: 2, validationData: [x, y] as const };
    const trained: number[][] = [];
    const record = new LambdaCallback({ onEpochEnd: () => void trained.push(weightsOf(plain)) });
    await plain.fit(x, y, { ...fitted, callbacks: [record] });
    await model.fit(x, y, { ...fitted, callbacks: [new SwapEMAWeights(), new Watch()] });
    for (const [i, { validating: averages, training }] of seen.entries()) {
      expectClose(training, trained[i] ?? [], { rtol: 0 });
      expect(averages).not.toEqual(training);
    }
    // Training ends with the averages: those of the last validation.
    expectClose(weightsOf(model), seen[1]?.validating ?? [], { rtol: 0 });
    expectClose(weightsOf(model), weightsOf(plain), { rtol: 0 });
  });

  test('SwapEMAWeights gives callbacks behind it the averages with swapOnEpoch, and takes them back, also where training ends early', async () => {
    const plain = makeModel(averaging());
    await plain.fit(x, y, { ...options, epochs: 2 });
    for (const epochs of [2, 9]) {
      const model = makeModel(averaging());
      let last: number[] = [];
      const watch = new LambdaCallback({
        onEpochEnd: (epoch) => {
          last = weightsOf(model);
          if (epoch === 1) model.stopTraining = true;
        },
      });
      await model.fit(x, y, { ...options, epochs, callbacks: [new SwapEMAWeights({ swapOnEpoch: true }), watch] });
      expectClose(last, weightsOf(plain), { rtol: 0 });
      expectClose(weightsOf(model), weightsOf(plain), { rtol: 0 });
      expect(model.optimizer.hasSwappedAverages).toBe(false);
    }
  });

  test('SwapEMAWeights gives the weights back when an evaluation fails', async () => {
    const model = makeModel(averaging());
    await model.trainOnBatch(x, y);
    await model.trainOnBatch(x, y);
    const before = weightsOf(model);
    class Fail extends Callback {
      override onTestBatchEnd(): void {
        throw new Error('no');
      }
    }
    await expect(model.evaluate(x, y, { verbose: 0, callbacks: [new SwapEMAWeights(), new Fail()] })).rejects.toThrow(
      'no',
    );
    expect(weightsOf(model)).toEqual(before);
  });

  test('SwapEMAWeights needs averages', async () => {
    const without = makeModel(new optimizers.SGD());
    await expect(without.evaluate(x, y, { verbose: 0, callbacks: [new SwapEMAWeights()] })).rejects.toThrow(
      new ValueError(
        '[SGD] there are no moving averages of the weights. Received: useEma=false. Create the optimizer with useEma: true.',
      ),
    );
    await expect(
      makeModel(averaging()).evaluate(x, y, { verbose: 0, callbacks: [new SwapEMAWeights()] }),
    ).rejects.toThrow(
      new ValueError('[SGD] there are no moving averages of the weights before the first step. Train first.'),
    );
  });
});

describe('a learning rate that is a function', () => {
  const one = (optimizer: optimizers.Optimizer): Sequential => {
    const dense = new layers.Dense(1, { kernelInitializer: 'zeros', useBias: false });
    const model = new Sequential([Input({ shape: [1] }), dense]);
    model.compile({ optimizer, loss: 'mse' });
    return model;
  };

  test('a learning rate that is a function is called before each step', async () => {
    let calls = 0;
    const model = one(new optimizers.SGD({ learningRate: () => 0.25 * ++calls }));
    expect(calls).toBe(0);
    // The gradient of (w − 1)² is 2 (w − 1): the rest to 1 is halved, then gone.
    await model.trainOnBatch([[1]], [[1]]);
    expect(weightsOf(model)).toEqual([0.5]);
    await model.trainOnBatch([[1]], [[1]]);
    expect(weightsOf(model)).toEqual([1]);
    expect(calls).toBe(2);
    await model.fit([[1], [1]], [[1], [1]], { batchSize: 1, epochs: 3, verbose: 0 });
    expect(calls).toBe(8);
    await model.evaluate([[1]], [[1]], { verbose: 0 });
    expect(calls).toBe(8);
    expect(model.optimizer.learningRate.value.item()).toBe(2.25);
    expect(model.optimizer.variables.map(({ name }) => name)).toEqual(['iteration']);
  });

  test('a learning rate that is a function trains as the same numbers do with other optimizers', async () => {
    const rates = [0.1, 0.05, 0.2];
    let i = 0;
    const called = makeModel(new optimizers.Adam({ learningRate: () => rates[i++] ?? 0, weightDecay: 0.01 }));
    const set = makeModel(new optimizers.Adam({ learningRate: 1, weightDecay: 0.01 }));
    for (const rate of rates) {
      set.optimizer.learningRate = rate;
      await set.trainOnBatch(x, y);
      await called.trainOnBatch(x, y);
    }
    expectClose(weightsOf(called), weightsOf(set), { rtol: 0 });
  });

  test('a learning rate that is a function must return a number, else nothing changes', async () => {
    const model = one(new optimizers.SGD({ learningRate: () => NaN }));
    await expect(model.trainOnBatch([[1]], [[1]])).rejects.toThrow(
      new ValueError('[SGD] a learning rate that is a function must return a finite number. Received: NaN.'),
    );
    expect(weightsOf(model)).toEqual([0]);
    expect(model.optimizer.iterations.value.item()).toBe(0);
  });

  test('a learning rate that is a function cannot be set, by callbacks neither', async () => {
    const error = new TypeError(
      '[SGD] the learning rate comes from a function and cannot be set. Create the optimizer with a number: learningRate: 0.01.',
    );
    const sgd = new optimizers.SGD({ learningRate: () => 0.5 });
    expect(() => (sgd.learningRate = 0.1)).toThrow(error);
    expect(() => sgd.learningRate.assign(0.1)).toThrow(error);
    const reduce = new ReduceLROnPlateau({ monitor: 'loss', patience: 1, minDelta: 100 });
    await expect(one(sgd).fit([[1]], [[2]], { epochs: 3, verbose: 0, callbacks: [reduce] })).rejects.toThrow(error);
  });

  test('a learning rate that is a function is written as a function, and not read', () => {
    const halves = (): number => 0.5;
    const { config } = optimizers.serialize(new optimizers.SGD({ learningRate: halves }));
    expect(config['learning_rate']).toEqual({
      module: 'builtins',
      class_name: 'function',
      config: 'halves',
      registered_name: 'function',
    });
    expect(() => optimizers.get({ class_name: 'SGD', config })).toThrow(
      '[SGD] a learning rate that is a function cannot be read from a config. Received: learning_rate="halves". Create the optimizer with the function, and pass it to compile.',
    );
  });
});
