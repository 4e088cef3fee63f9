import { describe, expect, test } from 'vitest';
import { tensor } from '../../../../src/core/tensor.ts';
import { type Graph, labelScope, topologicalOrder, variablesOf } from '../../../../src/compiler/graph/graph.ts';
import { graphKey } from '../../../../src/compiler/graph/hash.ts';
import { constant, initialState, input, randomUniform } from '../../../../src/compiler/graph/leaves.ts';
import { createNode } from '../../../../src/compiler/graph/node.ts';
import { nameValues, printGraph } from '../../../../src/compiler/graph/print.ts';
import { rewriteGraph } from '../../../../src/compiler/graph/rewrite.ts';
import { type Node, Value, isNode } from '../../../../src/compiler/ir/value.ts';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import { verify } from '../../../../src/compiler/graph/verify.ts';
import * as ops from '../../../../src/keras/ops/index.ts';

const graphOf = (inputs: readonly Value[], ...outputs: readonly Value[]): Graph => ({ inputs, outputs, updates: [] });

/** A dense layer that counts its calls. */
function dense(name = 'x', path = 'dense', bias = 0.5): Graph {
  const x = input(name, [2, 3], 'float32');
  const kernel = new Variable(tensor(new Float32Array(12), [3, 4]), { name: 'kernel', path: `${path}/kernel` });
  const count = new Variable(tensor([0], undefined, 'int32'), { name: 'count', path: `${path}/count` });
  const y = ops.add(ops.matmul(x, kernel), bias);
  labelScope([y], [x], path);
  return { inputs: [x], outputs: [y], updates: [{ variable: count, value: ops.add(count, 1) }] };
}

describe('printGraph', () => {
  test('writes one line per node, with types, attributes and scopes', () => {
    expect(printGraph(dense())).toMatchInlineSnapshot(`
      "%0: float32[2, 3] = input() {name: x, shape: [2, 3], dtype: float32}
      %1: float32[3, 4] = variable() {variable: dense/kernel}
      %2: float32[2, 4] = matmul(%0, %1) {transposeA: false, transposeB: false}  # dense
      %3: float32[] = constant() {tensor: [0.5]}
      %4: float32[2, 4] = add(%2, %3)  # dense
      %5: int32[1] = variable() {variable: dense/count}
      %6: int32[] = constant() {tensor: [1]}
      %7: int32[1] = add(%5, %6)
      return %4
      dense/count ← %7"
    `);
  });

  test('names every result of a node, shortens constants and hides random streams', () => {
    const x = input('x', [4, 2], 'float32');
    const [mean, variance] = ops.moments(x, 0);
    const noise = randomUniform(1, [2], 'float32');
    const text = printGraph(graphOf([x], ops.add(mean, noise), ops.add(variance, constant([1, 2]))));
    expect(`${text}\n${printGraph(graphOf([], constant(new Float32Array(9))))}`).toMatchInlineSnapshot(`
      "%0: float32[4, 2] = input() {name: x, shape: [4, 2], dtype: float32}
      %1: float32[1, 2], %2: float32[1, 2] = moments(%0) {axes: [0], centered: false}
      %3: float32[2] = reshape(%1) {shape: [2]}
      %4: float32[2] = randomUniform() {stream: stream, shape: [2], dtype: float32}
      %5: float32[2] = add(%3, %4)
      %6: float32[2] = reshape(%2) {shape: [2]}
      %7: float32[2] = constant() {tensor: [1, 2]}
      %8: float32[2] = add(%6, %7)
      return %5, %8
      %0: float32[9] = constant() {tensor: [0, 0, 0, 0, 0, 0, …]}
      return %0"
    `);
  });

  test('assigns names that depend only on the order of the nodes', () => {
    const graph = dense();
    expect([...nameValues(graph).values()]).toEqual(['%0', '%1', '%2', '%3', '%4', '%5', '%6', '%7']);
  });
});

