import { expect, test, vi } from 'vitest';
import { ValueError } from '../../../../src/core/errors.ts';
import { setRandomSeed } from '../../../../src/core/random.ts';
import { tensor } from '../../../../src/core/tensor.ts';
import { randomUniform } from '../../../../src/compiler/graph/leaves.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import { Program, evaluate, jit } from '../../../../src/compiler/program/index.ts';
import { Dense, Input } from '../../../../src/keras/layers/index.ts';
import { Sequential } from '../../../../src/keras/models/index.ts';
import * as ops from '../../../../src/keras/ops/index.ts';

const x = tensor([[1, 2], [3, 4]]); // prettier-ignore

test('evaluate computes what ops return for arrays, in every dtype', async () => {
  expect((await evaluate(ops.matmul(x, x))).toArray()).toEqual([[7, 10], [15, 22]]); // prettier-ignore
  expect((await evaluate(ops.take(x, [1], { axis: 1 }))).toArray()).toEqual([[2], [4]]);
  const dtypes = ['float32', 'float64', 'int32', 'uint8', 'bool'] as const;
  const results = await Promise.all(dtypes.map((dtype) => evaluate(ops.reshape(tensor([1, 0], [2], dtype), [2, 1]))));
  expect(results.map(({ dtype }) => dtype)).toEqual(dtypes);
  expect(results.map((each) => each.toArray())).toEqual(dtypes.map(() => [[1], [0]]));
});

test('evaluate keeps the structure of arrays and records, and accepts tensors, variables and numbers in them', async () => {
  const counter = new Variable(tensor(5), { name: 'counter' });
  const { sums, counted } = await evaluate({ sums: [ops.sum(x), x, 3] as const, counted: counter });
  expect(sums.map((each) => each.toArray())).toEqual([10, [[1, 2], [3, 4]], 3]); // prettier-ignore
  expect(counted.item()).toBe(5);
});

test('evaluate reads variables at the time of the call', async () => {
  const counter = new Variable(tensor([1, 2]), { name: 'counter' });
  const twice = ops.multiply(counter, 2);
  const before = evaluate(twice);
  counter.assign([5, 6]);
  expect((await before).toArray()).toEqual([2, 4]);
  expect((await evaluate(twice)).toArray()).toEqual([10, 12]);
});

test('evaluate computes models and layers that were applied to values', async () => {
  const model = new Sequential([Input({ shape: [2] }), new Dense(1, { kernelInitializer: 'ones' })]);
  const applied = model.apply(ops.multiply(x, 2));
  expect((await evaluate(applied)).toArray()).toEqual([[6], [14]]);
});

test('evaluate draws new random numbers at each call', async () => {
  setRandomSeed(1);
  const drawn = randomUniform(3, [4], 'float32');
  const [first, second] = [await evaluate(drawn), await evaluate(drawn)];
  expect(first.data.every((each) => each >= 0 && each < 1)).toBe(true);
  expect(second.toArray()).not.toEqual(first.toArray());
});

test('evaluate lowers values of one structure once, whatever their arrays contain', async () => {
  const run = vi.spyOn(Program.prototype, 'run');
  for (let i = 0; i < 5; i++) {
    const row = tensor([i, i + 1]);
    expect((await evaluate(ops.subtract(ops.square(row), row))).toArray()).toEqual([i * i - i, i * i + i]);
  }
  expect(run).toHaveBeenCalledTimes(5);
  expect(new Set(run.mock.contexts).size).toBe(1);
  run.mockRestore();
});

test('evaluate refuses arguments of a function, symbolic tensors and promises', async () => {
  let inside: Promise<unknown> = Promise.resolve();
  await jit((value: Value) => {
    inside = evaluate(ops.square(value)).catch((error: unknown) => error);
    return value;
  })([1, 2]);
  expect(await inside).toEqual(
    new ValueError(
      '[evaluate] the value must depend on arrays and variables alone. Received: a value that depends on an argument of a function, float32[2]. Return it from the function that jit compiles.',
    ),
  );
  await expect(evaluate(Input({ shape: [2] }))).rejects.toThrow(
    '[evaluate] the value must be what functions of ops return, or arrays and records of it. Received: a KerasTensor.',
  );
  await expect(evaluate(new Dense(1).apply([[1]]))).rejects.toThrow('not a promise. Received: a promise.');
});
