import { describe, expect, test } from 'vitest';
import { tensor } from '../../../../src/core/tensor.ts';
import type { Tensor } from '../../../../src/core/tensor.ts';
import { gradients } from '../../../../src/compiler/autodiff/index.ts';
import type { Graph } from '../../../../src/compiler/graph/graph.ts';
import { initialState, input } from '../../../../src/compiler/graph/leaves.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import { eliminateCollectives, optimize } from '../../../../src/compiler/passes/index.ts';
import { Exchange } from '../../../../src/compiler/program/exchange.ts';
import { runSegments } from '../../../../src/compiler/program/segmented-program.ts';
import { cutAtCollectives, hasCollectives } from '../../../../src/compiler/program/segments.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import * as ops from '../../../../src/keras/ops/index.ts';
import { expectClose } from '../../../support/close.ts';
import { fakeWorld } from '../../../support/fake-world.ts';
import { randomTensors } from '../../../support/random-tensors.ts';

const random = randomTensors(3);
const float64 = (shape: readonly number[], name = 'x'): Value => input(name, shape, 'float64');

/** Runs a graph in the reference, in one process for each list of feeds. */
function runInWorld(graph: Graph, feeds: readonly (readonly Tensor[])[]): Promise<readonly (readonly Tensor[])[]> {
  const segments = cutAtCollectives(graph);
  return Promise.all(
    fakeWorld(feeds.length).map(async (world, rank) => {
      const run = (
        segment: (typeof segments)[number],
        given: readonly Tensor[],
      ): Promise<ReturnType<typeof evaluate>> => Promise.resolve(evaluate(segment.graph, given));
      return (await runSegments(segments, graph.outputs, feeds[rank] ?? [], world, run)).outputs;
    }),
  );
}