describe('graphKey', () => {
  test('does not depend on names, paths or scopes', () => {
    expect(graphKey(dense('a', 'first'))).toBe(graphKey(dense('b', 'second')));
  });

  test('distinguishes constants, to the last bit and the sign of zero', () => {
    expect(graphKey(dense('x', 'dense', 0.5))).not.toBe(graphKey(dense('x', 'dense', 0.25)));
    const key = (...values: number[]) => graphKey(graphOf([], constant(values, 'float64')));
    expect(key(0.1)).not.toBe(key(0.1 + 2 ** -56));
    expect(key(0, 1)).not.toBe(key(-0, 1));
    expect(key(0)).not.toBe(key(-0));
    expect(key(1, 1, 1)).not.toBe(key(1, 1));
    expect(graphKey(graphOf([], constant([1], 'float32')))).not.toBe(key(1));
  });

  test('distinguishes attributes, dtypes and operands', () => {
    const x = input('x', [2, 2], 'float32');
    const y = input('y', [2, 2], 'float32');
    const keys = [
      graphOf([x, y], ops.subtract(x, y)),
      graphOf([x, y], ops.subtract(y, x)),
      graphOf([x, y], ops.add(x, y)),
      graphOf([x, y], ops.sum(x, { axis: 0 })),
      graphOf([x, y], ops.sum(x, { axis: 1 })),
      graphOf([x, y], ops.sum(y, { axis: 1 })),
      graphOf([x, y], ops.softmax(x, { axis: 0 })),
      graphOf([x, y], ops.softmax(x, { axis: 1 })),
      graphOf([x, y], x, y),
      graphOf([x, y], y, x),
      graphOf([x], x),
      graphOf([x, y], x),
    ].map(graphKey);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('distinguishes the variable that is read from the one that is written', () => {
    const make = (): Variable => new Variable(tensor([1]), { name: 'v' });
    const [a, b] = [make(), make()];
    const value = ops.add(a, 1);
    const key = (variable: Variable) => graphKey({ inputs: [], outputs: [], updates: [{ variable, value }] });
    expect(key(a)).not.toBe(key(b));
  });
});

describe('verify', () => {
  const stage = 'a test';
  const wrong = (shape: readonly number[], dtype: 'float32' | 'int32'): Value => {
    const x = input('x', [2], 'float32');
    const outputs: Value[] = [];
    const node: Node<'negate'> = {
      primitive: 'negate',
      inputs: [x],
      attributes: {},
      outputs,
      serial: 0,
      isHalf: false,
      scope: 'activation',
    };
    outputs.push(new Value(node, 0, { shape, dtype }));
    return outputs[0]!;
  };
  const check = (value: Value): void => verify(graphOf(value.node.inputs, value), stage);

  test('accepts graphs made by ops', () => {
    expect(() => verify(dense(), stage)).not.toThrow();
  });
  test('throws if a shape or dtype differs from the inferred one', () => {
    expect(() => check(wrong([3], 'float32'))).toThrowErrorMatchingInlineSnapshot(
      `[InternalError: internal: after a test, negate of activation: output 0 should be float32[2], is float32[3]. Please report this.]`,
    );
    expect(() => check(wrong([2], 'int32'))).toThrowErrorMatchingInlineSnapshot(
      `[InternalError: internal: after a test, negate of activation: output 0 should be float32[2], is int32[2]. Please report this.]`,
    );
  });
  test('throws if a result is missing', () => {
    const value = wrong([2], 'float32');
    const node: Node = { ...value.node, outputs: [] };
    expect(() => check(new Value(node, 0, value))).toThrowErrorMatchingInlineSnapshot(
      `[InternalError: internal: after a test, negate of activation: the number of outputs has changed. Please report this.]`,
    );
  });
  test('throws if an input is used but not fed', () => {
    const x = input('x', [2], 'float32');
    expect(() => verify(graphOf([], ops.negative(x)), stage)).toThrowErrorMatchingInlineSnapshot(
      `[InternalError: internal: after a test, input of no layer: the input "x" is used but not fed. Please report this.]`,
    );
  });
  test('throws if two inputs have the same name', () => {
    const [a, b] = [input('x', [], 'float32'), input('x', [], 'float32')];
    expect(() => verify(graphOf([a, b], ops.add(a, b)), stage)).toThrowErrorMatchingInlineSnapshot(
      `[InternalError: internal: after a test: two inputs share a name among x, x. Please report this.]`,
    );
  });
  test('throws if new state does not match its variable', () => {
    const variable = new Variable(tensor([1, 2]), { name: 'v', path: 'layer/v' });
    const updates = [{ variable, value: constant([1]) }];
    expect(() => verify({ inputs: [], outputs: [], updates }, stage)).toThrowErrorMatchingInlineSnapshot(
      `[InternalError: internal: after a test: the new state of layer/v is float32[1], its variable float32[2]. Please report this.]`,
    );
  });
});

describe('nodesOf', () => {
  test('returns each node once, after its operands', () => {
    const x = input('x', [], 'float32');
    const square = ops.multiply(x, x);
    const y = ops.add(square, ops.exp(square));
    expect(topologicalOrder([y, x]).map((node) => node.primitive)).toEqual(['input', 'multiply', 'exp', 'add']);
  });

  test('and the other traversals do not overflow the stack on a chain of 20,000 nodes', () => {
    const x = input('x', [], 'float32');
    let y = x;
    for (let i = 0; i < 20_000; i++) y = createNode('negate', [y], {})[0];
    expect(topologicalOrder([y])).toHaveLength(20_001);
    labelScope([y], [x], 'deep');
    const graph = graphOf([x], y);
    verify(graph, 'a test');
    expect(graphKey(graph).length).toBeGreaterThan(20_000);
    expect(printGraph(graph).split('\n')).toHaveLength(20_002);
    expect(rewriteGraph(graph, (node, [operand]) => (isNode(node, 'negate') ? [operand!] : null)).outputs).toEqual([x]);
  });

  test('and variablesOf return variables in the order of their first use', () => {
    const names = ['a', 'b', 'c'].map((name) => new Variable(tensor([1]), { name }));
    const [a, b, c] = names;
    const graph: Graph = {
      inputs: [],
      outputs: [ops.add(b!, a!)],
      updates: [{ variable: c!, value: initialState(a!) }],
    };
    expect(variablesOf(graph).map((variable) => variable.name)).toEqual(['b', 'a', 'c']);
  });
});

describe('labelScope', () => {
  test('sets the scope of nodes without one, up to inner scopes and inputs', () => {
    const x = input('x', [2], 'float32');
    const before = ops.exp(x);
    const inner = ops.tanh(ops.negative(before));
    labelScope([inner], [before], 'inner');
    const y = ops.abs(ops.sin(inner));
    labelScope([y], [before], 'outer');
    const scopes = topologicalOrder([y]).map((node) => `${node.primitive}: ${node.scope ?? 'none'}`);
    expect(scopes).toEqual(['input: none', 'exp: none', 'negate: inner', 'tanh: inner', 'sin: outer', 'abs: outer']);
  });
});

describe('rewriteGraph', () => {
  test('replaces nodes, keeps scopes and shares unchanged nodes', () => {
    const x = input('x', [2], 'float32');
    const kept = ops.exp(x);
    const y = ops.add(kept, ops.negative(kept));
    labelScope([y], [x], 'layer');
    const variable = new Variable(tensor([0, 0]), { name: 'v' });
    const graph: Graph = { inputs: [x], outputs: [y, kept], updates: [{ variable, value: y }] };
    const rewritten = rewriteGraph(graph, (node, inputs) =>
      isNode(node, 'negate') ? createNode('abs', inputs, {}) : null,
    );
    expect(printGraph(rewritten)).toMatchInlineSnapshot(`
      "%0: float32[2] = input() {name: x, shape: [2], dtype: float32}
      %1: float32[2] = exp(%0)  # layer
      %2: float32[2] = abs(%1)  # layer
      %3: float32[2] = add(%1, %2)  # layer
      return %3, %1
      v ← %3"
    `);
    expect(rewritten.outputs[1]).toBe(kept);
    expect(rewritten.updates[0]!.value).toBe(rewritten.outputs[0]);
    expect(printGraph(graph)).toContain('negate');
  });

  test('returns the same values if nothing changes', () => {
    const graph = dense();
    expect(rewriteGraph(graph, () => null)).toEqual(graph);
    expect(rewriteGraph(graph, () => null).outputs[0]).toBe(graph.outputs[0]);
  });
});
