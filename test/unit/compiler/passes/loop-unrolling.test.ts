import { describe, expect, test } from 'vitest';
import { gradients } from '../../../../src/compiler/autodiff/index.ts';
import { cond, scan, whileLoop } from '../../../../src/compiler/builder/index.ts';
import { type Graph, labelScope, nodesOf } from '../../../../src/compiler/graph/graph.ts';
import { input } from '../../../../src/compiler/graph/leaves.ts';
import { createNode } from '../../../../src/compiler/graph/node.ts';
import { verify } from '../../../../src/compiler/graph/verify.ts';
import type { PrimitiveName } from '../../../../src/compiler/ir/primitives.ts';
import type { PrimitiveAttributes, Value } from '../../../../src/compiler/ir/value.ts';
import { unrollLoops } from '../../../../src/compiler/passes/index.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import * as ops from '../../../../src/keras/ops/index.ts';
import { Tensor } from '../../../../src/core/tensor.ts';
import { expectClose } from '../../../support/close.ts';
import { lcg } from '../../../support/lcg.ts';
import { controlCases } from '../../../support/primitives/control.ts';

const CONTROL: readonly PrimitiveName[] = ['scan', 'cond', 'whileLoop'];

/** Unrolls a graph, and checks that it is what it was, without loops. */
function expectSame(graph: Graph, feeds: readonly Tensor[]): Graph {
  const made = unrollLoops(graph);
  verify(made, 'loop unrolling');
  expect(nodesOf(made).filter(({ primitive }) => CONTROL.includes(primitive))).toEqual([]);
  const [before, after] = [evaluate(graph, feeds).outputs, evaluate(made, feeds).outputs];
  for (const [i, { data, shape, dtype }] of before.entries()) {
    expect([after[i]!.shape, after[i]!.dtype]).toEqual([shape, dtype]);
    expectClose(after[i]!.data, data, { rtol: 1e-12 });
  }
  return made;
}

const numbers = ({ knownShape }: Value, seed: number): Tensor =>
  new Tensor(Float64Array.from(lcg(knownShape, seed)), knownShape);

describe('unrolled', () => {
  for (const [primitive, cases] of Object.entries(controlCases)) {
    for (const { about, attributes, inputs: feeds } of cases) {
      if ('limit' in attributes && attributes.limit === null) continue;
      test(`a ${primitive} ${about}`, () => {
        const inputs = feeds.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype));
        const name = primitive as PrimitiveName;
        const outputs = createNode(name, inputs, attributes as unknown as PrimitiveAttributes[PrimitiveName]);
        expectSame({ inputs, outputs, updates: [] }, feeds);
      });
    }
  }

  test('loops in a loop, and their gradients', () => {
    const x = input('x', [3, 4, 2], 'float64');
    const { states } = scan(
      ([outer = x], [row = x]) => {
        const inner = scan(
          ([s = x], [each = x]) => ({ states: [ops.tanh(ops.add(s, each))], outputs: [s] }),
          [outer],
          [row],
        );
        const [scaled = outer] = cond(
          ops.greater(ops.sum(outer), 0),
          () => [ops.multiply(inner.states[0]!, 2)],
          () => [ops.sin(inner.states[0]!)],
        );
        const [power = scaled] = whileLoop(([s = x]) => ops.less(ops.sum(s), 3), ([s = x]) => [ops.add(s, 1)], [scaled], { limit: 3 }); // prettier-ignore
        return { states: [power], outputs: [] };
      },
      [ops.zeros([2], { dtype: 'float64' })],
      [x],
    );
    const loss = ops.sum(states[0]!);
    const [gradient] = gradients(loss, [x]);
    expectSame({ inputs: [x], outputs: [loss, gradient!], updates: [] }, [numbers(x, 3)]);
  });

  test('two loops of which one reads the rows of the other do not stack them', () => {
    const x = input('x', [3, 2], 'float64');
    const first = scan(([s = x], [row = x]) => ({ states: [ops.add(s, row)], outputs: [ops.add(s, row)] }), [ops.zerosLike(ops.take(x, 0, { axis: 0 }))], [x]); // prettier-ignore
    const second = scan(([s = x], [row = x]) => ({ states: [ops.multiply(ops.add(s, 1), row)], outputs: [] }), [first.states[0]!], [first.outputs[0]!], { reverse: true }); // prettier-ignore
    const made = expectSame({ inputs: [x], outputs: second.states, updates: [] }, [numbers(x, 5)]);
    expect(nodesOf(made).some(({ primitive }) => primitive === 'concatenate')).toBe(false);
  });
});

describe('refused, by the name of the layer and what to do, is', () => {
  test('a loop without a limit', () => {
    const x = input('x', [], 'float32');
    const outputs = whileLoop(([s = x]) => ops.less(s, 8), ([s = x]) => [ops.multiply(s, 2)], [x]); // prettier-ignore
    labelScope(outputs, [x], 'doubling');
    expect(() => unrollLoops({ inputs: [x], outputs, updates: [] })).toThrowErrorMatchingInlineSnapshot(
      `[NotImplementedError: [lowering] the webgpu engine has no loops: their rounds are written one after another, in at most 6000 operations. Received: a whileLoop without a limit (in doubling). Set maximumIterations, or choose another engine: setEngine('auto').]`,
    );
  });

  test('a loop of too many operations', () => {
    const x = input('x', [9000, 2], 'float32');
    const { states } = scan(([s = x], [row = x]) => ({ states: [ops.tanh(ops.add(s, row))], outputs: [] }), [ops.zeros([2])], [x]); // prettier-ignore
    labelScope(states, [x], 'rnn');
    expect(() => unrollLoops({ inputs: [x], outputs: states, updates: [] })).toThrowErrorMatchingInlineSnapshot(
      `[NotImplementedError: [lowering] the webgpu engine has no loops: their rounds are written one after another, in at most 6000 operations. Received: 9000 steps of 2 operations (in rnn). Use shorter sequences, or choose another engine: setEngine('auto').]`,
    );
  });
});
