import { tensor } from 'evenkeel';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { importKoffi } from '../../../../src/core/koffi-node.ts';
import { type Runtime, loadRuntime } from '../../../../src/compiler/runtime/index.ts';
import { type Loaders, openRuntime } from '../../../../src/compiler/runtime/ort/ort-node.ts';
import { lcg } from '../../../support/lcg.ts';
import { onnxBytes } from '../../../support/onnx-model.ts';
import { runtimeSuite } from '../../../support/runtime-suite.ts';

const loaders: Loaders = {
  native: () => import('onnxruntime-node'),
  wasm: () => openRuntime('wasm'),
  koffi: importKoffi,
};
const withoutKoffi: Loaders = { ...loaders, koffi: () => Promise.reject(new Error('no such package')) };

/** Adds a to itself; its second output is a sum of two inputs. */
const model = onnxBytes({
  nodes: [
    { opType: 'Add', inputs: ['a', 'a'], outputs: ['twice'] },
    { opType: 'Add', inputs: ['a', 'b'], outputs: ['sum'] },
  ],
  inputs: { a: ['rows', 2], b: [2] },
  outputs: { twice: ['rows', 2], sum: ['rows', 2] },
});

/** Whether a runtime calls the library itself: onnxruntime-node returns results in new arrays. */
const isDirect = (runtime: Runtime): boolean => runtime.constructor.name === 'CRuntime';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the native engine without koffi', () => {
  runtimeSuite(() => openRuntime('node', withoutKoffi));

  test('is called by onnxruntime-node', async () => {
    expect(isDirect(await openRuntime('node', withoutKoffi))).toBe(false);
    expect(isDirect(await openRuntime('node', loaders))).toBe(true);
    expect(isDirect(await loadRuntime())).toBe(true);
  });

  test('is what EVENKEEL_KOFFI=off chooses', async () => {
    vi.stubEnv('EVENKEEL_KOFFI', 'off');
    expect(isDirect(await openRuntime('node', loaders))).toBe(false);
  });

  test('is what remains if the library is not found or has another version', async () => {
    const koffi = await import('koffi');
    const load = (): never => {
      throw new Error('no such library');
    };
    const without = await openRuntime('node', { ...loaders, koffi: () => Promise.resolve({ ...koffi, load }) });
    expect(isDirect(without)).toBe(false);
    // The version is read from the library by a function without parameters.
    const decode = Object.assign(() => () => '1.2.3', koffi.decode);
    const old = {
      ...koffi,
      decode: Object.assign((at: unknown, ...rest: unknown[]) => {
        const found = (koffi.decode as (...args: unknown[]) => unknown)(at, ...rest);
        return typeof found === 'function' ? decode() : found;
      }, koffi.decode),
    } as typeof koffi;
    expect(isDirect(await openRuntime('node', { ...loaders, koffi: () => Promise.resolve(old) }))).toBe(false);
  });
});

