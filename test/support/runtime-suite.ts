import { beforeAll, describe, expect, test } from 'vitest';
import { tensor } from '../../src/core/tensor.ts';
import { DataType } from '../../src/compiler/onnx/index.ts';
import type { Runtime } from '../../src/compiler/runtime/index.ts';
import { onnxBytes } from './onnx-model.ts';

/** Tests that an engine cannot pass, and why. */
export interface Skip {
  readonly reason: string;
  readonly tests: readonly string[];
}

const add = onnxBytes({
  nodes: [{ opType: 'Add', inputs: ['x', 'y'], outputs: ['sum'] }],
  inputs: { x: [2, 3], y: [3] },
  outputs: { sum: [2, 3] },
});
const x = tensor([
  [1, 2, 3],
  [4, 5, 6],
]);
const y = tensor([10, 20, 30]);

/** What every engine must do. A name in `skip` that no test has is an error. */
export function runtimeSuite(open: () => Promise<Runtime>, skip: readonly Skip[] = []): void {
  const tests = new Map<string, (runtime: Runtime) => Promise<void>>(Object.entries(suite));
  for (const { tests: names } of skip) {
    for (const name of names) if (!tests.delete(name)) throw new Error(`There is no test ${JSON.stringify(name)}.`);
  }
  describe('a runtime', () => {
    let runtime: Runtime;
    beforeAll(async () => {
      runtime = await open();
    });
    for (const [name, run] of tests) test(name, () => run(runtime));
  });
}

