import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gradients } from '../../../../src/compiler/autodiff/index.ts';
import { type Graph, nodesOf } from '../../../../src/compiler/graph/graph.ts';
import { input } from '../../../../src/compiler/graph/leaves.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { Tensor } from '../../../../src/core/tensor.ts';
import { concatenatePads } from '../../../../src/compiler/passes/pads-to-concatenation.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import * as ops from '../../../../src/keras/ops/index.ts';
import { lcg } from '../../../support/lcg.ts';

const primitivesOf = (graph: Graph): readonly string[] =>
  nodesOf(graph).map(({ primitive }) => primitive).filter((name) => name !== 'input'); // prettier-ignore

const graphOf = (inputs: readonly Value[], output: Value): Graph => ({ inputs, outputs: [output], updates: [] });

/** A value between zeros along the last axis. */
const padded = (x: Value, before: number, after: number): Value => ops.pad(x, [[0, 0], [before, after]]); // prettier-ignore

function expectSame(graph: Graph, rewritten: Graph): void {
  const feeds = graph.inputs.map(
    ({ knownShape }, i) => new Tensor(Float64Array.from(lcg(knownShape, i + 1)), knownShape),
  );
  const results = (each: Graph) => evaluate(each, feeds, { precise: true }).outputs.map((output) => output.toArray());
  expect(results(rewritten)).toEqual(results(graph));
}

test('the gradient of a value that was split is one concatenation', () => {
  const x = input('x', [2, 8], 'float64');
  const [a, b, c, d] = ops.split(x, 4, { axis: -1 }) as [Value, Value, Value, Value];
  const y = ops.sum(ops.add(ops.multiply(ops.tanh(a), b), ops.multiply(ops.sin(c), ops.square(d))));
  const graph = graphOf([x], gradients(y, [x])[0]!);
  const rewritten = concatenatePads(graph);
  expect(primitivesOf(graph).filter((name) => name === 'pad')).toHaveLength(4);
  expect(primitivesOf(rewritten).filter((name) => name === 'concatenate')).toHaveLength(1);
  expect(primitivesOf(rewritten)).not.toContain('pad');
  expectSame(graph, rewritten);
});

test('pads of adjacent parts are concatenated in any order, and padded where they do not reach the ends', () => {
  const cases = fc.record({
    sizes: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 5 }),
    before: fc.integer({ min: 0, max: 2 }),
    after: fc.integer({ min: 0, max: 2 }),
    order: fc.array(fc.nat(), { minLength: 5, maxLength: 5 }),
  });
  fc.assert(
    fc.property(cases, ({ sizes, before, after, order }) => {
      const inputs = sizes.map((size, i) => input(`x${i}`, [2, size], 'float64'));
      const size = before + sizes.reduce((sum, each) => sum + each, 0) + after;
      let start = before;
      const terms = inputs.map((x, i) => {
        const [at, length] = [start, sizes[i]!];
        start += length;
        return padded(x, at, size - at - length);
      });
      const shuffled = terms
        .map((term, i) => [order[i]!, term] as const)
        .sort((a, b) => a[0] - b[0])
        .map(([, term]) => term);
      const sum = shuffled.reduce((total, term) => ops.add(total, term));
      const rewritten = concatenatePads(graphOf(inputs, sum));
      const pad = before + after > 0 ? ['pad'] : [];
      expect(rewritten.outputs[0]!.node.primitive).toBe(pad[0] ?? 'concatenate');
      expect(primitivesOf(rewritten).filter((name) => name === 'concatenate' || name === 'pad')).toEqual(['concatenate', ...pad]); // prettier-ignore
      expectSame(graphOf(inputs, sum), rewritten);
    }),
    { numRuns: 60 },
  );
});

test('pads that overlap, leave a gap, or are along several axes are added', () => {
  const [x, y] = [input('x', [2, 2], 'float64'), input('y', [2, 2], 'float64')];
  const row = input('row', [1, 2], 'float64');
  for (const sum of [
    ops.add(padded(x, 0, 1), padded(y, 1, 0)),
    ops.add(padded(x, 0, 3), padded(y, 3, 0)),
    ops.add(padded(x, 0, 2), ops.pad(y, [[0, 0], [2, 0]], { constantValues: 1 })), // prettier-ignore
    ops.add(padded(x, 0, 2), ops.pad(row, [[0, 1], [2, 0]])), // prettier-ignore
    ops.add(padded(x, 0, 2), padded(row, 2, 0)),
    ops.add(padded(x, 0, 2), ops.tile(y, [1, 2])),
  ]) {
    const graph = graphOf([x, y, row], sum);
    const rewritten = concatenatePads(graph);
    expect(rewritten.outputs[0]).toBe(sum);
  }
});
