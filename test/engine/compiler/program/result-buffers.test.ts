import { describe, expect, test } from 'vitest';
import { jit, valueAndGrad } from '../../../../src/compiler/program/index.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { Tensor } from '../../../../src/core/tensor.ts';
import * as ops from '../../../../src/keras/ops/index.ts';

const filled = (value: number, size = 5000): Tensor => new Tensor(new Float32Array(size).fill(value), [size]);

describe('reuseResults', () => {
  test('a result is valid until the second call after its own, which writes into its array', async () => {
    const f = jit((x) => ops.multiply(x, 2), { reuseResults: true });
    const results: Tensor[] = [];
    for (const value of [1, 2, 3, 4]) {
      results.push(await f(filled(value)));
      expect(results.at(-1)!.data[4999]).toBe(2 * value);
      if (value > 1) expect(results.at(-2)!.data[4999]).toBe(2 * (value - 1));
    }
    expect(results[2]!.data).toBe(results[0]!.data);
    expect(results[3]!.data).toBe(results[1]!.data);
    expect(results[1]!.data).not.toBe(results[0]!.data);
  });

  test('without it, results stay as they are', async () => {
    const f = jit((x) => ops.multiply(x, 2));
    const results: Tensor[] = [];
    for (const value of [1, 2, 3]) results.push(await f(filled(value)));
    expect(results.map(({ data }) => data[4999])).toEqual([2, 4, 6]);
  });

  test('gradients are those of new arrays, for inputs of changing sizes', async () => {
    const loss = (x: Value) => ops.sum(ops.power(x, 3));
    const [reusing, plain] = [valueAndGrad(loss, { reuseResults: true }), valueAndGrad(loss)];
    for (const [value, size] of [
      [1, 5000],
      [2, 5000],
      [3, 6000],
      [1, 5000],
      [2, 6000],
      [3, 6000],
      [4, 6000],
    ] as const) {
      const [actual, expected] = [await reusing(filled(value, size)), await plain(filled(value, size))];
      expect(actual.value.item()).toBe(expected.value.item());
      expect(actual.inputGradients[0]!.shape).toEqual([size]);
      expect(actual.inputGradients[0]!.data).toEqual(expected.inputGradients[0]!.data);
    }
  });

  test('an array that is an input of a call is not written by it', async () => {
    const f = jit((x, y) => ops.add(x, ops.multiply(y, 10)), { reuseResults: true });
    const first = await f(filled(1), filled(1));
    const second = await f(first, filled(1));
    const third = await f(second, first);
    expect([first, second, third].map(({ data }) => data[0])).toEqual([11, 21, 131]);
  });

  test('calls at the same time write into different arrays', async () => {
    const f = jit((x) => ops.multiply(x, 2), { reuseResults: true });
    for (let round = 0; round < 3; round++) {
      const results = await Promise.all([1, 2, 3].map((value) => f(filled(value))));
      expect(results.map(({ data }) => data[0])).toEqual([2, 4, 6]);
    }
  });

  test('unknown options are refused', () => {
    expect(() => jit((x) => x, { reuse: true } as object)).toThrow(/\[jit\].*reuse/);
    expect(() => valueAndGrad((x) => x, { reuseResults: 1 } as object)).toThrow(/reuseResults must be true or false/);
  });
});
