import { expect, test } from 'vitest';
import { Input, Lambda } from '../../../../../src/keras/layers/index.ts';
import { constant } from '../../../../../src/compiler/graph/leaves.ts';
import * as ops from '../../../../../src/keras/ops/index.ts';

test('a Lambda of a function of ops passes its arguments alone, as the options', () => {
  const x = constant([[1, 2], [3, 4]]); // prettier-ignore
  expect(new Lambda(ops.relu).apply(x).shape).toEqual([2, 2]);
  expect(new Lambda(ops.sum as never, { arguments: { axis: 1 } }).apply(x).shape).toEqual([2]);
  expect(new Lambda(ops.softmax as never).apply(Input({ shape: [3] })).shape).toEqual([null, 3]);
  expect(() => new Lambda(ops.sum as never, { arguments: { axes: 1 } }).apply(x)).toThrow(
    '[ops.sum] unknown option "axes". Did you mean "axis"?',
  );
});
