import { expect, test } from 'vitest';
import { input } from '../../../../src/compiler/graph/leaves.ts';
import { createNode } from '../../../../src/compiler/graph/node.ts';
import type { Value } from '../../../../src/compiler/ir/value.ts';
import { fitsHalfPrecision, toHalfPrecision } from '../../../../src/compiler/lowering/half-precision.ts';
import { DataType, type OnnxGraph, type OnnxNode, onnxTensor } from '../../../../src/compiler/onnx/index.ts';
import { tensor } from '../../../../src/core/tensor.ts';

const float = (...shape: number[]): Value => input('x', shape, 'float32');
const product = (terms: number): Value =>
  createNode('matmul', [float(2, terms), float(terms, 3)], { transposeA: false, transposeB: false })[0];
const kernelGradient = (batch: number): Value =>
  createNode('convKernelGradient', [float(batch, 3, 10, 10), float(batch, 4, 8, 8)], {
    kernelShape: [4, 3, 3, 3],
    strides: [1, 1],
    dilations: [1, 1],
    padding: [
      [0, 0],
      [0, 0],
    ],
    groups: 1,
  })[0];

test('a product fits half precision if it adds at most 1,024 terms', () => {
  expect(fitsHalfPrecision(product(1024).node)).toBe(true);
  expect(fitsHalfPrecision(product(1025).node)).toBe(false);
});

test("a kernel's gradient fits half precision if samples and positions are at most 1,024", () => {
  expect(fitsHalfPrecision(kernelGradient(16).node)).toBe(true);
  expect(fitsHalfPrecision(kernelGradient(17).node)).toBe(false);
});

test('reductions do not fit half precision', () => {
  const [sum] = createNode('reduceSum', [float(2, 3)], { axes: [1], keepDims: false });
  expect(fitsHalfPrecision(sum.node)).toBe(false);
  expect(fitsHalfPrecision(createNode('relu', [sum], {})[0].node)).toBe(true);
});

const node = (name: string, opType: string, inputs: readonly string[]): OnnxNode => ({
  ...{ name, opType, domain: '', inputs, outputs: [name], attributes: {} },
});

const graph = (nodes: readonly OnnxNode[]): OnnxGraph => ({
  name: 'graph',
  nodes,
  initializers: [onnxTensor('shape', tensor([4])), onnxTensor('small', tensor(1e-7))],
  inputs: [{ name: 'x', dataType: DataType.FLOAT, dims: [2, 2] }],
  outputs: [{ name: nodes.at(-1)?.name ?? '', dataType: DataType.FLOAT, dims: [2, 2] }],
});

const written = (nodes: readonly OnnxNode[], halves: readonly string[]): readonly string[] =>
  toHalfPrecision(graph(nodes), new Set(halves)).nodes.map(
    ({ opType, inputs, outputs }) => `${outputs.join()} = ${opType}(${inputs.join()})`,
  );

test('values are converted once, and not between nodes in half precision', () => {
  const nodes = [node('a', 'Relu', ['x']), node('b', 'Mul', ['a', 'x']), node('c', 'Add', ['b', 'a'])];
  expect(written(nodes, ['a', 'b', 'c'])).toEqual([
    'x.float16 = Cast(x)',
    'a.float16 = Relu(x.float16)',
    'b.float16 = Mul(a.float16,x.float16)',
    'c.float16 = Add(b.float16,a.float16)',
    'c = Cast(c.float16)',
  ]);
});

test('other layers read the results of half precision in float32', () => {
  const nodes = [node('a', 'Relu', ['x']), node('b', 'Transpose', ['a']), node('c', 'Exp', ['b'])];
  expect(written(nodes, ['a', 'c'])).toEqual([
    'x.float16 = Cast(x)',
    'a.float16 = Relu(x.float16)',
    'b.float16 = Transpose(a.float16)',
    'b = Cast(b.float16)',
    'c = Exp(b)',
  ]);
});

test('what moves values of float32 is not rounded, though they are rounded for others', () => {
  const nodes = [node('a', 'Relu', ['x']), node('b', 'Transpose', ['x']), node('c', 'Div', ['b', 'a'])];
  expect(written(nodes, ['a'])).toContain('b = Transpose(x)');
  expect(written([node('a', 'Expand', ['small', 'shape'])], [])).toEqual(['a = Expand(small,shape)']);
});

test('the nodes that legalization put in the place of a node are in half precision, too', () => {
  expect(written([node('a_1.Neg0', 'Neg', ['x']), node('a_1', 'Relu', ['a_1.Neg0'])], ['a_1'])).toContain(
    'a_1.Neg0.float16 = Neg(x.float16)',
  );
});
