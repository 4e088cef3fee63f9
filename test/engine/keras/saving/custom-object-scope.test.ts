import { Sequential, type Value, ops, utils } from 'evenkeel';
import { Dense } from 'evenkeel/layers';
import { expect, test } from 'vitest';

test('customObjectScope provides losses and metrics that the first batch resolves after the scope', async () => {
  const model = new Sequential([new Dense(1, { kernelInitializer: 'zeros' })]);
  const squares = (y: Value, p: Value): Value => ops.mean(ops.square(ops.subtract(y, p)), { axis: -1 });
  utils.customObjectScope({ squares }, () => {
    model.compile({ optimizer: 'sgd', loss: 'squares', metrics: ['squares'] });
  });
  expect(await model.evaluate([[1], [2]], [[1], [3]], { verbose: 0 })).toMatchObject({ loss: 5, squares: 5 });
  expect(() => {
    model.compile({ optimizer: 'sgd', loss: 'squares' });
  }).toThrow(TypeError);
});
