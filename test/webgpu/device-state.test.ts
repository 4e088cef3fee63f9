import { Input, Sequential, loadModel, tensor } from 'evenkeel';
import { Dense } from 'evenkeel/layers';
import { SGD } from 'evenkeel/optimizers';
import { Callback, type Logs } from 'evenkeel/callbacks';
import { expect, test, vi } from 'vitest';
import { initialState, input } from '../../src/compiler/graph/leaves.ts';
import { Variable } from '../../src/compiler/ir/variable.ts';
import { Program } from '../../src/compiler/program/index.ts';
import type { OrtDeviceMemory } from '../../src/compiler/runtime/ort/device-memory.ts';
import { loadRuntime } from '../../src/compiler/runtime/index.ts';
import { add, multiply, sum } from '../../src/keras/ops/index.ts';
import { describeWebGpu } from '../support/webgpu.ts';

/** w ← w + x, which returns Σ w · scale of the old w. */
function accumulation(size: number): { program: Program; w: Variable; scale: Variable } {
  const w = new Variable(tensor(new Float32Array(size)), { name: 'w' });
  const scale = new Variable(tensor(new Float32Array(size).fill(2)), { name: 'scale' });
  const x = input('x', [size], 'float32');
  const [before, factor] = [initialState(w), initialState(scale)];
  const program = new Program({
    inputs: [x],
    outputs: [sum(multiply(before, factor))],
    updates: [{ variable: w, value: add(before, x) }],
  });
  return { program, w, scale };
}

const ones = (size: number) => tensor(new Float32Array(size).fill(1));

function network(): Sequential {
  const model = new Sequential([Input({ shape: [2] }), new Dense(2, { kernelInitializer: 'ones' })]);
  model.compile({ optimizer: new SGD(0.25), loss: 'mse' });
  return model;
}

