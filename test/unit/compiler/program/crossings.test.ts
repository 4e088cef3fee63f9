import { expect, test } from 'vitest';
import type { Graph } from '../../../../src/compiler/graph/graph.ts';
import { input } from '../../../../src/compiler/graph/leaves.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import type { Target } from '../../../../src/compiler/lowering/emit/target.ts';
import type { Crossings } from '../../../../src/compiler/lowering/layout/assign-layouts.ts';
import { findCrossings } from '../../../../src/compiler/program/crossings.ts';
import { lower } from '../../../../src/compiler/lowering/lower.ts';
import { eliminateCollectives, optimize } from '../../../../src/compiler/passes/index.ts';
import { crossingsOfSegment } from '../../../../src/compiler/program/segmented-program.ts';
import { cutAtCollectives } from '../../../../src/compiler/program/segments.ts';
import * as ops from '../../../../src/keras/ops/index.ts';

const TARGET: Target = { engine: 'node', blockedChannels: 16, hasConstantWeights: false };
const SHAPES = [
  [16, 8, 8, 32],
  [3, 3, 32, 32],
  [3, 3, 32, 32],
];

/** Two convolutions, and between them a normalization with a mean that is summed over processes; channels are last. */
function describeGraph(returned: (x: { centered: Value; y: Value }) => readonly Value[]): Graph {
  const inputs = SHAPES.map((shape, i) => input(`x${i}`, shape, 'float32'));
  const [x, first, second] = inputs;
  const centered = ops.conv(x!, first!, { padding: 'same' });
  const mean = ops.allReduce(ops.mean(centered, { axis: [0, 1, 2], keepdims: true }));
  const hidden = ops.relu(ops.subtract(centered, mean));
  const y = ops.conv(hidden, second!, { padding: 'same' });
  return optimize({ inputs, outputs: returned({ centered, y }), updates: [] });
}

const bordersOf = (graph: Graph, crossings?: Crossings): readonly string[] =>
  lower(graph, TARGET, crossings)
    .model.graph.nodes.map(({ opType }) => opType)
    .filter((name) => name === 'ReorderInput' || name === 'ReorderOutput');

test('images pass between the segments of a program in blocks, without a conversion', () => {
  const graph = describeGraph(({ y }) => [y]);
  const crossings = findCrossings(graph, TARGET);
  const segments = cutAtCollectives(graph);
  expect(segments).toHaveLength(2);
  const cut = segments.flatMap((segment) => bordersOf(segment.graph, crossingsOfSegment(segment, crossings)));
  const whole = bordersOf(optimize(eliminateCollectives(graph)));
  expect(cut.toSorted()).toEqual(whole.toSorted());
  const inputs = (names: readonly string[]): number => names.filter((name) => name === 'ReorderInput').length;
  expect(inputs(whole)).toBe(1);
  // Otherwise the result of the first convolution enters the blocks again.
  expect(inputs(segments.flatMap((segment) => bordersOf(segment.graph)))).toBe(2);
});

test('the model of a segment has images in the shape of their blocks', () => {
  const graph = describeGraph(({ y }) => [y]);
  const crossings = findCrossings(graph, TARGET);
  const [first, second] = cutAtCollectives(graph).map((segment) => {
    return lower(segment.graph, TARGET, crossingsOfSegment(segment, crossings)).model.graph;
  });
  const blocks = [16, 32, 8, 8];
  expect(first!.outputs.map(({ dims }) => dims)).toContainEqual(blocks);
  expect(second!.inputs.map(({ dims }) => dims)).toContainEqual(blocks);
});

test('results of a program, operands of sums and small values are in the plain layout', () => {
  const graph = describeGraph(({ centered, y }) => [y, centered]);
  expect(findCrossings(graph, TARGET).has(graph.outputs[1]!)).toBe(false);
  const [x, kernel] = [input('x', [16, 32, 8, 8], 'float32'), input('kernel', [3, 3, 32, 32], 'float32')];
  const images = ops.conv(x, kernel, { padding: 'same', dataFormat: 'channels_first' });
  const summed = optimize({ inputs: [x, kernel], outputs: [ops.allReduce(images)], updates: [] });
  expect(findCrossings(summed, TARGET).size).toBe(0);
  const [few, ten] = [input('few', [2, 32, 8, 8], 'float32'), input('ten', [16, 32, 8, 8], 'float32')];
  const sizes = [few, ten].map((each) => {
    const hidden = ops.relu(ops.conv(each, kernel, { padding: 'same', dataFormat: 'channels_first' }));
    return findCrossings(optimize({ inputs: [each, kernel], outputs: [ops.sum(hidden)], updates: [] }), TARGET).size;
  });
  expect(sizes[0]).toBe(0);
  expect(sizes[1]).toBeGreaterThan(0);
});

test('an engine without blocks has none', () => {
  expect(
    findCrossings(
      describeGraph(({ y }) => [y]),
      { ...TARGET, blockedChannels: 0 },
    ).size,
  ).toBe(0);
});
