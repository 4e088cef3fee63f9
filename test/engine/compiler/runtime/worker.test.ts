import { Worker } from 'node:worker_threads';
import {
  Input,
  Sequential,
  type Tensor,
  type WorkerChoice,
  engineInfo,
  jit,
  loadModel,
  ops,
  setEngine,
  setRandomSeed,
  tensor,
} from 'evenkeel';
import { LambdaCallback } from 'evenkeel/callbacks';
import { BatchNormalization, Dense, Dropout } from 'evenkeel/layers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { InternalError, NotImplementedError, ValueError } from '../../../../src/core/errors.ts';
import { loadRuntime } from '../../../../src/compiler/runtime/index.ts';
import { openWorker } from '../../../../src/compiler/runtime/ort/ort-web.ts';
import { packError, unpackError } from '../../../../src/compiler/runtime/worker/errors.ts';
import { END, bundleEngineWorker, startedWorkers } from '../../../support/engine-worker.ts';
import { lcg } from '../../../support/lcg.ts';
import { runtimeSuite } from '../../../support/runtime-suite.ts';

const start = await bundleEngineWorker();

beforeEach(() => {
  setEngine('node', { worker: start });
});

afterAll(async () => {
  setEngine('auto');
  await Promise.all(startedWorkers.map((worker) => worker.terminate()));
});

const [ROWS, SIZE] = [32, 128];
const x = tensor(lcg([ROWS, SIZE], 1, -1, 1), [ROWS, SIZE]);
const y = tensor(lcg([ROWS, 1], 2, 0, 1), [ROWS, 1]);

/** A network with kernels that stay with the worker, and with small state that does not. */
function network(): Sequential {
  setRandomSeed(5);
  const model = new Sequential([
    Input({ shape: [SIZE] }),
    new Dense(64, { activation: 'relu' }),
    new BatchNormalization(),
    new Dropout(0.2),
    new Dense(1),
  ]);
  model.compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
  return model;
}

/** Makes the same training in this thread and in a worker. */
async function onBoth<T>(train: () => Promise<T>): Promise<readonly [here: T, there: T]> {
  setEngine('node');
  const here = await train();
  setEngine('node', { worker: start });
  return [here, await train()];
}

describe('an engine in a worker', () => {
  runtimeSuite(async () => {
    setEngine('node', { worker: start });
    return loadRuntime();
  }, [{ reason: 'results come in memory of their own', tests: ['writes into the targets that it is given'] }]);

  test('is one of its own, of which engineInfo knows', async () => {
    const info = await engineInfo();
    expect(info).toMatchObject({ engine: 'node', worker: true, reason: 'one for each core' });
    const there = await loadRuntime();
    setEngine('node');
    expect(await loadRuntime()).not.toBe(there);
    expect((await engineInfo()).worker).toBe(false);
  });

  test('fits, evaluates and predicts to the same bits as in this thread', async () => {
    const [here, there] = await onBoth(async () => {
      const model = network();
      const { history } = await model.fit(x, y, { epochs: 3, batchSize: 8, validationData: [x, y], verbose: 0 });
      const logs = await model.evaluate(x, y, { batchSize: 8, verbose: 0 });
      const predicted = await model.predict(x, { batchSize: 4, verbose: 0 });
      return {
        history,
        logs,
        predicted: [...predicted.data],
        weights: model.getWeights().map(({ data }) => [...data]),
      };
    });
    expect(there).toEqual(here);
  });

  test('returns large state with each step, and reads what the host assigns', async () => {
    const [here, there] = await onBoth(async () => {
      const model = network();
      const seen: Tensor[] = [];
      for (let step = 0; step < 5; step++) {
        await model.trainOnBatch(x, y);
        seen.push(model.getWeights()[0]!);
        if (step === 2)
          model.setWeights(
            model.getWeights().map(({ data, shape }) =>
              tensor(
                data.map((w) => w / 2),
                shape,
              ),
            ),
          );
      }
      const restored = await loadModel(await model.toBytes('keras'));
      return [...seen, ...restored.getWeights()].map(({ data }) => [...data]);
    });
    expect(there).toEqual(here);
    expect(new Set(there.slice(0, 5).map(([first]) => first)).size).toBe(5);
  });

  test('continues a training of another engine, and the other way round', async () => {
    const losses = async (workers: readonly WorkerChoice[]): Promise<readonly unknown[]> => {
      const model = network();
      const all: unknown[] = [];
      for (const worker of workers) {
        setEngine('node', { worker });
        all.push((await model.trainOnBatch(x, y))['loss']);
      }
      return all;
    };
    expect(await losses([false, start, start, false, false, start])).toEqual(
      await losses([false, false, false, false, false, false]),
    );
  });

  test('runs compiled functions, and shows callbacks the state after each batch', async () => {
    const [here, there] = await onBoth(async () => {
      const model = network();
      const seen: number[] = [];
      const read = new LambdaCallback({ onTrainBatchEnd: () => void seen.push(model.getWeights()[0]!.data[0]!) });
      await model.fit(x, y, { batchSize: 8, callbacks: [read], verbose: 0 });
      const square = await jit((a) => ops.square(a))([1, 2, 3]);
      return [...seen, ...square.data];
    });
    expect(there).toEqual(here);
  });

  test('holds as many tensors after 300 steps as after 20', { timeout: 60_000 }, async () => {
    const model = network();
    const { device } = await loadRuntime();
    const run = async (steps: number): Promise<void> => {
      for (let step = 0; step < steps; step++) await model.trainOnBatch(x, y);
    };
    await run(20);
    const count = device!.tensorCount;
    await run(280);
    expect(device!.tensorCount).toBeLessThanOrEqual(count);
  });

  test('leaves the event loop to others during a step', { timeout: 60_000 }, async () => {
    const model = new Sequential([Input({ shape: [1024] }), new Dense(4096), new Dense(4096), new Dense(1)]);
    const rows = tensor(new Float32Array(512 * 1024), [512, 1024]);
    const run = async (): Promise<number> => {
      const started = performance.now();
      await model.predictOnBatch(rows);
      return performance.now() - started;
    };
    // The first runs describe, lower and send the program, with its weights, from this thread.
    for (let i = 0; i < 2; i++) await run();
    let [last, longest] = [performance.now(), 0];
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    const time = await run();
    clearInterval(timer);
    // In this thread, it is the whole step.
    expect(longest).toBeLessThan(time / 2);
  });

  test('stops training when a signal is aborted', async () => {
    const model = network();
    const controller = new AbortController();
    setTimeout(() => {
      controller.abort(new ValueError('enough'));
    }, 20);
    const training = model.fit(x, y, { epochs: 100_000, signal: controller.signal, verbose: 0 });
    await expect(training).rejects.toThrow('enough');
    expect(model.getWeights()[0]!.data.every(Number.isFinite)).toBe(true);
  });
});

