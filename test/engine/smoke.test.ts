import { expect, test } from 'vitest';
import { jit } from '../../src/program/index.ts';
import { valueAndGrad } from '../../src/program/value-and-grad.ts';
import * as ops from '../../src/ops/index.ts';
import type { Value } from '../../src/graph/value.ts';

test('a compiled function runs', async () => {
  const f = jit((a: Value, b: Value) => ops.relu(ops.matmul(a, b)));
  expect((await f([[1, -2]], [[3], [4]])).toArray()).toEqual([[0]]);
  expect((await f([[1, 2]], [[3], [4]])).toArray()).toEqual([[11]]);
});

test('value and gradient', async () => {
  const step = valueAndGrad((x: Value) => ops.sum(ops.square(x)));
  const { value, inputGradients } = await step([1, 2, 3]);
  expect(value.item()).toBe(14);
  expect(inputGradients[0]?.toArray()).toEqual([2, 4, 6]);
});
