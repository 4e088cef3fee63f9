import { Input, Sequential, tensor } from 'evenkeel';
import { NonNeg } from 'evenkeel/constraints';
import { Dense, type Layer } from 'evenkeel/layers';
import { L2 } from 'evenkeel/regularizers';
import { expect, test } from 'vitest';

const odd = [
  ...[undefined, null, true, 0, 3, -1, 1.5, NaN, Infinity, 10n, '', 'x', Symbol('s'), () => 1],
  ...[[], [1.5], [[1]], ['x'], [null], {}, new Map(), new Date(0), new Uint8Array(3), tensor([1, 2, 3])],
];

const methods = [
  ...['addWeight', 'build', 'computeOutputShape', 'setWeights', 'apply'],
  ...['add', 'compile', 'compileFromConfig', 'getLayer'],
];

type Method = (...args: readonly unknown[]) => unknown;

test.each(methods)(
  '%s of a model accepts odd arguments, or refuses them by an error that names the model and changes no weight',
  async (name) => {
    for (const argument of odd) {
      const model = new Sequential([Input({ shape: [2] }), new Dense(1)], { name: 'm' });
      const before = model.getWeights().map((weight) => weight.toArray());
      try {
        // The result of `apply` needs an engine only if the argument is accepted.
        await (model as unknown as Readonly<Record<string, Method>>)[name]!.call(model, argument);
      } catch (error) {
        expect((error as Error).message).toMatch(/^\[/);
        expect(model.getWeights().map((weight) => weight.toArray())).toEqual(before);
      }
    }
  },
);

test('a weight without a name, a shape and an initializer is a random number, as in Keras', () => {
  const layer = new Dense(1, { name: 'd' }) as unknown as Omit<Layer, 'addWeight'> & { readonly addWeight: Method };
  layer.build([null, 3]);
  layer.addWeight();
  layer.addWeight({ shape: [30, 20] });
  layer.addWeight({ dtype: 'int32', shape: [2], regularizer: 'l2', constraint: 'non_neg' });
  const [, , single, matrix, integers] = layer.weights;
  expect([single, matrix, integers].map((each) => each!.path)).toEqual(['d/variable', 'd/variable_1', 'd/variable_2']);
  expect(single!.shape).toEqual([]);
  const limit = Math.sqrt(6 / 50);
  const values = [...matrix!.value.data].map(Math.abs);
  expect(Math.max(...values)).toBeLessThanOrEqual(limit);
  expect(Math.max(...values)).toBeGreaterThan(limit / 2);
  expect(integers!.value.toArray()).toEqual([0, 0]);
  expect(layer.weightRegularizers.get(integers!)).toBeInstanceOf(L2);
  expect(layer.weightConstraints.get(integers!)).toBeInstanceOf(NonNeg);
});
