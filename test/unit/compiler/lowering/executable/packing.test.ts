import { expect, test } from 'vitest';
import { Tensor } from '../../../../../src/core/tensor.ts';
import { type DType, allocate } from '../../../../../src/core/dtype.ts';
import { sizeOf } from '../../../../../src/core/shape.ts';
import { add } from '../../../../../src/compiler/builder/index.ts';
import { constant, initialState } from '../../../../../src/compiler/graph/leaves.ts';
import { Variable } from '../../../../../src/compiler/ir/variable.ts';
import { executableOf, type Executable } from '../../../../../src/compiler/lowering/executable/executable.ts';
import { packSmallState } from '../../../../../src/compiler/lowering/executable/packing.ts';
import { lower } from '../../../../../src/compiler/lowering/lower.ts';

/** A program that increments variables of these shapes, packed. */
function counters(shapes: readonly (readonly number[])[], dtype: DType = 'float32'): Executable {
  const updates = shapes.map((shape, i) => {
    const variable = new Variable(new Tensor(allocate(dtype, sizeOf(shape)), shape, dtype), { name: `counter_${i}` });
    return { variable, value: add(initialState(variable), constant(1, dtype)) };
  });
  const target = { engine: 'node', blockedChannels: 0, hasConstantWeights: false } as const;
  return packSmallState(executableOf(lower({ inputs: [], outputs: [], updates }, target)));
}

const types = (infos: Executable['model']['graph']['inputs']): readonly unknown[] =>
  infos.map(({ name, dims }) => [name.replace(/_\d+$/, ''), dims]);

test('Small variables are one input and one output of the model, one after another', () => {
  const { model, variables, packedVariables, packedResults, updates } = counters([[2], [], [3, 4]]);
  expect(types(model.graph.inputs)).toEqual([['packed_variables_float32', [15]]]);
  expect(types(model.graph.outputs)).toEqual([['packed_results_float32', [15]]]);
  expect(variables).toEqual([]);
  const places = packedVariables[0]?.parts.map(({ variable, shape, offset }) => [variable.name, shape, offset]);
  expect(places).toEqual([['counter_0', [2], 0], ['counter_1', [], 2], ['counter_2', [3, 4], 3]]); // prettier-ignore
  const results = packedResults[0]?.parts.map(({ name, shape, offset }) => [name, shape, offset]);
  expect(results).toEqual(updates.map(({ name, variable }, i) => [name, variable.shape, [0, 2, 3][i]]));
  expect(model.graph.nodes.map(({ opType }) => opType)).toEqual([
    'Split',
    ...['Reshape', 'Reshape'],
    ...['Add', 'Add', 'Add'],
    ...['Reshape', 'Reshape'],
    'Concat',
  ]);
});

test('Large variables, and fewer than three small ones, remain inputs and outputs of their own', () => {
  const { model, variables, packedVariables, packedResults } = counters([[2], [100, 100], [3]]);
  expect(types(model.graph.inputs)).toEqual([['variable', [2]], ['variable', [100, 100]], ['variable', [3]]]); // prettier-ignore
  expect(variables).toHaveLength(3);
  expect([packedVariables, packedResults]).toEqual([[], []]);
});

test('Variables of bytes are not packed', () => {
  expect(counters([[2], [3], [4]], 'int32').packedVariables).toHaveLength(1);
  expect(counters([[2], [3], [4]], 'uint8').packedVariables).toHaveLength(0);
});

test('Results whose sizes are free are not packed', () => {
  const executable = counters([[2], [3], [4]]);
  const { graph } = executable.model;
  const outputs = ['a', 'b', 'c', 'd'].map((name) => ({ name, dataType: 1, dims: name === 'b' ? ['size_0'] : [1] }));
  const free = { ...executable, packedResults: [], model: { ...executable.model, graph: { ...graph, outputs } } };
  const { model, packedResults } = packSmallState(free);
  expect(types(model.graph.outputs)).toEqual([['b', ['size_0']], ['packed_results_float32', [3]]]); // prettier-ignore
  expect(packedResults[0]?.parts.map(({ name }) => name)).toEqual(['a', 'c', 'd']);
});
