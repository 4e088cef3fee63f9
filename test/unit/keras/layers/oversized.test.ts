import { expect, test } from 'vitest';
import { ValueError } from '../../../../src/core/errors.ts';
import { tensor } from '../../../../src/core/tensor.ts';
import { Input, Sequential, layers } from '../../../../src/index.ts';
import { Ones, Orthogonal, RandomNormal } from '../../../../src/keras/initializers/index.ts';
import * as ops from '../../../../src/keras/ops/index.ts';

const { Conv2D, Dense, Embedding } = layers;

test.each([
  [() => new Dense(1e12, { name: 'huge' }).build([null, 4]), '[Dense huge] the weight kernel must have at most 8589934592 elements. Received: shape=[4, 1000000000000].'], // prettier-ignore
  [() => new Sequential([Input({ shape: [4] }), new Dense(1e15, { name: 'huge' })]), /^\[Dense huge\] the weight kernel/], // prettier-ignore
  [() => new Embedding(2 ** 52, 2 ** 31, { name: 'huge' }).build([null, 4]), /^\[Embedding huge\] the weight embeddings/], // prettier-ignore
  [() => new Sequential([Input({ shape: [4, 4, 1e9] }), new Conv2D(1e9, 3, { name: 'huge' })]), /^\[Conv2D huge\] the weight kernel/], // prettier-ignore
])('a weight whose elements no array can hold is refused with the name of the layer (%#)', (build, message) => {
  expect(build).toThrow(ValueError);
  expect(build).toThrow(message);
});

test.each([
  () => new Ones().call([1e12]),
  () => new RandomNormal().call([1e12]),
  () => new Orthogonal().call([1e6, 1e6]),
  () => ops.arange(1e12),
])('an array that does not fit into memory is refused with its size (%#)', (make) => {
  expect(make).toThrow(/^\[tensor\] an array must fit into memory\. Received: 1000000000000 elements of float/);
});

test('nested arrays of more than 64 levels are refused in any entry', () => {
  let deep: unknown = 1;
  for (let i = 0; i < 20_000; i++) deep = [deep];
  const message = '[tensor] nested arrays must have at most 64 levels. Received: more.';
  expect(() => tensor(deep as never)).toThrow(new ValueError(message));
  expect(() => tensor([[1], deep] as never)).toThrow(new ValueError(message));
});
