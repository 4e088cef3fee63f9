import { ops, tensor } from 'evenkeel';
import { expect, test } from 'vitest';
import { input } from '../../../../src/compiler/graph/leaves.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import { evaluateAll } from '../../../support/gradient-check.ts';

const value = input('x', [null, 3], 'int32');
const variable = new Variable(tensor([1, 2]), { name: 'v' });

test('isTensor tells tensors and values from numbers, lists and variables', () => {
  expect([tensor([1]), value].map(ops.isTensor)).toEqual([true, true]);
  expect([1, [1], new Float32Array(1), variable, null].map(ops.isTensor)).toEqual([false, false, false, false, false]);
});

test('shape and dtype are those of values, and of what becomes a value', () => {
  expect([ops.shape(value), ops.shape([[1, 2, 3]]), ops.shape(5)]).toEqual([[null, 3], [1, 3], []]);
  expect([ops.dtype(value), ops.dtype([1]), ops.dtype(variable)]).toEqual(['int32', 'float32', 'float32']);
});

test('convertToNumpy returns numbers, and refuses values, which have none', () => {
  expect(ops.convertToNumpy([[1, 2]]).toArray()).toEqual([[1, 2]]);
  expect(ops.convertToNumpy(variable).toArray()).toEqual([1, 2]);
  expect(() => ops.convertToNumpy(value as never)).toThrow('Await evaluate(value)');
});

test('empty and emptyLike have the given shape and type', () => {
  const made = ops.empty([2, 3], { dtype: 'int32' });
  expect([made.shape, made.dtype]).toEqual([[2, 3], 'int32']);
  const like = ops.emptyLike(tensor([[1, 2]]));
  expect([like.shape, like.dtype]).toEqual([[1, 2], 'float32']);
});

test('view, viewAsComplex, viewAsReal and polar keep the parts of their numbers', () => {
  const pairs = tensor([[1, 2], [3, 4]]); // prettier-ignore
  const run = (make: (x: Value) => readonly Value[]) => evaluateAll(([x]) => make(x!), [pairs]).map((y) => y.toArray());
  expect(run((x) => ops.viewAsComplex(x))).toEqual([[1, 3], [2, 4]]); // prettier-ignore
  expect(run((x) => [ops.viewAsReal(ops.viewAsComplex(x))])).toEqual([[[1, 2], [3, 4]]]); // prettier-ignore
  expect(run((x) => ops.polar(x, [[0, 0], [0, 0]]))).toEqual([pairs.toArray(), [[0, 0], [0, 0]]]); // prettier-ignore
  expect(run((x) => [ops.view(x)])).toEqual([pairs.toArray()]);
});
