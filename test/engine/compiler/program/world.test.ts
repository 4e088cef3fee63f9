import { describe, expect, test } from 'vitest';
import { jit, valueAndGrad } from '../../../../src/compiler/program/index.ts';
import { tensor } from '../../../../src/core/tensor.ts';
import { Variable } from '../../../../src/compiler/ir/variable.ts';
import * as ops from '../../../../src/keras/ops/index.ts';
import { inWorld } from '../../../support/fake-world.ts';

describe('in a world of several processes', () => {
  test('jit adds the arrays of all of them', async () => {
    const results = await inWorld(3, (rank) => jit((x) => ops.add(ops.allReduce(ops.square(x)), x))([rank, 2]));
    expect(results.map(({ data }) => [...data])).toEqual([[5, 14], [6, 14], [7, 14]]); // prettier-ignore
  });

  test('valueAndGrad differentiates the sum of their losses', async () => {
    const results = await inWorld(2, async (rank) => {
      const w = new Variable(tensor([2]), { name: 'w', path: 'w', trainable: true });
      const f = valueAndGrad((x) => ops.square(ops.allReduce(ops.sum(ops.multiply(w, x)))), { variables: [w] });
      const { value, variableGradients } = await f([rank + 1]);
      return [value.item(), variableGradients[0]?.item()];
    });
    // y = 2 · (1 + 2), and the loss of each is y²: dL/dw of both is 2 · 2y · x.
    expect(results).toEqual([[36, 24], [36, 48]]); // prettier-ignore
  });

  test('a function that has run in a world of one is compiled again', async () => {
    const functions = [0, 1].map(() => jit((x) => ops.allReduce(x)));
    for (const f of functions) expect([...(await f([1, 2])).data]).toEqual([1, 2]);
    const results = await inWorld(2, (rank) => functions[rank]!([1, 2]));
    expect(results.map(({ data }) => [...data])).toEqual([[2, 4], [2, 4]]); // prettier-ignore
  });
});
