import { expect, test } from 'vitest';
import { gradients } from '../../../../src/compiler/autodiff/index.ts';
import * as build from '../../../../src/compiler/builder/index.ts';
import { type Graph, nodesOf } from '../../../../src/compiler/graph/graph.ts';
import { graphKey } from '../../../../src/compiler/graph/hash.ts';
import { constant, input, randomUniform } from '../../../../src/compiler/graph/leaves.ts';
import { createNode } from '../../../../src/compiler/graph/node.ts';
import { printGraph } from '../../../../src/compiler/graph/print.ts';
import { Trace, traceOf } from '../../../../src/compiler/graph/trace.ts';
import { verify } from '../../../../src/compiler/graph/verify.ts';
import { Body, type Node, type Value, isNode } from '../../../../src/compiler/ir/value.ts';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import { optimize } from '../../../../src/compiler/passes/index.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import { type Tensor, type TensorLike, tensor } from '../../../../src/core/tensor.ts';

const graphOf = (inputs: readonly Value[], outputs: readonly Value[]): Graph => ({ inputs, outputs, updates: [] });
const condsOf = (graph: Graph): readonly Node<'cond'>[] =>
  nodesOf(graph).flatMap((node) => (isNode(node, 'cond') ? [node] : []));
const run = (graph: Graph, feeds: readonly TensorLike[]): unknown =>
  evaluate(
    graph,
    feeds.map((each) => tensor(each)),
  ).outputs.map((each: Tensor) => each.toArray());

const scalar = (name: string): Value => input(name, [], 'float32');
const isPositive = (x: Value): Value => build.less(0, x);

test('a branch contains what is computed in it, and reads what is around it', () => {
  const [x, y] = [scalar('x'), scalar('y')];
  const before = build.exp(y);
  const graph = graphOf(
    [x, y],
    build.cond(
      isPositive(x),
      () => [build.add(before, 1)],
      () => [build.multiply(x, 2)],
    ),
  );
  verify(graph, 'a test');
  expect(printGraph(graph)).toMatchInlineSnapshot(`
    "%0: float32[] = constant() {tensor: [0]}
    %1: float32[] = input() {name: x, shape: [], dtype: float32}
    %2: bool[] = less(%0, %1)
    %3: float32[] = input() {name: y, shape: [], dtype: float32}
    %4: float32[] = exp(%3)
    %5: float32[] = cond(%2, %4, %1) {whenTrue: {
      %0: float32[] = input() {name: capture_0, shape: [], dtype: float32}
      %1: float32[] = constant() {tensor: [1]}
      %2: float32[] = add(%0, %1)
      return %2
    }, whenFalse: {
      %0: float32[] = input() {name: capture_1, shape: [], dtype: float32}
      %1: float32[] = constant() {tensor: [2]}
      %2: float32[] = multiply(%0, %1)
      return %2
    }}
    return %5"
  `);
  expect([run(graph, [1, 0]), run(graph, [-3, 0])]).toEqual([[2], [-6]]);
});

test('the key of a conditional is that of its branches', () => {
  const x = scalar('x');
  const made = (branch: () => Value): Graph =>
    graphOf(
      [x],
      build.cond(
        isPositive(x),
        () => [branch()],
        () => [x],
      ),
    );
  expect(graphKey(made(() => build.exp(x)))).toBe(graphKey(made(() => build.exp(x))));
  expect(graphKey(made(() => build.exp(x)))).not.toBe(graphKey(made(() => build.sin(x))));
});

test('a conditional with a constant predicate is its branch', () => {
  const x = scalar('x');
  const first = (): readonly Value[] => [build.exp(x)];
  const second = (): readonly Value[] => [build.sin(x)];
  expect(build.cond(constant(false, 'bool'), first, second)[0]!.node.primitive).toBe('sin');
  // One that folding finds is replaced by a pass.
  const predicate = build.less(constant(1), constant(2));
  const graph = graphOf([x], build.cond(predicate, first, second));
  expect(condsOf(graph)).toHaveLength(1);
  expect(nodesOf(optimize(graph)).map(({ primitive }) => primitive)).toEqual(['input', 'exp']);
});

