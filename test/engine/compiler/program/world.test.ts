import { describe, expect, test } from 'vitest';
import { jit, valueAndGrad } from '../../../../src/compiler/program/index.ts';
import { Tensor, tensor } from '../../../../src/core/tensor.ts';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import * as ops from '../../../../src/keras/ops/index.ts';
import { expectClose } from '../../../support/close.ts';
import { inWorld } from '../../../support/fake-world.ts';
import { randomTensors } from '../../../support/random-tensors.ts';

describe('in a world of several processes', () => {
  test('jit adds the arrays of all of them', async () => {
    const results = await inWorld(3, (rank) => jit((x) => ops.add(ops.allReduce(ops.square(x)), x))([rank, 2]));
    expect(results.map(({ data }) => [...data])).toEqual([[5, 14], [6, 14], [7, 14]]); // prettier-ignore
  });

  test('valueAndGrad differentiates the sum of their losses', async () => {
    const results = await inWorld(2, async (rank) => {
      const w = new Variable(tensor([2]), { name: 'w', path: 'w', trainable: true });
      const f = valueAndGrad((x) => ops.square(ops.allReduce(ops.sum(ops.multiply(w, x)))), { variables: [w] });
      const { value, variableGradients } = await f([rank + 1]);
      return [value.item(), variableGradients[0]?.item()];
    });
    // y = 2 · (1 + 2), and the loss of each is y²: dL/dw of both is 2 · 2y · x.
    expect(results).toEqual([[36, 24], [36, 48]]); // prettier-ignore
  });

  test('a function that has run in a world of one is compiled again', async () => {
    const functions = [0, 1].map(() => jit((x) => ops.allReduce(x)));
    for (const f of functions) expect([...(await f([1, 2])).data]).toEqual([1, 2]);
    const results = await inWorld(2, (rank) => functions[rank]!([1, 2]));
    expect(results.map(({ data }) => [...data])).toEqual([[2, 4], [2, 4]]); // prettier-ignore
  });

  test('images pass between the parts of a program in blocks, at every run', async () => {
    const f = () =>
      valueAndGrad((x, kernel) => {
        const y = ops.conv(x, kernel, { padding: 'same' });
        const mean = ops.divide(ops.allReduce(ops.sum(y, { axis: [0, 1, 2], keepdims: true })), 4 * 8 * 8);
        return ops.sum(ops.square(ops.conv(ops.relu(ops.subtract(y, mean)), kernel, { padding: 'same' })));
      });
    const [whole, ...parts] = [f(), f(), f()];
    const random = randomTensors(7);
    const float32 = (shape: readonly number[]): Tensor => new Tensor(Float32Array.from(random(shape).data), shape);
    const kernel = float32([3, 3, 32, 32]);
    const gradients: Tensor[] = [];
    const copies: Tensor[] = [];
    for (let run = 0; run < 3; run++) {
      const rows = [float32([2, 8, 8, 32]), float32([2, 8, 8, 32])];
      const expected = await whole(tensor(rows.flatMap(({ data }) => [...data])).reshape([4, 8, 8, 32]), kernel);
      const results = await inWorld(2, (rank) => parts[rank]!(rows[rank]!, kernel));
      const found = results.flatMap(({ inputGradients }) => [...inputGradients[0]!.data]);
      const scale = Math.max(...expected.inputGradients[0]!.data.map(Math.abs));
      expectClose(found, expected.inputGradients[0]!.data, { rtol: 1e-4, atol: 1e-5 * scale });
      expectClose([results[0]!.value.item() + results[1]!.value.item()], [expected.value.item()], { rtol: 1e-4 });
      gradients.push(results[0]!.inputGradients[0]!);
      copies.push(new Tensor(results[0]!.inputGradients[0]!.data.slice(), [2, 8, 8, 32]));
    }
    // What a run returned is not written by the next one.
    expect(gradients.map(({ data }) => data)).toEqual(copies.map(({ data }) => data));
  });

  test('results are written into the arrays of earlier ones where the function says so', async () => {
    const functions = [0, 1].map(() => jit((x) => [ops.square(x), ops.allReduce(ops.sum(x))], { reuseResults: true }));
    const x = (value: number): Tensor => new Tensor(new Float32Array(5000).fill(value), [5000]);
    const runs: (readonly Tensor[])[] = [];
    for (const value of [1, 2, 3]) {
      const results = await inWorld(2, (rank) => functions[rank]!(x(value)));
      runs.push(results.map(([square]) => square!));
      expect(results.map(([square, sum]) => [square!.data[4999], sum!.item()])).toEqual([
        [value ** 2, 10_000 * value],
        [value ** 2, 10_000 * value],
      ]);
    }
    expect(runs[2]!.map(({ data }, rank) => data === runs[0]![rank]!.data)).toEqual([true, true]);
    expect(runs[1]!.map(({ data }) => data[0])).toEqual([4, 4]);
  });

  test('runs of one program at the same time do not write into each other', async () => {
    const makeFunction = () =>
      jit((x) => {
        const y = ops.square(x);
        return ops.multiply(y, ops.allReduce(ops.sum(y)));
      });
    const functions = [makeFunction(), makeFunction()];
    const filled = (value: number): Tensor => new Tensor(new Float32Array(5000).fill(value), [5000]);
    const run = (values: readonly number[]) =>
      inWorld(2, (rank) =>
        Promise.all(values.map(async (value) => (await functions[rank]!(filled(value))).data[4999])),
      );
    await run([1]);
    // value² · (2 · 5,000 · value²)
    const expected = [1, 2, 3].map((value) => 10_000 * value ** 4);
    expect(await run([1, 2, 3])).toEqual([expected, expected]);
  });
});
