import { expect, test } from 'vitest';
import { gradients } from '../../../../src/compiler/autodiff/index.ts';
import * as build from '../../../../src/compiler/builder/index.ts';
import { type Graph, nodesOf } from '../../../../src/compiler/graph/graph.ts';
import { graphKey } from '../../../../src/compiler/graph/hash.ts';
import { input, randomUniform } from '../../../../src/compiler/graph/leaves.ts';
import { createNode } from '../../../../src/compiler/graph/node.ts';
import { printGraph } from '../../../../src/compiler/graph/print.ts';
import { Trace, traceOf } from '../../../../src/compiler/graph/trace.ts';
import { verify } from '../../../../src/compiler/graph/verify.ts';
import { Body, type Node, type Value, isNode } from '../../../../src/compiler/ir/value.ts';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import { optimize } from '../../../../src/compiler/passes/index.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import { type Tensor, tensor } from '../../../../src/core/tensor.ts';

const graphOf = (inputs: readonly Value[], outputs: readonly Value[]): Graph => ({ inputs, outputs, updates: [] });
const scansOf = (graph: Graph): readonly Node<'scan'>[] =>
  nodesOf(graph).flatMap((node) => (isNode(node, 'scan') ? [node] : []));
const elements = (graph: Graph, feeds: readonly Tensor[]): unknown =>
  evaluate(graph, feeds, { precise: true }).outputs.map((each) => each.toArray());

const wide = (name: string, shape: readonly number[]): Value => input(name, shape, 'float64');
const recurrentInputs = [wide('x', [4, 1, 3]), wide('w', [3, 2]), wide('u', [2, 2])] as const;

/** x [steps, batch, features] → the final state of a recurrent layer. */
function recurrent([x, kernel, recurrentKernel]: typeof recurrentInputs): Value {
  const { states } = build.scan(
    ([h], [step]) => {
      const next = build.tanh(build.add(build.matmul(step!, kernel), build.matmul(h!, recurrentKernel)));
      return { states: [next], outputs: [next] };
    },
    [build.toValue(tensor([[0, 0]], undefined, 'float64'))],
    [x],
  );
  return states[0]!;
}

test('a scan computes for all steps at once what does not depend on its states', () => {
  const [node] = scansOf(graphOf(recurrentInputs, [recurrent(recurrentInputs)]));
  const inner = nodesOf(node!.attributes.body).map(({ primitive }) => primitive);
  expect(inner.filter((name) => name === 'matmul')).toHaveLength(1);
  expect(node!.inputs.map(({ shape }) => shape)).toEqual([
    [1, 2],
    [4, 1, 2],
    [2, 2],
  ]);
});

test('the print of a scan contains its body, and its key the structure of the body', () => {
  const s = input('s', [], 'float32');
  const x = input('x', [3], 'float32');
  const run = (step: (a: Value, b: Value) => Value): Graph => {
    const made = build.scan(([a], [b]) => ({ states: [step(a!, b!)], outputs: [] }), [s], [x]);
    return graphOf([s, x], made.states);
  };
  expect(printGraph(run(build.add))).toMatchInlineSnapshot(`
    "%0: float32[] = input() {name: s, shape: [], dtype: float32}
    %1: float32[3] = input() {name: x, shape: [3], dtype: float32}
    %2: float32[] = scan(%0, %1) {body: {
      %0: float32[] = input() {name: state_0, shape: [], dtype: float32}
      %1: float32[] = input() {name: slice_0, shape: [], dtype: float32}
      %2: float32[] = add(%0, %1)
      return %2
    }, states: 1, sequences: 1, reverse: false}
    return %2"
  `);
  expect(graphKey(run(build.add))).toBe(graphKey(run(build.add)));
  expect(graphKey(run(build.add))).not.toBe(graphKey(run(build.multiply)));
});

test('a scan and its gradient run the steps of the forward pass once', () => {
  const output = build.sum(recurrent(recurrentInputs), { axes: [0, 1] });
  const found = gradients(output, recurrentInputs).flatMap((value) => value ?? []);
  const graph = graphOf(recurrentInputs, [output, ...found]);
  expect(scansOf(graph)).toHaveLength(3);
  const optimized = optimize(graph);
  const [, backward, ...others] = scansOf(optimized);
  expect(others).toEqual([]);
  // The gradients of both kernels are products over all steps, after the scan.
  expect(backward!.attributes.body.outputs.map(({ shape }) => shape)).toEqual([
    [1, 2],
    [1, 2],
  ]);
  const x = [[[1, 2, 3]], [[0, 1, 0]], [[2, 2, 2]], [[1, 0, 1]]];
  const kernels = [[[0.1, 0.2], [0.3, 0.1], [0.2, 0.2]], [[0.5, 0.1], [0.2, 0.3]]]; // prettier-ignore
  const feeds = [x, ...kernels].map((values) => tensor(values));
  const [before, after] = [graph, optimized].map((each) => (elements(each, feeds) as unknown[]).flat(9) as number[]);
  expect(after).toEqual(before!.map((value) => expect.closeTo(value, 12) as number));
});

