import { expect, test } from 'vitest';
import { RandomStream } from '../../../../src/core/random.ts';
import { Tensor, tensor } from '../../../../src/core/tensor.ts';
import { constant, initialState, input, randomUniform } from '../../../../src/compiler/graph/leaves.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import * as ops from '../../../../src/keras/ops/index.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';

const program = (inputs: readonly Value[], ...outputs: readonly Value[]) => ({ inputs, outputs, updates: [] });

test('evaluate reads feeds, constants and variables', () => {
  const x = input('x', [2], 'float32');
  const weight = new Variable(tensor([10, 100]), { name: 'weight' });
  const y = ops.add(ops.multiply(x, weight), constant([1, 2]));
  expect(evaluate(program([x], y), [tensor([3, 4])]).outputs[0]!.toArray()).toEqual([31, 402]);
});

test('evaluate returns new state and does not change the variable', () => {
  const count = new Variable(tensor([1], undefined, 'int32'), { name: 'count', trainable: false });
  const next = ops.add(count, 1);
  const { outputs, updates } = evaluate(
    { inputs: [], outputs: [initialState(count)], updates: [{ variable: count, value: next }] },
    [],
  );
  expect(outputs[0]!.toArray()).toEqual([1]);
  expect(updates.get(count)!.toArray()).toEqual([2]);
  expect(updates.get(count)!.data).toBeInstanceOf(Int32Array);
  expect(count.value.toArray()).toEqual([1]);
});

test('evaluate computes float32 programs in float64 and rounds the results unless precise', () => {
  const x = input('x', [], 'float32');
  // In float32 the sum would be 2²⁴ and the result 0.
  const y = ops.subtract(ops.add(x, 1), x);
  const third = ops.divide(y, 3);
  const feed = tensor(2 ** 24);
  expect(evaluate(program([x], y), [feed]).outputs[0]!.item()).toBe(1);
  const rounded = evaluate(program([x], third), [feed]).outputs[0]!;
  expect(rounded.data).toEqual(Float32Array.of(1 / 3));
  const precise = evaluate(program([x], third), [feed], { precise: true }).outputs[0]!;
  expect(precise.data).toEqual(Float64Array.of(1 / 3));
  expect(precise.dtype).toBe('float32');
});

test('evaluate accepts a precise result as a feed', () => {
  const x = input('x', [1], 'float32');
  const precise = new Tensor(Float64Array.of(0.1), [1], 'float32');
  const { outputs } = evaluate(program([x], ops.multiply(x, x)), [precise], { precise: true });
  expect(outputs[0]!.data[0]).toBe(0.1 * 0.1);
});

test('evaluate draws random numbers from the stream of the program or from a given one', () => {
  const drawn = randomUniform(5, [3], 'float32');
  const expected = new RandomStream(5);
  const first = evaluate(program([], drawn), []).outputs[0]!;
  expect(first.toArray()).toEqual([expected.nextUniform(), expected.nextUniform(), expected.nextUniform()]);
  const repeated = () => evaluate(program([], drawn), [], { random: new RandomStream(9) }).outputs[0]!.toArray();
  expect(repeated()).toEqual(repeated());
  // The stream of the program advanced in the first run only.
  const next = evaluate(program([], drawn), []).outputs[0]!;
  expect(next.toArray()).toEqual([expected.nextUniform(), expected.nextUniform(), expected.nextUniform()]);
});

test('evaluate takes unknown sizes from the feeds', () => {
  const x = input('x', [null, 2], 'float32');
  const y = ops.reshape(ops.mean(x, { axis: 1, keepdims: true }), [-1]);
  expect(evaluate(program([x], y), [tensor([[1, 3], [5, 7], [0, 1]])]).outputs[0]!.toArray()).toEqual([2, 6, 0.5]); // prettier-ignore
});

test('evaluate throws if the feeds do not match the inputs', () => {
  const x = input('x', [null, 2], 'int32');
  const run = (...feeds: Tensor[]) => evaluate(program([x], x), feeds);
  expect(() => run()).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: [reference] each of the 1 inputs must be fed. Received: 0 feeds.]`,
  );
  expect(() => run(tensor([[1, 2]]))).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: [reference] the input "x" must be int32[null, 2]. Received: float32[1, 2].]`,
  );
  expect(() => run(tensor([[1, 2, 3]], undefined, 'int32'))).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: [reference] the input "x" must be int32[null, 2]. Received: int32[1, 3].]`,
  );
  const unfed = input('unfed', [], 'int32');
  expect(() => evaluate(program([], unfed), [])).toThrowErrorMatchingInlineSnapshot(
    `[InternalError: internal: the input "unfed" is used but not fed. Please report this.]`,
  );
});

test('evaluate throws if an index is out of range', () => {
  const y = ops.take(constant([1, 2, 3]), [3]);
  expect(() => evaluate(program([], y), [])).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: [reference] an index must be in [0, 2]. Received: 3.]`,
  );
});
