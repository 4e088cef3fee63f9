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
import { type Segment, cutAtCollectives, hasCollectives } from '../../../../src/compiler/program/segments.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import * as ops from '../../../../src/keras/ops/index.ts';
import { expectClose } from '../../../support/close.ts';
import { fakeWorld } from '../../../support/fake-world.ts';
import { randomTensors } from '../../../support/random-tensors.ts';

const random = randomTensors(3);
const float64 = (shape: readonly number[], name = 'x'): Value => input(name, shape, 'float64');

/** Runs a graph in the reference, in one process for each list of feeds. */
function runInWorld(
  graph: Graph,
  feeds: readonly (readonly Tensor[])[],
  segments: readonly Segment[] = cutAtCollectives(graph),
): Promise<readonly (readonly Tensor[])[]> {
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

/** The number of sums that begin to travel after a segment. */
const summedAfter = ({ messages }: Segment): number => messages.flatMap(({ sums }) => sums).length;

/** Three layers, and the gradients of their weights, summed over processes. */
function threeLayers(): Graph {
  const x = float64([2, 3]);
  const weights = [float64([3, 3], 'a'), float64([3, 3], 'b'), float64([3, 3], 'c')];
  const y = weights.reduce((values, w) => ops.tanh(ops.matmul(values, w)), x);
  const sums = gradients(ops.sum(ops.square(y)), weights).map((value) => ops.allReduce(value!));
  return { inputs: [x, ...weights], outputs: sums.map((sum) => ops.divide(sum, 2)), updates: [] };
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
    const exchanges = new Map(segments.flatMap(({ messages }) => messages.map((each) => [each, new Exchange()])));
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
    expect(segments.map(summedAfter)).toEqual([2, 1, 0]);
  });

  test('sends a sum with the last message before it is needed', () => {
    const x = float64([2]);
    const early = ops.allReduce(ops.square(x));
    const late = ops.allReduce(ops.multiply(ops.allReduce(ops.exp(x)), x));
    const segments = cutAtCollectives({ inputs: [x], outputs: [ops.add(early, late)], updates: [] });
    expect(segments.map(summedAfter)).toEqual([1, 2, 0]);
    expect(segments[1]!.messages[0]!.sums).toContain(early);
  });

  test('orders sums as they were made, whatever the order of the results', () => {
    const x = float64([2]);
    const [a, b] = [ops.allReduce(ops.square(x)), ops.allReduce(ops.exp(x))];
    for (const outputs of [
      [a, b],
      [b, a],
    ]) {
      const [first] = cutAtCollectives({ inputs: [x], outputs, updates: [] });
      expect(first!.messages.map(({ sums }) => sums)).toEqual([[a, b]]);
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
        expect(segments.map(summedAfter)).toEqual([1, 1, 1, 0]);
        const run = (segment: (typeof segments)[number], given: readonly Tensor[]) =>
          Promise.resolve(evaluate(segment.graph, given));
        return runSegments(segments, optimized.outputs, feeds, worlds[rank]!, run);
      }),
    );
    for (const { outputs } of results) expectClose(outputs[0]!.data, reference!.data, { rtol: 1e-12 });
    // Small tensors of one cut travel in one message.
    expect(worlds[0]!.sums).toEqual([1, 1, 3]);
  });

  test('sends many gradients in buckets, those of the last layers first, while the others are computed', async () => {
    const graph = threeLayers();
    const whole = cutAtCollectives(graph);
    expect(whole.map(summedAfter)).toEqual([3, 0]);
    const divided = cutAtCollectives(graph, { bucket: 9, early: 9 });
    expect(divided.map(summedAfter)).toEqual([1, 1, 1, 0]);
    const [last, middle, first] = divided.map(({ messages }) => messages[0]);
    expect([last, middle, first].map((message) => message!.due)).toEqual([3, 3, 3]);
    const sums = graph.outputs.map((value) => value.node.inputs[0]);
    expect([first, middle, last].map((message) => message!.sums[0])).toEqual(sums);
    const feeds = [0, 1].map(() => [random([2, 3]), random([3, 3]), random([3, 3]), random([3, 3])]);
    const [reference, results] = [await runInWorld(graph, feeds), await runInWorld(graph, feeds, divided)];
    expect(results).toEqual(reference);
    expect(results[0]).toEqual(results[1]);
  });

  test('computes while messages travel, and waits for them before their sums are read', async () => {
    const graph = threeLayers();
    const segments = cutAtCollectives(graph, { bucket: 9, early: 9 });
    const events: string[] = [];
    const arrivals: (() => void)[] = [];
    const world = {
      ...fakeWorld(1)[0]!,
      allReduce: async () => {
        events.push('begin');
        await new Promise<void>((resolve) => arrivals.push(resolve));
        events.push('end');
      },
    };
    const feeds = [random([2, 3]), random([3, 3]), random([3, 3]), random([3, 3])];
    const running = runSegments(segments, graph.outputs, feeds, world, (segment, given) => {
      events.push(`segment ${segments.indexOf(segment)}`);
      return Promise.resolve(evaluate(segment.graph, given));
    });
    await new Promise(setImmediate);
    expect(events).toEqual(['segment 0', 'begin', 'segment 1', 'begin', 'segment 2', 'begin']);
    for (const arrive of arrivals) arrive();
    await running;
    expect(events.slice(6)).toEqual(['end', 'end', 'end', 'segment 3']);
  });

  test('divides the gradients after a pooled value without another cut before it', async () => {
    const x = float64([2, 3]);
    const weights = [float64([3, 3], 'a'), float64([3, 3], 'b')];
    const first = ops.matmul(x, weights[0]!);
    // The first layer's output is read again after the sum, where only the gradients need it.
    const centered = ops.subtract(ops.tanh(first), ops.allReduce(ops.mean(ops.stopGradient(first))));
    const y = ops.tanh(ops.matmul(centered, weights[1]!));
    const sums = gradients(ops.sum(ops.square(y)), weights).map((value) => ops.allReduce(value!));
    const graph = { inputs: [x, ...weights], outputs: sums.map((sum) => ops.divide(sum, 2)), updates: [] };
    const divided = cutAtCollectives(graph, { bucket: 9, early: 9 });
    expect(divided.map(summedAfter)).toEqual([1, 1, 1, 0]);
    const feeds = [0, 1].map(() => [random([2, 3]), random([3, 3]), random([3, 3])]);
    expect(await runInWorld(graph, feeds, divided)).toEqual(await runInWorld(graph, feeds));
  });

  test('waits with few numbers for the last message before they are needed', () => {
    const graph = threeLayers();
    expect(cutAtCollectives(graph, { bucket: 9, early: 10 }).map(summedAfter)).toEqual([0, 0, 3, 0]);
  });

  test('fails with the error of a segment while a message travels', async () => {
    const graph = threeLayers();
    const segments = cutAtCollectives(graph, { bucket: 9, early: 9 });
    const world = { ...fakeWorld(1)[0]!, allReduce: () => Promise.reject(new Error('a cut cable')) };
    const feeds = [random([2, 3]), random([3, 3]), random([3, 3]), random([3, 3])];
    const run = (segment: Segment, given: readonly Tensor[]): Promise<ReturnType<typeof evaluate>> =>
      segments.indexOf(segment) === 1
        ? Promise.reject(new Error('a bad segment'))
        : Promise.resolve(evaluate(segment.graph, given));
    await expect(runSegments(segments, graph.outputs, feeds, world, run)).rejects.toThrow('a bad segment');
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
