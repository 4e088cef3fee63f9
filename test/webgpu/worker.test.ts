import { Input, Sequential, engineInfo, setEngine, tensor } from 'evenkeel';
import { Dense } from 'evenkeel/layers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadRuntime } from '../../src/compiler/runtime/index.ts';
import { bundleEngineWorker, startedWorkers } from '../support/engine-worker.ts';
import { describeWebGpu } from '../support/webgpu.ts';

const start = await bundleEngineWorker();

await describeWebGpu('the webgpu engine in a worker', () => {
  beforeAll(() => {
    setEngine('webgpu', { worker: start });
  });

  afterAll(async () => {
    setEngine('webgpu');
    await Promise.all(startedWorkers.map((worker) => worker.terminate()));
  });

  test('leaves the state on the GPU until it is fetched', { timeout: 60_000 }, async () => {
    expect(await engineInfo()).toMatchObject({ engine: 'webgpu', worker: true });
    const model = new Sequential([Input({ shape: [2] }), new Dense(1, { kernelInitializer: 'zeros', useBias: false })]);
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const [x, y] = [tensor([[1, 0], [0, 1]]), tensor([[2], [4]])]; // prettier-ignore
    const losses: unknown[] = [];
    for (let step = 0; step < 3; step++) losses.push((await model.trainOnBatch(x, y))['loss']);
    // w ← w − 0.01 · (w − y), from 0.
    [10, 10 * 0.99 ** 2, 10 * 0.99 ** 4].forEach((loss, i) => expect(losses[i]).toBeCloseTo(loss, 4));
    expect(() => model.getWeights()).toThrow(/await model\.syncState\(\)/);
    await model.syncState();
    const [kernel] = model.getWeights();
    [2, 4].forEach((target, i) => expect(kernel!.data[i]).toBeCloseTo(target * (1 - 0.99 ** 3), 5));
    const { device } = await loadRuntime();
    expect(device!.tensorCount).toBeLessThan(5);
  });
});
