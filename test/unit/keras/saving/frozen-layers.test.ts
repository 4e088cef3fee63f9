import { describe, expect, test } from 'vitest';
import { Input, type Model, Sequential, layers, tensor } from '../../../../src/index.ts';

/** A model with a model of two layers of equal shape in it, with weights of its own. */
function network(names: readonly [string, string], seed: number): Sequential {
  const inner = new Sequential(
    [Input({ shape: [2] }), ...names.map((name) => new layers.Dense(2, { name })), new layers.BatchNormalization()],
    { name: 'inner' },
  );
  const model = new Sequential([Input({ shape: [2] }), inner, new layers.Dense(1, { name: 'head' })]);
  model.weights.forEach((weight, i) => {
    const values = weight.value.data.map((_, k) => seed + 10 * i + k);
    weight.assign(tensor(Float32Array.from(values), weight.shape));
  });
  return model;
}

const inside = (model: Model): Sequential => model.getLayer('inner') as Sequential;
const kernels = (model: Model): unknown => inside(model).layers.map((layer) => layer.getWeights());

describe('weights of .h5 files into models with frozen layers', () => {
  test.each([
    ['of the same names', ['first', 'second'], ['first', 'second']],
    ['of names with other numbers', ['dense_9', 'dense_10'], ['dense', 'dense_1']],
  ] as const)('layers %s in a model have their own weights, whichever of them is frozen', async (_, before, after) => {
    for (const [frozenBefore, frozenAfter] of [
      [null, 0],
      [0, null],
      [0, 1],
    ] as const) {
      const saved = network(before, 1);
      if (frozenBefore !== null) inside(saved).layers[frozenBefore]!.trainable = false;
      const bytes = await saved.toBytes('h5');
      const model = network(after, 1000);
      if (frozenAfter !== null) inside(model).layers[frozenAfter]!.trainable = false;
      await model.loadWeights(bytes);
      expect(kernels(model)).toEqual(kernels(saved));
    }
  });

  test('layers of other names in a model have the weights in the order of the file, as in Keras', async () => {
    const saved = network(['first', 'second'], 1);
    const model = network(['left', 'right'], 1000);
    await model.loadWeights(await saved.toBytes('h5'));
    expect(kernels(model)).toEqual(kernels(saved));
  });
});
