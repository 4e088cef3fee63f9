import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { show } from '../../../../src/core/errors.ts';
import { tensor } from '../../../../src/core/tensor.ts';
import * as ops from '../../../../src/keras/ops/index.ts';

const sum = ops.add(tensor([[1, 2]]), 1);

test('a printed Value says that it has no elements yet, and which function returns them', () => {
  expect(inspect({ sum })).toBe(
    '{\n  sum: Value(shape=[1, 2], dtype=float32) { add, not computed; await evaluate(value) returns its elements }\n}',
  );
  expect(String(sum)).toBe('Value(shape=[1, 2], dtype=float32)');
});

test('messages about data name the function that computes a Value', () => {
  expect(show(sum)).toBe('Value(shape=[1, 2], dtype=float32) without elements (await evaluate(value) computes them)');
  expect(() => tensor([sum] as never)).toThrow(
    '[tensor] elements must be numbers or booleans. Received: Value(shape=[1, 2], dtype=float32) without elements (await evaluate(value) computes them) at [0].',
  );
});