describe('errors of an engine in a worker', () => {
  test('keep class, message and cause', async () => {
    for (const error of [
      new ValueError('[a] b. Received: c=1.'),
      new NotImplementedError('[a] d.', { cause: new TypeError('e') }),
      new InternalError('f.'),
      new RangeError('g', { cause: 'h' }),
    ]) {
      const { cause, ...sent } = structuredClone(packError(error));
      const actual = unpackError({ ...sent, cause });
      expect(actual).toBeInstanceOf(error.constructor);
      expect(actual.name).toBe(error.name);
      expect(actual.message).toBe(error.message);
      expect((actual.cause as Error | undefined)?.message).toBe(
        error.cause instanceof Error ? error.cause.message : error.cause,
      );
    }
    expect(unpackError({ name: 'AbortError', message: 'i', cause: null })).toMatchObject({ name: 'AbortError' });
    expect(unpackError(packError('j')).message).toBe('j');
  });

  test('say that the worker has ended; the next run starts another, with the state of the last step', async () => {
    const model = network();
    await model.trainOnBatch(x, y);
    const before = model.getWeights().map(({ data }) => [...data]);
    const training = model.fit(x, y, { epochs: 100_000, verbose: 0 });
    setTimeout(() => {
      startedWorkers.at(-1)!.postMessage(END);
    }, 50);
    await expect(training).rejects.toThrow(
      "[runtime] the engine's worker does not run: it ended with code 1. A new worker is started at the next run; weights and state have the values that were last returned from it.",
    );
    expect(model.getWeights().map(({ data }) => [...data])).not.toEqual(before);
    const count = startedWorkers.length;
    const logs = await model.trainOnBatch(x, y);
    expect(Number.isFinite(logs['loss'])).toBe(true);
    expect(startedWorkers).toHaveLength(count + 1);
  });

  test('say why the worker does not start', async () => {
    setEngine('node', { worker: () => new Worker('throw new Error("no such thing")', { eval: true }) });
    await expect(engineInfo()).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: [runtime] the engine's worker does not run: no such thing. A new worker is started at the next run; weights and state have the values that were last returned from it.]`,
    );
  });

  test('say that there are no workers', async () => {
    await expect(openWorker('wasm', true, () => undefined)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[NotImplementedError: [runtime] worker=true requires the class Worker, which does not exist here. Use setEngine('auto'), without a worker.]`,
    );
  });

  test('name the option of setEngine that is wrong', () => {
    expect(() => setEngine('auto', { worker: 1 as unknown as boolean })).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: [setEngine] worker must be true, false, or a function that starts a worker. Received: worker=1.]`,
    );
    expect(() => setEngine('auto', { workers: true } as object)).toThrowErrorMatchingInlineSnapshot(
      `[TypeError: [setEngine] unknown option "workers". Did you mean "worker"?]`,
    );
  });
});

describe('the wasm engine in a worker', () => {
  beforeAll(() => {
    setEngine('wasm', { worker: start });
  });

  test('trains as in this thread', async () => {
    const losses: unknown[] = [];
    for (const worker of [false, start]) {
      setEngine('wasm', { worker });
      const { history } = await network().fit(x, y, { epochs: 2, verbose: 0 });
      losses.push(history['loss']);
    }
    expect(losses[1]).toEqual(losses[0]);
  });
});
