import { describe, expect, test } from 'vitest';
import { Tensor } from '../../../../src/core/tensor.ts';
import { input } from '../../../../src/compiler/graph/leaves.ts';
import { findTarget } from '../../../../src/compiler/lowering/emit/target.ts';
import { Program } from '../../../../src/compiler/program/index.ts';
import { evaluate } from '../../../../src/compiler/reference/index.ts';
import { loadRuntime } from '../../../../src/compiler/runtime/index.ts';
import * as ops from '../../../../src/keras/ops/index.ts';
import { checkForms, operatorsOf } from '../../../support/forms.ts';

type Case = readonly [what: string, shape: readonly number[], axes: readonly number[]];

const cases: readonly Case[] = [
  ['a kernel of convolutions', [3, 3, 64, 48], [3, 2, 0, 1]],
  ['a kernel with its spatial axes last', [48, 64, 3, 3], [2, 3, 1, 0]],
  ['a matrix of 16 rows', [16, 900], [1, 0]],
  ['a list of matrices of 16 rows', [20, 16, 100], [0, 2, 1]],
  ['a list of matrices of 16 columns', [20, 100, 16], [0, 2, 1]],
  ['a list of matrices of 8 rows', [20, 8, 100], [0, 2, 1]],
  ['axes in reverse', [17, 18, 19], [2, 1, 0]],
  ['blocks of channels that change places', [3, 3, 4, 16, 2, 16], [2, 4, 0, 1, 5, 3]],
  ['axes of one element', [1, 5, 1, 7], [2, 3, 0, 1]],
];

describe('axes are exchanged as in the reference', () => {
  test.for(cases)('in %s', async ([, shape, axes]) => {
    await checkForms([shape], (x) => ops.transpose(x, { axes }));
  });

  test('of dtypes that the blocked layout does not have', async () => {
    const x = input('x', [20, 16, 50], 'int32');
    const graph = { inputs: [x], outputs: [ops.transpose(x, { axes: [0, 2, 1] })], updates: [] };
    const feeds = [
      new Tensor(
        Int32Array.from({ length: 16_000 }, (_, i) => i),
        x.knownShape,
      ),
    ];
    const [actual] = await new Program(graph).run(feeds);
    expect(actual).toEqual(evaluate(graph, feeds).outputs[0]);
  });

  test('twice, with another shape in between', async () => {
    const program = await checkForms([[6, 8, 4, 5]], (x) => {
      const blocks = ops.transpose(x, { axes: [1, 3, 0, 2] });
      return ops.transpose(ops.reshape(blocks, [40, 6, 2, 2]), { axes: [2, 0, 3, 1] });
    });
    const transposed = (await operatorsOf(program)).filter((operator) => /Transpose|Reorder/.test(operator));
    expect(transposed.length).toBeLessThanOrEqual(2);
  });

  test('twice, where the shapes have no common factors', async () => {
    await checkForms([[4, 6]], (x) => ops.transpose(ops.reshape(ops.transpose(x), [4, 6])));
  });

  test('of a value that is used before, too', async () => {
    await checkForms([[4, 6, 5]], (x) => {
      const once = ops.transpose(x, { axes: [2, 0, 1] });
      return ops.multiply(ops.transpose(ops.sin(once), { axes: [1, 2, 0] }), ops.transpose(once, { axes: [1, 2, 0] }));
    });
  });
});

describe('a transposition without a fast form of the engine', () => {
  test('is made in two steps', async () => {
    const program = await checkForms([[3, 3, 64, 48]], (x) => ops.transpose(x, { axes: [3, 2, 0, 1] }));
    const { engine } = await findTarget(await loadRuntime());
    if (engine !== 'webgpu') expect(await operatorsOf(program)).toContain('Flatten');
  });
});