test('unused results and captures of a conditional are removed', () => {
  const [x, y, z] = [scalar('x'), scalar('y'), scalar('z')];
  const made = build.cond(
    isPositive(x),
    () => [build.exp(y), build.sin(z)],
    () => [x, z],
  );
  const graph = optimize(graphOf([x, y, z], [made[0]!]));
  const [node] = condsOf(graph);
  expect(node!.inputs.slice(1)).toHaveLength(2);
  expect(node!.inputs).not.toContain(z);
  expect([run(graph, [1, 0, 7]), run(graph, [-1, 0, 7])]).toEqual([[1], [-1]]);
});

test('a variable that a branch updates, and a loss that it adds, change only if it runs', () => {
  const x = scalar('x');
  const trace = new Trace();
  trace.adopt(x);
  const counter = new Variable(tensor(1), { name: 'counter' });
  const other = new Variable(tensor(1), { name: 'other' });
  trace.update(counter, build.add(trace.read(counter), 1));
  const [read] = build.cond(
    isPositive(x),
    () => {
      trace.update(counter, build.add(trace.read(counter), 10));
      trace.addLoss(build.multiply(x, 2));
      trace.addLoss(x);
      return [trace.read(counter)];
    },
    () => {
      // The other branch does not see it.
      trace.update(other, build.add(trace.read(counter), trace.read(other)));
      return [trace.read(counter)];
    },
  );
  const graph = { inputs: [x], outputs: [read!, ...trace.losses], updates: trace.updates };
  const results = [3, -3].map((value) => {
    const { outputs, updates } = evaluate(graph, [tensor(value)]);
    return [...outputs, updates.get(counter)!, updates.get(other)!].map((each) => each.item());
  });
  expect(results).toEqual([
    [12, 9, 12, 1],
    [2, 0, 2, 3],
  ]);
});

test('an error in a branch leaves the state of its trace unchanged', () => {
  const x = scalar('x');
  const trace = new Trace();
  const counter = new Variable(tensor(1), { name: 'counter' });
  const fail = (): readonly Value[] => {
    trace.update(counter, x);
    throw new RangeError('no');
  };
  expect(() => build.cond(isPositive(x), fail, fail)).toThrow(RangeError);
  expect(trace.updates).toEqual([]);
  trace.update(counter, x);
  expect(trace.updates).toHaveLength(1);
});

test('the branches of a conditional must return values of the same types', () => {
  const x = scalar('x');
  const matrix = input('m', [2, 3], 'float32');
  const cond =
    (a: readonly Value[], b: readonly Value[]): (() => unknown) =>
    () =>
      build.cond(
        isPositive(x),
        () => a,
        () => b,
      );
  expect(cond([x], [matrix])).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: [cond] both branches must return values of the same shapes and dtypes. Received: float32[], and float32[2, 3].]`,
  );
  expect(cond([x], [x, x])).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: [cond] both branches must return values of the same shapes and dtypes. Received: float32[], and float32[], float32[].]`,
  );
  expect(() => build.cond(x, () => [], () => [])).toThrowErrorMatchingInlineSnapshot(`[ValueError: [cond] the predicate must be a bool scalar. Received: float32[].]`); // prettier-ignore
});

test('sizes that one branch leaves open are those of the other one', () => {
  const x = scalar('x');
  const [open, known] = [input('open', [null, 2], 'float32'), input('known', [3, 2], 'float32')];
  const [made] = build.cond(
    isPositive(x),
    () => [open],
    () => [known],
  );
  expect(made!.shape).toEqual([3, 2]);
});