describe('the native engine through koffi', () => {
  test('trains to the same bits as through onnxruntime-node', async () => {
    /** A training with modules of its own, which load an engine of their own. */
    const train = async (expectsDirect: boolean): Promise<unknown> => {
      vi.resetModules();
      const { Input, Sequential, loadRuntime, setRandomSeed, tensor } = {
        ...(await import('evenkeel')),
        ...(await import('../../../../src/compiler/runtime/index.ts')),
      };
      const { BatchNormalization, Dense, Dropout } = await import('evenkeel/layers');
      expect(isDirect(await loadRuntime())).toBe(expectsDirect);
      const [x, y] = [tensor(lcg([64, 8], 1, -1, 1), [64, 8]), tensor(lcg([64, 1], 2, 0, 1), [64, 1])];
      setRandomSeed(5);
      const network = new Sequential([
        Input({ shape: [8] }),
        new Dense(80, { activation: 'relu' }),
        new BatchNormalization(),
        new Dropout(0.2),
        new Dense(1),
      ]);
      network.compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
      const { history } = await network.fit(x, y, { epochs: 3, batchSize: 24, verbose: 0 });
      return { history, weights: network.getWeights().map(({ data }) => [...data]) };
    };
    const direct = await train(true);
    vi.stubEnv('EVENKEEL_KOFFI', 'off');
    expect(await train(false)).toEqual(direct);
    vi.resetModules();
  });

  test('takes one array under several shapes and dtypes in one run, and computes where the array is', async () => {
    const session = await (await openRuntime('node', loaders)).createSession(model);
    const a = tensor([1, 2], [1, 2]);
    const first = await session.run({ a, b: a.reshape([2]) });
    expect(first['sum']!.toArray()).toEqual([[2, 4]]);
    a.data.set([3, 4]);
    const target = tensor(new Float32Array(2), [1, 2]);
    const second = await session.run({ a, b: a.reshape([2]) }, { sum: target });
    expect(second['sum']).toBe(target);
    expect([...target.data]).toEqual([6, 8]);
    // Results are arrays of their own: a later run does not write into them.
    expect([...first['sum']!.data]).toEqual([2, 4]);
    await session.release();
  });

  test('allocates results whose sizes depend on the inputs, empty ones included', async () => {
    const session = await (await openRuntime('node', loaders)).createSession(model);
    const b = tensor([10, 20]);
    for (const rows of [3, 1, 0]) {
      const { twice, sum } = await session.run({ a: tensor(new Float32Array(2 * rows).fill(1), [rows, 2]), b });
      expect(twice!.shape).toEqual([rows, 2]);
      expect([...sum!.data]).toEqual(Array.from({ length: rows }, () => [11, 21]).flat());
    }
    await session.release();
  });

  test('refuses an array that was transferred to another thread since the last run', async () => {
    const session = await (await openRuntime('node', loaders)).createSession(model);
    const [a, b] = [tensor(new Float32Array(200), [100, 2]), tensor([1, 2])];
    await session.run({ a, b });
    structuredClone(a.data, { transfer: [a.data.buffer as ArrayBuffer] });
    await expect(session.run({ a, b })).rejects.toThrow('[runtime] the engine failed: ');
    await session.release();
  });

  test('gives the event loop its turns between short runs', async () => {
    const session = await (await openRuntime('node', loaders)).createSession(model);
    const [a, b] = [tensor(new Float32Array(2e5), [100_000, 2]), tensor([1, 2])];
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    for (let i = 0; i < 500; i++) await session.run({ a, b });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
    await session.release();
  });

  test('leaves the event loop to others during long runs, which keep their order', async () => {
    const size = 1200;
    const session = await (
      await openRuntime('node', loaders)
    ).createSession(
      onnxBytes({
        nodes: [{ opType: 'MatMul', inputs: ['x', 'x'], outputs: ['y'] }],
        inputs: { x: [size, size] },
        outputs: { y: [size, size] },
      }),
    );
    const x = tensor(new Float32Array(size ** 2).fill(1 / size), [size, size]);
    await session.run({ x });
    let turns = 0;
    const count = setInterval(() => turns++, 1);
    const order: number[] = [];
    const runs = Array.from({ length: 6 }, async (_, i) => {
      const { y } = await session.run({ x });
      order.push(i);
      return y!.data[size];
    });
    // The session is released after the runs that were called before.
    await session.release();
    clearInterval(count);
    expect(order).toEqual([0, 1, 2, 3, 4, 5]);
    for (const value of await Promise.all(runs)) expect(value).toBeCloseTo(1 / size, 7);
    expect(turns).toBeGreaterThan(6);
    await expect(session.run({ x })).rejects.toThrow('[runtime] a session cannot run after it has been released.');
  });

  test('reports an error of a long run and goes on', async () => {
    const session = await (
      await openRuntime('node', loaders)
    ).createSession(
      onnxBytes({
        nodes: [{ name: 'dense_1/matmul', opType: 'MatMul', inputs: ['x', 'y'], outputs: ['z'] }],
        inputs: { x: ['a', 'b'], y: ['c', 'd'] },
        outputs: { z: ['a', 'd'] },
      }),
    );
    const x = tensor(new Float32Array(1200 ** 2), [1200, 1200]);
    await session.run({ x, y: x });
    await expect(session.run({ x, y: tensor([[1, 2]]) })).rejects.toThrow(
      /^\[runtime\] the engine failed: .*dense_1\/matmul/s,
    );
    expect((await session.run({ x, y: x }))['z']!.shape).toEqual([1200, 1200]);
    await session.release();
  });
});
