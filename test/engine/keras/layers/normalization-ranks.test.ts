import { Input, type Tensor, layers, tensor } from 'evenkeel';
import { expect, test } from 'vitest';
import { expectClose } from '../../../support/close.ts';

const arange = (...shape: number[]): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((size, each) => size * each, 1) }, (_, i) => i),
    shape,
  );

test('Normalization that was built for rank 3 normalizes inputs of rank 4 along the last axes, as in Keras', async () => {
  const layer = new layers.Normalization();
  layer.build([null, 4, 3]);
  await layer.adapt(arange(2, 4, 3));
  const y = await layer.apply(arange(2, 1, 4, 3));
  expect(y.shape).toEqual([2, 1, 4, 3]);
  const steps = [-1.5275252, -1.0910894, -0.6546537, -0.2182178, 0.2182178, 0.6546537, 1.0910894, 1.5275252];
  expectClose(
    y.data,
    steps.flatMap((each) => [each, each, each]),
    { rtol: 1e-5 },
  );
  expect(layer.apply(Input({ shape: [1, 4, 3] })).shape).toEqual([null, 1, 4, 3]);
});

test('Normalization with known statistics normalizes inputs of another rank', async () => {
  const layer = new layers.Normalization({ mean: [1, 2, 3], variance: [1, 2, 4] });
  layer.build([null, 4, 3]);
  const y = await layer.apply(arange(1, 1, 2, 3));
  // Keras: [[-1, -0.70710677, -0.5], [2, 1.4142135, 1]]
  expectClose(y.data, [-1, -0.70710677, -0.5, 2, 1.4142135, 1], { rtol: 1e-5 });
});

test('Normalization along several axes and without axes accepts other ranks', async () => {
  const several = new layers.Normalization({ axis: [1, 2] });
  several.build([null, 2, 3]);
  await several.adapt(arange(2, 2, 3));
  // Keras: -1 for the first 12 numbers, in pairs of rows.
  expectClose((await several.apply(arange(1, 2, 2, 3))).data, [-1, -1, -1, -1, -1, -1, 1, 1, 1, 1, 1, 1], {
    rtol: 1e-5,
  });
  const whole = new layers.Normalization({ axis: null });
  await whole.adapt(arange(2, 4, 3));
  expectClose((await whole.apply([[0]])).data, [-1.6613247], { rtol: 1e-5 });
});

test('Normalization refuses inputs whose kept axes have another size', async () => {
  const layer = new layers.Normalization({ name: 'n' });
  layer.build([null, 4, 3]);
  await expect(layer.apply(arange(2, 4))).rejects.toThrow(
    '[Normalization n] expected axis -1 of the input to have size 3. Received: input of shape [2, 4].',
  );
  const middle = new layers.Normalization({ axis: 1, name: 'm' });
  middle.build([null, 4, 3]);
  await expect(middle.apply(arange(3))).rejects.toThrow('[Normalization m] expected an input of rank 2 or more.');
});