await describeWebGpu('state on the GPU', () => {
  test('stays there until it is fetched', async () => {
    const { program, w, scale } = accumulation(4);
    for (let step = 0; step < 3; step++) {
      const [total] = await program.run([ones(4)]);
      expect(total!.item()).toBe(8 * step);
    }
    expect(() => w.value).toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [Variable w] the elements are in the memory of the GPU, where a program left them. Fetch them first: await variable.download(), or await model.syncState().]`,
    );
    await w.download();
    expect([...w.value.data]).toEqual([3, 3, 3, 3]);
    expect([...scale.value.data]).toEqual([2, 2, 2, 2]);
  });

  test('is replaced by what the host assigns', async () => {
    const { program, w, scale } = accumulation(4);
    await program.run([ones(4)]);
    w.assign([1, 2, 3, 4]);
    scale.assign([1, 0, 0, 0]);
    expect((await program.run([ones(4)]))[0]!.item()).toBe(1);
    await w.download();
    expect([...w.value.data]).toEqual([2, 3, 4, 5]);
  });

  test('takes the same memory after 1,000 steps', { timeout: 240_000 }, async () => {
    const size = 16_384;
    const w = new Variable(tensor(new Float32Array(size)), { name: 'w' });
    const x = input('x', [size], 'float32');
    // Without an output that is read at each step, which would take most of the time.
    const program = new Program({
      inputs: [x],
      outputs: [],
      updates: [{ variable: w, value: add(initialState(w), x) }],
    });
    const feed = ones(size);
    const { device } = await loadRuntime();
    const run = async (steps: number): Promise<void> => {
      for (let step = 0; step < steps; step++) await program.run([feed]);
      // The last tensor is freed after the runs.
      await w.download();
    };
    // The engine's pools grow for more than 1,000 steps.
    await run(1500);
    const [count, memory] = [device!.tensorCount, process.memoryUsage.rss()];
    await run(1000);
    // Tensors of tests before may have been collected since.
    expect(device!.tensorCount).toBeLessThanOrEqual(count);
    // 1,000 states of 64 KiB would be 65.
    expect(process.memoryUsage.rss() - memory).toBeLessThan(40e6);
    expect(w.value.data[0]).toBe(2500);
  });

  test('is read by programs that run at the same time', async () => {
    const { program, w, scale } = accumulation(4);
    await program.run([ones(4)]);
    const [x, before] = [input('x', [4], 'float32'), initialState(w)];
    const reader = new Program({ inputs: [x], outputs: [multiply(before, x)], updates: [] });
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? program.run([ones(4)]) : reader.run([ones(4)]))),
    );
    expect(results.every(([result]) => result!.data.every((element) => element >= 1))).toBe(true);
    await w.download();
    expect([...w.value.data]).toEqual([6, 6, 6, 6]);
    expect(scale.isNewerOnDevice).toBe(false);
  });

  test('of two models that train at the same time is that of each alone', async () => {
    const [x, y] = [tensor([[1, 2], [3, -1]]), tensor([[0, 0], [1, 1]])]; // prettier-ignore
    const train = async (model: Sequential): Promise<unknown> => {
      await model.fit(x, y, { epochs: 3, batchSize: 1, shuffle: false, verbose: 0 });
      return model.getWeights()[0]!.toArray();
    };
    const alone = await train(network());
    const other = new Sequential([Input({ shape: [2] }), new Dense(3), new Dense(2)]);
    other.compile({ optimizer: 'adam', loss: 'mse' });
    const [together] = await Promise.all([train(network()), train(other), other.predict(x, { verbose: 0 })]);
    expect(together).toEqual(alone);
  });

  test('of a model takes the same memory after 1,000 steps of its training', { timeout: 240_000 }, async () => {
    const model = network();
    const [x, y] = [tensor([[1, 2]]), tensor([[0, 0]])];
    const { device } = await loadRuntime();
    const train = async (steps: number): Promise<void> => {
      for (let step = 0; step < steps; step++) await model.trainOnBatch(x, y);
      await model.syncState();
    };
    await train(10);
    const count = device!.tensorCount;
    await train(1000);
    expect(device!.tensorCount).toBeLessThanOrEqual(count);
  });

  test('of a model is fetched by syncState, by fit, and by what writes files', async () => {
    const model = network();
    const [x, y] = [tensor([[1, 2]]), tensor([[0, 0]])];
    await model.trainOnBatch(x, y);
    expect(() => model.getWeights()).toThrow(/await model\.syncState\(\)/);
    await model.syncState();
    const kernel = model.getWeights()[0]!.toArray();
    const restored = await loadModel(await model.toBytes('keras'));
    expect(restored.getWeights()[0]!.toArray()).toEqual(kernel);
    await model.trainOnBatch(x, y);
    const trained = await loadModel(await model.toBytes('keras'));
    expect(trained.getWeights()[0]!.toArray()).not.toEqual(kernel);
    await model.fit(x, y, { epochs: 2, verbose: 0 });
    expect(model.getWeights()[0]!.toArray()).not.toEqual(trained.getWeights()[0]!.toArray());
  });

  test('comes down from fit only when a callback reads it', async () => {
    const [x, y] = [tensor(Array.from({ length: 40 }, (_, i) => [i / 40, 1])), tensor(new Array(40).fill([1, 2]))];
    const { device } = await loadRuntime();
    const read = vi.spyOn(device as OrtDeviceMemory, 'download');
    const readsOf = async (callbacks: Callback[]): Promise<{ reads: number; losses: readonly number[] }> => {
      const model = network();
      read.mockClear();
      const { history } = await model.fit(x, y, { batchSize: 1, epochs: 2, shuffle: false, verbose: 0, callbacks });
      return { reads: read.mock.calls.length, losses: history['loss']! };
    };
    class Recorder extends Callback {
      readonly losses: number[] = [];
      override get readsWeightsBetweenBatches(): boolean {
        return false;
      }
      override onTrainBatchEnd(_: number, logs: Logs): void {
        this.losses.push(logs['loss']!);
      }
    }
    const recorder = new Recorder();
    const [seldom, always] = [await readsOf([]), await readsOf([recorder])];
    // The kernel, the bias, the number of steps, the mean loss as two numbers.
    const state = 5;
    // Of each result the loss of the batch and the mean: of the first step, every 16th after it, and the last one.
    expect(seldom.reads).toBe(2 * (2 * 4 + state));
    expect(always.reads).toBe(2 * (2 * 40 + state));
    expect(always.losses).toEqual(seldom.losses);
    expect(recorder.losses).toHaveLength(80);
    expect(new Set(recorder.losses).size).toBe(80);
    expect(recorder.losses[79]).toBe(always.losses[1]);
    const evaluated = network();
    read.mockClear();
    await evaluated.evaluate(x, y, { batchSize: 1, verbose: 0 });
    // Here the state is the mean loss.
    expect(read).toHaveBeenCalledTimes(2 * 4 + 2);
  });

  test('of a training goes on on another engine', async () => {
    const { setEngine } = await import('evenkeel');
    const [onGpu, onBoth] = [network(), network()];
    const [x, y] = [tensor([[1, 2]]), tensor([[0, 0]])];
    for (const model of [onGpu, onBoth]) await model.trainOnBatch(x, y);
    const expected = await onGpu.trainOnBatch(x, y);
    setEngine('node');
    const actual = await onBoth.trainOnBatch(x, y);
    setEngine('webgpu');
    expect(actual['loss']).toBeCloseTo(expected['loss'] as number, 5);
    expect(onBoth.getWeights()).toHaveLength(2);
  });
});