test('unused results, states, sequences and captures of a scan are removed', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((name) => input(name, [], 'float32'));
  const x = input('x', [3], 'float32');
  const y = input('y', [3], 'float32');
  const { states } = build.scan(
    ([p, q], [first, second]) => ({
      states: [build.add(p!, first!), build.multiply(q!, build.add(second!, c!))],
      outputs: [build.multiply(p!, q!)],
    }),
    [a!, b!],
    [x, y],
  );
  const [node] = scansOf(optimize(graphOf([a!, b!, c!, x, y], [states[0]!])));
  expect(node!.inputs).toEqual([a, x]);
  expect(node!.attributes).toMatchObject({ states: 1, sequences: 1 });
});

test('a variable that a step updates is a state of the scan, and a loss of a step is summed', () => {
  const x = input('x', [3], 'float32');
  const trace = new Trace();
  trace.adopt(x);
  const counter = new Variable(tensor(1), { name: 'counter' });
  trace.update(counter, build.add(trace.read(counter), 1));
  const { outputs } = build.scan(
    (_, [slice]) => {
      const inner = traceOf([slice!])!;
      expect(inner).not.toBe(trace);
      inner.update(counter, build.add(inner.read(counter), slice!));
      inner.addLoss(build.multiply(slice!, 10));
      return { states: [], outputs: [inner.read(counter)] };
    },
    [],
    [x],
  );
  const graph = { inputs: [x], outputs: [...outputs, ...trace.losses], updates: trace.updates };
  const result = evaluate(graph, [tensor([1, 2, 4])]);
  expect(result.outputs.map((each) => each.toArray())).toEqual([[3, 5, 9], 70]);
  expect(result.updates.get(counter)!.item()).toBe(9);
});

test('each step of a scan draws its own random numbers, and shares those drawn before', () => {
  const x = input('x', [3], 'float32');
  const before = randomUniform(1, [], 'float32');
  const step: build.Step = () => ({ states: [], outputs: [randomUniform(2, [2], 'float32'), before] });
  const { outputs } = build.scan(step, [], [x]);
  const [drawn, shared] = evaluate(graphOf([x], outputs), [tensor([0, 0, 0])]).outputs;
  expect(new Set(drawn!.data).size).toBe(6);
  expect(new Set(shared!.data).size).toBe(1);
});

test('an unrolled scan computes the same without a loop', () => {
  const x = input('x', [3, 2], 'float32');
  const s = input('s', [2], 'float32');
  const run = (options: build.ScanOptions): Graph => {
    const step: build.Step = ([a], [b]) => ({ states: [build.add(a!, b!)], outputs: [build.multiply(a!, b!)] });
    const made = build.scan(step, [s], [x], options);
    return graphOf([x, s], [...made.states, ...made.outputs]);
  };
  for (const reverse of [false, true]) {
    const [loop, unrolled] = [run({ reverse }), run({ reverse, unroll: true })];
    expect(scansOf(unrolled)).toHaveLength(0);
    const feeds = [tensor([[1, 2], [3, 4], [5, 6]]), tensor([10, 20])]; // prettier-ignore
    expect(elements(unrolled, feeds)).toEqual(elements(loop, feeds));
  }
});

test('a step must return states of the types that it receives', () => {
  const s = input('s', [2], 'float32');
  const x = input('x', [3], 'float32');
  expect(() => build.scan(() => ({ states: [x], outputs: [] }), [s], [x])).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: [scan] a step must return states of the types that it receives, float32[2]. Received: float32[3].]`,
  );
  expect(() => build.scan(() => ({ states: [], outputs: [] }), [s], [x])).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: [scan] a step must return states of the types that it receives, float32[2]. Received: .]`,
  );
});

test('sequences of a scan must have one length, and unrolling needs to know it', () => {
  const [s, x, y] = [input('s', [], 'float32'), input('x', [3], 'float32'), input('y', [4], 'float32')];
  const step: build.Step = ([a], [b, c]) => ({ states: [build.add(a!, build.multiply(b!, c!))], outputs: [] });
  expect(() => build.scan(step, [s], [x, y])).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: [scan] the sequences must have the same length, the size of their first axis. Received: shapes [3] and [4].]`,
  );
  const open = input('open', [null], 'float32');
  expect(() => build.scan(step, [s], [open, open], { unroll: true })).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: [scan] unroll requires a known number of steps ≥ 1. Received: sequences of shape [null].]`,
  );
});

test('the verifier refuses a body that reads a variable', () => {
  const x = input('x', [3], 'float32');
  const slice = input('slice', [], 'float32');
  const body = new Body([slice], [build.add(slice, new Variable(tensor(1), { name: 'v' }))]);
  const outputs = createNode('scan', [x], { body, states: 0, sequences: 1, reverse: false });
  expect(() => verify(graphOf([x], outputs), 'tracing')).toThrowErrorMatchingInlineSnapshot(
    `[InternalError: internal: after tracing, scan of no layer: its body contains a variable. Please report this.]`,
  );
});