const suite: Readonly<Record<string, (runtime: Runtime) => Promise<void>>> = {
  'adds two tensors, one broadcast': async (runtime) => {
    const session = await runtime.createSession(add);
    expect(session.inputNames).toEqual(['x', 'y']);
    expect(session.outputNames).toEqual(['sum']);
    const { sum } = await session.run({ x, y });
    expect(sum).toEqual(
      tensor([
        [11, 22, 33],
        [14, 25, 36],
      ]),
    );
    await session.release();
  },

  'writes into the targets that it is given': async (runtime) => {
    const session = await runtime.createSession(add);
    const sum = tensor(new Float32Array(6), [2, 3]);
    const results = await session.run({ x, y }, { sum });
    expect(results['sum']).toBe(sum);
    expect([...sum.data]).toEqual([11, 22, 33, 14, 25, 36]);
    await session.release();
  },

  'gives the right outputs with and without targets': async (runtime) => {
    const session = await runtime.createSession(
      onnxBytes({
        nodes: [
          { opType: 'Add', inputs: ['x', 'x'], outputs: ['twice'] },
          { opType: 'Neg', inputs: ['x'], outputs: ['minus'] },
        ],
        inputs: { x: [2] },
        outputs: { twice: [2], minus: [2] },
      }),
    );
    const minus = tensor(new Float32Array(2));
    const results = await session.run({ x: tensor([1, 2]) }, { minus });
    expect([...results['twice']!.data]).toEqual([2, 4]);
    expect([...results['minus']!.data]).toEqual([-1, -2]);
    await session.release();
  },

  'sees what has been written into a buffer since the last run': async (runtime) => {
    const session = await runtime.createSession(add);
    const feed = tensor(new Float32Array(6), [2, 3]);
    await session.run({ x: feed, y });
    feed.data.fill(1);
    const { sum } = await session.run({ x: feed, y });
    expect([...sum!.data]).toEqual([11, 21, 31, 11, 21, 31]);
    await session.release();
  },

  'takes back what it returned': async (runtime) => {
    const session = await runtime.createSession(add);
    let state = tensor(new Float32Array(6), [2, 3]);
    for (let i = 0; i < 5; i++) state = (await session.run({ x: state, y }))['sum']!;
    expect([...state.data]).toEqual([50, 100, 150, 50, 100, 150]);
    await session.release();
  },

  'takes one buffer under two shapes': async (runtime) => {
    const session = await runtime.createSession(
      onnxBytes({
        nodes: [{ opType: 'Transpose', inputs: ['x'], outputs: ['t'] }],
        inputs: { x: ['rows', 'columns'] },
        outputs: { t: ['columns', 'rows'] },
      }),
    );
    const first = await session.run({ x });
    const second = await session.run({ x: x.reshape([3, 2]) });
    const third = await session.run({ x });
    expect(first['t']!.shape).toEqual([3, 2]);
    expect(second['t']!.toArray()).toEqual([
      [1, 3, 5],
      [2, 4, 6],
    ]);
    expect(third['t']).toEqual(first['t']);
    await session.release();
  },

  'holds scalars and empty tensors': async (runtime) => {
    const session = await runtime.createSession(
      onnxBytes({
        nodes: [{ opType: 'Add', inputs: ['x', 'y'], outputs: ['sum'] }],
        inputs: { x: [], y: ['n'] },
        outputs: { sum: ['n'] },
      }),
    );
    const none = await session.run({ x: tensor(1), y: tensor(new Float32Array(0)) });
    expect(none['sum']!.shape).toEqual([0]);
    const one = await session.run({ x: tensor(1), y: tensor([2]) });
    expect(one['sum']!.toArray()).toEqual([3]);
    await session.release();
  },

  'carries every element type': async (runtime) => {
    const types = { a: DataType.DOUBLE, b: DataType.INT32, c: DataType.UINT8, d: DataType.BOOL };
    const session = await runtime.createSession(
      onnxBytes({
        nodes: [
          { opType: 'Add', inputs: ['a', 'a'], outputs: ['a2'] },
          { opType: 'Add', inputs: ['b', 'b'], outputs: ['b2'] },
          { opType: 'Identity', inputs: ['c'], outputs: ['c2'] },
          { opType: 'Not', inputs: ['d'], outputs: ['d2'] },
        ],
        inputs: { a: [1], b: [1], c: [1], d: [2] },
        outputs: { a2: [1], b2: [1], c2: [1], d2: [2] },
        types: { ...types, a2: types.a, b2: types.b, c2: types.c, d2: types.d },
      }),
    );
    const results = await session.run({
      a: tensor([1 / 3], undefined, 'float64'),
      b: tensor([-(2 ** 29) - 1], undefined, 'int32'),
      c: tensor([255], undefined, 'uint8'),
      d: tensor([true, false]),
    });
    expect(results['a2']).toEqual(tensor([2 / 3], undefined, 'float64'));
    expect(results['b2']).toEqual(tensor([-(2 ** 30) - 2], undefined, 'int32'));
    expect(results['c2']).toEqual(tensor([255], undefined, 'uint8'));
    expect(results['d2']).toEqual(tensor([false, true]));
    await session.release();
  },

  'says which feed is missing and which name is unknown': async (runtime) => {
    const session = await runtime.createSession(add);
    await expect(session.run({ x })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [runtime] every input of the model must be fed. Received: ["x"], without "y".]`,
    );
    await expect(session.run({ x, y, z: y })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [runtime] feed names must be among the model's inputs, ["x", "y"]. Received: "z".]`,
    );
    await expect(session.run({ x, y }, { total: x })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [runtime] target names must be among the model's outputs, ["sum"]. Received: "total".]`,
    );
    await session.release();
  },

  'names the node that failed': async (runtime) => {
    const session = await runtime.createSession(
      onnxBytes({
        nodes: [{ name: 'dense_1/matmul', opType: 'MatMul', inputs: ['x', 'y'], outputs: ['z'] }],
        inputs: { x: ['a', 'b'], y: ['c', 'd'] },
        outputs: { z: ['a', 'd'] },
      }),
    );
    const failure = session.run({ x, y: x });
    await expect(failure).rejects.toThrow(/^\[runtime\] the engine failed: .*dense_1\/matmul/s);
    await expect(failure).rejects.toHaveProperty('cause');
    // And goes on.
    const { z } = await session.run({ x, y: x.reshape([3, 2]) });
    expect(z!.shape).toEqual([2, 2]);
    await session.release();
  },

  'refuses a model with an operator that does not exist': async (runtime) => {
    const bytes = onnxBytes({
      nodes: [{ name: 'layer', opType: 'Nonsense', inputs: ['x'], outputs: ['z'] }],
      inputs: { x: [1] },
      outputs: { z: [1] },
    });
    await expect(runtime.createSession(bytes)).rejects.toThrow(/^\[runtime\] the engine failed: .*Nonsense/s);
    await expect(runtime.createSession(new Uint8Array([1, 2, 3]))).rejects.toThrow(/^\[runtime\] the engine failed: /);
  },

  'makes and runs many sessions at once': async (runtime) => {
    const made = await Promise.all(Array.from({ length: 6 }, () => runtime.createSession(add)));
    const runs = made.flatMap((session, i) => [
      session.run({ x, y: tensor([i, i, i]) }),
      session.run({ x, y: tensor([-i, -i, -i]) }),
    ]);
    const sums = (await Promise.all(runs)).map(({ sum }) => sum!.data[0]);
    expect(sums).toEqual([1, 1, 2, 0, 3, -1, 4, -2, 5, -3, 6, -4]);
    await Promise.all(made.map((session) => session.release()));
  },

  'cannot run a session after its release': async (runtime) => {
    const session = await runtime.createSession(add);
    await session.release();
    await session.release();
    await expect(session.run({ x, y })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ValueError: [runtime] a session cannot run after it has been released.]`,
    );
  },

  'runs thousands of times in the same memory': async (runtime) => {
    const session = await runtime.createSession(add);
    const big = await runtime.createSession(
      onnxBytes({
        nodes: [{ opType: 'Neg', inputs: ['x'], outputs: ['minus'] }],
        inputs: { x: [65536] },
        outputs: { minus: [65536] },
      }),
    );
    const sum = tensor(new Float32Array(6), [2, 3]);
    const [a, b] = [tensor(new Float32Array(65536)), tensor(new Float32Array(65536))];
    const run = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++) {
        await session.run({ x, y }, { sum });
        await big.run({ x: a }, { minus: b });
      }
    };
    await run(500);
    const before = process.memoryUsage.rss();
    await run(2000);
    // 2000 outputs of a quarter of a megabyte each would be 500.
    expect(process.memoryUsage.rss() - before).toBeLessThan(100e6);
    await session.release();
    await big.release();
  },
};
