import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FlowNetwork } from '../../../../../src/compiler/lowering/layout/min-cut.ts';

test('a chain is cut at its cheapest edge', () => {
  const network = new FlowNetwork();
  const [a, b] = [network.addVertex(), network.addVertex()];
  network.addEdge(FlowNetwork.SOURCE, a, 3);
  network.addEdge(a, b, 1);
  network.addEdge(b, FlowNetwork.SINK, 2);
  expect(network.minCut()).toEqual([true, false, true, false]);
});

test('an edge of infinite capacity is never cut', () => {
  const network = new FlowNetwork();
  const [a, b] = [network.addVertex(), network.addVertex()];
  network.addEdge(FlowNetwork.SOURCE, a, 3);
  network.addEdge(a, b, Infinity);
  network.addEdge(b, FlowNetwork.SINK, 5);
  const sides = network.minCut();
  expect(sides[a]).toBe(sides[b]);
});

test('the cut has the smallest cost of all assignments of the vertices', () => {
  const edge = fc.tuple(fc.nat(5), fc.nat(5), fc.integer({ min: 0, max: 9 }));
  fc.assert(
    fc.property(fc.array(edge, { maxLength: 14 }), (edges) => {
      const network = new FlowNetwork();
      for (let i = 0; i < 4; i++) network.addVertex();
      for (const [from, to, capacity] of edges) network.addEdge(from, to, capacity);
      const cost = (isSource: (vertex: number) => boolean): number =>
        edges.reduce((sum, [from, to, capacity]) => sum + (isSource(from) && !isSource(to) ? capacity : 0), 0);
      const all = Array.from({ length: 16 }, (_, bits) =>
        cost((vertex) => vertex === 0 || (vertex > 1 && ((bits >> (vertex - 2)) & 1) === 1)),
      );
      const found = network.minCut();
      expect(cost((vertex) => found[vertex] === true)).toBe(Math.min(...all));
    }),
  );
});