describe('a program with sums over processes', () => {
  test('adds the numbers of three processes', async () => {
    const x = float64([2]);
    const graph = { inputs: [x], outputs: [ops.allReduce(ops.square(x)), x], updates: [] };
    const results = await runInWorld(
      graph,
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ].map((row) => [tensor(row, undefined, 'float64')]),
    );
    for (const [sum] of results) expect([...sum!.data]).toEqual([35, 56]);
    expect(results.map(([, own]) => [...own!.data])).toEqual([[1, 2], [3, 4], [5, 6]]); // prettier-ignore
  });

  test('returns sums that the next run does not write to, and sums of other sizes', async () => {
    const x = float64([2]);
    const y = input('y', [1], 'int32');
    const graph = { inputs: [x, y], outputs: [ops.allReduce(x), ops.allReduce(y)], updates: [] };
    const segments = cutAtCollectives(graph);
    const exchanges = new Map(segments.map((segment) => [segment, { exchange: new Exchange() }]));
    const [world] = fakeWorld(1);
    const run = async (...feeds: Tensor[]): Promise<readonly Tensor[]> => {
      const evaluated = async (
        { graph: part }: (typeof segments)[number],
        given: readonly Tensor[],
      ): Promise<ReturnType<typeof evaluate>> => Promise.resolve(evaluate(part, given));
      return (await runSegments(segments, graph.outputs, feeds, world!, evaluated, exchanges)).outputs;
    };
    const first = await run(tensor([1, 2], undefined, 'float64'), tensor([3], undefined, 'int32'));
    const second = await run(tensor([4, 5], undefined, 'float64'), tensor([6], undefined, 'int32'));
    expect(first.map(({ data }) => [...data])).toEqual([[1, 2], [3]]);
    expect(second.map(({ data }) => [...data])).toEqual([[4, 5], [6]]);
    const exchange = new Exchange();
    for (const rows of [[1, 2], [3], [4, 5, 6]]) {
      const [sum] = await exchange.sum([tensor(rows, undefined, 'float64')], world!);
      expect(sum!.toArray()).toEqual(rows);
    }
  });

  test('cuts once for sums that do not depend on each other, and again for those that do', () => {
    const x = float64([2]);
    const [a, b] = [ops.allReduce(ops.square(x)), ops.allReduce(ops.exp(x))];
    const c = ops.allReduce(ops.multiply(ops.add(a, b), x));
    const segments = cutAtCollectives({ inputs: [x], outputs: [ops.add(c, a)], updates: [] });
    expect(segments.map(({ operands }) => operands.length)).toEqual([2, 1, 0]);
  });

  test('sends a sum with the last message before it is needed', () => {
    const x = float64([2]);
    const early = ops.allReduce(ops.square(x));
    const late = ops.allReduce(ops.multiply(ops.allReduce(ops.exp(x)), x));
    const segments = cutAtCollectives({ inputs: [x], outputs: [ops.add(early, late)], updates: [] });
    expect(segments.map(({ sums }) => sums.length)).toEqual([1, 2, 0]);
    expect(segments[1]!.sums).toContain(early);
  });

  test('orders sums as they were made, whatever the order of the results', () => {
    const x = float64([2]);
    const [a, b] = [ops.allReduce(ops.square(x)), ops.allReduce(ops.exp(x))];
    for (const outputs of [
      [a, b],
      [b, a],
    ]) {
      const [first] = cutAtCollectives({ inputs: [x], outputs, updates: [] });
      expect(first!.sums).toEqual([a, b]);
    }
  });

  test('computes the gradient of the sum of the losses of all processes', async () => {
    // Σ over the world of w·x − mean, squared: the mean depends on the rows of every process.
    const w = float64([3], 'w');
    const loss = (x: Value, count: number, reduce: (value: Value) => Value): Value => {
      const y = ops.matmul(x, w);
      const mean = ops.divide(reduce(ops.sum(y)), count);
      return ops.sum(ops.power(ops.subtract(y, mean), 4));
    };
    const [left, right] = [random([2, 3]), random([3, 3])];
    const weights = random([3]);
    const whole = float64([5, 3]);
    const [expected] = gradients(
      loss(whole, 5, (value) => value),
      [w],
    );
    const rows = tensor([...left.data, ...right.data], undefined, 'float64').reshape([5, 3]);
    const [reference] = evaluate({ inputs: [whole, w], outputs: [expected!], updates: [] }, [rows, weights]).outputs;
    const parts = [left, right].map((part) => {
      const x = float64(part.shape);
      const [dw] = gradients(loss(x, 5, ops.allReduce), [w]);
      return { graph: { inputs: [x, w], outputs: [ops.allReduce(dw!)], updates: [] }, feeds: [part, weights] };
    });
    const worlds = fakeWorld(2);
    const results = await Promise.all(
      parts.map(({ graph, feeds }, rank) => {
        const optimized = optimize(graph);
        const segments = cutAtCollectives(optimized);
        expect(segments.map(({ operands }) => operands.length)).toEqual([1, 1, 1, 0]);
        const run = (segment: (typeof segments)[number], given: readonly Tensor[]) =>
          Promise.resolve(evaluate(segment.graph, given));
        return runSegments(segments, optimized.outputs, feeds, worlds[rank]!, run);
      }),
    );
    for (const { outputs } of results) expectClose(outputs[0]!.data, reference!.data, { rtol: 1e-12 });
    // Small tensors of one cut travel in one message.
    expect(worlds[0]!.sums).toEqual([1, 1, 3]);
  });

  test('leaves state unchanged until the last segment, which later ones still read', async () => {
    const counter = new Variable(tensor([5], undefined, 'float64'), { name: 'c', path: 'c', trainable: false });
    const state = initialState(counter);
    const sum = ops.allReduce(state);
    const graph = {
      inputs: [],
      outputs: [ops.add(sum, state)],
      updates: [{ variable: counter, value: ops.add(state, 1) }],
    };
    expect(await runInWorld(graph, [[], []])).toMatchObject([
      [{ data: new Float64Array([15]) }],
      [{ data: new Float64Array([15]) }],
    ]);
    expect(counter.value.item()).toBe(5);
  });

  test('has no cuts in a world of one', () => {
    const x = float64([2]);
    const graph = { inputs: [x], outputs: [ops.allReduce(ops.square(x))], updates: [] };
    expect(hasCollectives(graph)).toBe(true);
    expect(hasCollectives(eliminateCollectives(graph))).toBe(false);
  });

  test('refuses a sum in a loop', () => {
    const x = float64([4, 2]);
    const [, ys] = ops.scan((carry, row) => [carry, ops.allReduce(row)], ops.zeros([2]), x);
    expect(() => hasCollectives({ inputs: [x], outputs: [ys], updates: [] })).toThrowErrorMatchingInlineSnapshot(
      `[NotImplementedError: [ops.allReduce] a sum over processes cannot be part of a loop or a branch. Received: one in scan of no layer. Compute it before or after.]`,
    );
  });

  test('refuses sums of booleans as a primitive', async () => {
    const x = input('x', [2], 'bool');
    const graph = { inputs: [x], outputs: [ops.allReduce(x)], updates: [] };
    const [[sum]] = (await runInWorld(graph, [
      [tensor([1, 0], undefined, 'bool')],
      [tensor([1, 1], undefined, 'bool')],
    ])) as [[Tensor]];
    expect(sum).toMatchObject({ dtype: 'int32', data: new Int32Array([2, 1]) });
  });
});
