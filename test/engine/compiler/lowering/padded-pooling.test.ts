import { Input, Model, layers, tensor } from 'evenkeel';
import { describe, expect, test } from 'vitest';

/** The engine would merge zero padding into the pooling after it, where a maximum ignores padded elements. */
describe('pooling of zero-padded input', () => {
  const x = tensor([-1, -2, -3, -4], [1, 2, 2, 1]);

  test.each([
    ['MaxPooling2D', [0, 0, 0, 0]],
    ['AveragePooling2D', [-0.25, -0.5, -0.75, -1]],
  ] as const)('counts the zeros after a convolution: %s', async (name, expected) => {
    const image = Input({ shape: [2, 2, 1] });
    // Two channels: a single one needs no transposes, and the padding then has another form.
    const both = new layers.Conv2D(2, 1, { kernelInitializer: 'ones' }).apply(image);
    const padded = new layers.ZeroPadding2D({ padding: 1 }).apply(both);
    const model = new Model({ inputs: image, outputs: new layers[name]({ poolSize: 2 }).apply(padded) });
    const { data } = await model.predict(x, { verbose: 0 });
    expect([...data]).toEqual(expected.flatMap((value) => [value, value]));
  });
});
