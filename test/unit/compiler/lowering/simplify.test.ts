import { expect, test } from 'vitest';
import { simplifyGraph } from '../../../../src/compiler/lowering/simplify.ts';
import { integersOf } from '../../../../src/compiler/onnx/index.ts';
import { type OnnxGraph, type OnnxNode, type OnnxTensor, int64Tensor } from '../../../../src/compiler/onnx/index.ts';
import { onnxModel } from '../../../support/onnx-model.ts';

type Step = readonly [output: string, opType: string, inputs: readonly string[], attributes?: OnnxNode['attributes']];

const ALLOW_ZERO = { allowzero: { type: 'int', value: 1 } } as const;

/** A graph of the input x and lists of integers, which returns the value named y. */
function graphOf(steps: readonly Step[], lists: Readonly<Record<string, readonly number[]>> = {}): OnnxGraph {
  const nodes = steps.map(([output, opType, inputs, attributes = {}]) => {
    return { name: output, opType, inputs, outputs: [output], attributes };
  });
  const initializers = Object.entries(lists).map(([name, values]): OnnxTensor => int64Tensor(name, values));
  return onnxModel({ nodes, inputs: { x: [6] }, outputs: { y: [] }, initializers }).graph;
}

const written = ({ nodes }: OnnxGraph): readonly string[] =>
  nodes.map(({ opType, inputs, outputs }) => `${outputs.join(' ')} = ${opType}(${inputs.join(', ')})`);

test('simplifyGraph computes equal nodes once, and what is made of them', () => {
  const steps: readonly Step[] = [
    ['a', 'Neg', ['x']],
    ['b', 'Neg', ['x']],
    ['c', 'Exp', ['a']],
    ['d', 'Exp', ['b']],
    ['y', 'Add', ['c', 'd']],
  ];
  expect(written(simplifyGraph(graphOf(steps)))).toEqual(['a = Neg(x)', 'c = Exp(a)', 'y = Add(c, c)']);
});

test('simplifyGraph tells nodes with other attributes apart', () => {
  const axis = (value: number): OnnxNode['attributes'] => ({ axis: { type: 'int', value } });
  const steps: readonly Step[] = [
    ['a', 'Softmax', ['x'], axis(0)],
    ['b', 'Softmax', ['x'], axis(1)],
    ['y', 'Add', ['a', 'b']],
  ];
  expect(simplifyGraph(graphOf(steps)).nodes).toHaveLength(3);
});

test('simplifyGraph keeps a result that another node computes, since results have unique names', () => {
  const steps: readonly Step[] = [
    ['a', 'Neg', ['x']],
    ['y', 'Neg', ['x']],
    ['z', 'Exp', ['a']],
  ];
  const graph = graphOf(steps);
  const both = { ...graph, outputs: [...graph.outputs, { ...graph.outputs[0]!, name: 'z' }] };
  expect(written(simplifyGraph(both))).toEqual(['a = Neg(x)', 'y = Neg(x)', 'z = Exp(a)']);
});

test('simplifyGraph reshapes the operand of a reshape', () => {
  const steps: readonly Step[] = [
    ['a', 'Reshape', ['x', 'first'], ALLOW_ZERO],
    ['y', 'Reshape', ['a', 'second'], ALLOW_ZERO],
  ];
  const simplified = simplifyGraph(graphOf(steps, { first: [2, 3], second: [3, 2] }));
  expect(written(simplified)).toEqual(['y = Reshape(x, second)']);
  expect(simplified.initializers.map(({ name }) => name)).toEqual(['second']);
});

test('simplifyGraph keeps a reshape from which another one copies a size', () => {
  const steps: readonly Step[] = [
    ['a', 'Reshape', ['x', 'first']],
    ['y', 'Reshape', ['a', 'second']],
  ];
  const graph = graphOf(steps, { first: [2, 3], second: [0, 1, 3] });
  expect(written(simplifyGraph(graph))).toEqual(['a = Reshape(x, first)', 'y = Reshape(a, second)']);
});

test('simplifyGraph makes constants of reshaped constants', () => {
  const steps: readonly Step[] = [
    ['a', 'Reshape', ['values', 'shape'], ALLOW_ZERO],
    ['y', 'Add', ['x', 'a']],
  ];
  const simplified = simplifyGraph(graphOf(steps, { values: [1, 2, 3, 4], shape: [2, 2] }));
  expect(written(simplified)).toEqual(['y = Add(x, a)']);
  expect(simplified.initializers.map(({ name, dims }) => [name, dims])).toEqual([['a', [2, 2]]]);
  expect(integersOf(simplified.initializers[0])).toEqual([1, 2, 3, 4]);
});