test('a variable that a loop updates is a state of the loop, and its losses are summed', () => {
  const x = scalar('x');
  const trace = new Trace();
  trace.adopt(x);
  const counter = new Variable(tensor(1), { name: 'counter' });
  const scale = new Variable(tensor(2), { name: 'scale' });
  const [last] = build.whileLoop(
    ([s]) => build.less(s!, 20),
    ([s]) => {
      const inner = traceOf([s!])!;
      inner.update(counter, build.add(inner.read(counter), 1));
      inner.addLoss(s!);
      return [build.multiply(s!, inner.read(scale))];
    },
    [x],
  );
  const graph = { inputs: [x], outputs: [last!, ...trace.losses], updates: trace.updates };
  verify(graph, 'a test');
  const { outputs, updates } = evaluate(graph, [tensor(3)]);
  expect(outputs.map((each) => each.item())).toEqual([24, 21]);
  expect(updates.get(counter)!.item()).toBe(4);
  expect(updates.has(scale)).toBe(false);
});

test('each round of a loop with a limit draws its own random numbers', () => {
  const x = scalar('x');
  const draw = ([s, all]: readonly Value[]): readonly Value[] => [
    build.add(s!, 1),
    build.concatenate([build.slice(all!, [1], [Infinity]), build.reshape(randomUniform(3, [], 'float32'), [1])], 0),
  ];
  const goesOn = ([s]: readonly Value[]): Value => build.less(s!, 3);
  const initial = [x, constant([0, 0, 0])];
  const { outputs } = evaluate(graphOf([x], build.whileLoop(goesOn, draw, initial, { limit: 5 })), [tensor(0)]);
  expect(new Set(outputs[1]!.data).size).toBe(3);
  expect(() => build.whileLoop(goesOn, draw, initial)).toThrowErrorMatchingInlineSnapshot(
    `[NotImplementedError: [whileLoop] random numbers are drawn before a program runs, for a known number of rounds. Received: a body that draws some, without a limit. Set maximumIterations, or draw them outside of the loop.]`,
  );
});

test('a loop without a limit has no gradient', () => {
  const x = scalar('x');
  const [made] = build.whileLoop(
    ([s]) => build.less(s!, 3),
    ([s]) => [build.add(s!, 1)],
    [x],
  );
  expect(() => gradients(made!, [x])).toThrowErrorMatchingInlineSnapshot(
    `[NotImplementedError: [gradients] a loop must have a maximum number of rounds to be differentiated, since the states of all rounds are kept. Received: a whileLoop without one. Set maximumIterations, or use foriLoop or scan.]`,
  );
});

test('a loop refuses a condition that is no bool scalar, other states, and none', () => {
  const x = scalar('x');
  const loop = (condition: Value, states: readonly Value[]) => (): unknown =>
    build.whileLoop(
      () => condition,
      () => states,
      [x],
    );
  expect(loop(x, [x])).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: [whileLoop] the condition must return a bool scalar. Received: float32[].]`,
  );
  expect(loop(isPositive(x), [])).toThrowErrorMatchingInlineSnapshot(
    `[ValueError: [whileLoop] a step must return states of the types that it receives, float32[]. Received: .]`,
  );
  expect(() => build.whileLoop(() => x, () => [], [])).toThrowErrorMatchingInlineSnapshot(`[ValueError: [whileLoop] there must be at least one state. Received: none.]`); // prettier-ignore
});

test('the verifier refuses a branch that reads a variable', () => {
  const x = scalar('x');
  const body = new Body([], [build.toValue(new Variable(tensor(1), { name: 'v' }))]);
  const outputs = createNode('cond', [isPositive(x)], { whenTrue: body, whenFalse: new Body([], [constant(1)]) });
  expect(() => verify(graphOf([x], outputs), 'tracing')).toThrowErrorMatchingInlineSnapshot(
    `[InternalError: internal: after tracing, cond of no layer: its body contains a variable. Please report this.]`,
  );
});
