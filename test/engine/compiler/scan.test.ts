import { expect, test } from 'vitest';
import * as build from '../../../src/compiler/builder/index.ts';
import type { Value } from '../../../src/compiler/ir/value.ts';
import { jit, valueAndGrad } from '../../../src/compiler/program/index.ts';
import { tensor } from '../../../src/core/tensor.ts';
import { expectClose } from '../../support/close.ts';
import { randomTensors } from '../../support/random-tensors.ts';

const random = randomTensors(5);

/** x [steps, batch, 3], h [batch, 2] → all states of a recurrent layer. */
const recurrent =
  (options: build.ScanOptions = {}) =>
  (x: Value, h: Value, w: Value, u: Value): Value => {
    const step: build.Step = ([before], [slice]) => {
      const next = build.tanh(build.add(build.matmul(slice!, w), build.matmul(before!, u)));
      return { states: [next], outputs: [next] };
    };
    return build.scan(step, [h], [x], options).outputs[0]!;
  };

test('a scan and its gradients are what the unrolled form computes', async () => {
  const loss =
    (options: build.ScanOptions) =>
    (x: Value, h: Value, w: Value, u: Value): Value =>
      build.sum(build.square(recurrent(options)(x, h, w, u)), { axes: [0, 1, 2] });
  const feeds = [random([4, 5, 3]), random([5, 2]), random([3, 2]), random([2, 2])] as const;
  for (const reverse of [false, true]) {
    const [loop, unrolled] = await Promise.all(
      [{ reverse }, { reverse, unroll: true }].map((options) => valueAndGrad(loss(options))(...feeds)),
    );
    expect(loop!.value.item()).toBeCloseTo(unrolled!.value.item(), 5);
    for (const [i, gradient] of unrolled!.inputGradients.entries()) {
      expectClose(loop!.inputGradients[i]!.data, gradient!.data, { rtol: 1e-5 });
    }
  }
});

test('one program runs a scan of any length and batch', async () => {
  const run = jit(recurrent());
  const weights = [random([3, 2]), random([2, 2])] as const;
  for (const [steps, batch] of [
    [3, 2],
    [4, 2],
    [7, 5],
    [1, 1],
  ] as const) {
    const feeds = [random([steps, batch, 3]), random([batch, 2]), ...weights] as const;
    const expected = await jit(recurrent({ unroll: true }))(...feeds);
    const actual = await run(...feeds);
    expect(actual.shape).toEqual([steps, batch, 2]);
    expectClose(actual.data, expected.data, { rtol: 1e-5 });
  }
});

test('a scan runs in each step of a scan, and reads values around both', async () => {
  const run = jit((x: Value, scale: Value) => {
    const row = (total: Value, values: Value): Value =>
      build.scan(
        ([s], [entry]) => ({ states: [build.add(s!, build.multiply(entry!, scale))], outputs: [] }),
        [total],
        [values],
      ).states[0]!;
    const step: build.Step = ([s], [slice]) => {
      const next = row(s!, slice!);
      return { states: [next], outputs: [build.multiply(next, scale)] };
    };
    return build.scan(step, [build.toValue(0)], [x]).outputs[0]!;
  });
  expect((await run([[1, 2], [3, 4]], 10)).toArray()).toEqual([300, 1000]); // prettier-ignore
});

test('a scan without steps returns its initial states', async () => {
  const run = jit((x: Value, s: Value) => {
    const step: build.Step = ([a], [b]) => ({ states: [build.add(a!, b!)], outputs: [b!, build.multiply(a!, b!)] });
    const { states, outputs } = build.scan(step, [s], [x]);
    return [...states, ...outputs];
  });
  const [last, ...outputs] = await run(tensor([], [0, 2]), [1, 2]);
  expect(last!.toArray()).toEqual([1, 2]);
  expect(outputs.map(({ shape }) => shape)).toEqual([[0, 2], [0, 2]]); // prettier-ignore
});
