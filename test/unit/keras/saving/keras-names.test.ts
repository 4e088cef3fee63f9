import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NotImplementedError, initializers, layers, losses, metrics, optimizers } from '../../../../src/index.ts';
import { kerasNamesFile } from '../../../../scripts/keras-names.ts';

const nodeOf = (class_name: string, more: object = {}): object => ({ class_name, config: { name: 'x' }, ...more });

test('the names of what Keras exports are those of the inventory: npm run keras-names', () => {
  const written = readFileSync(new URL('../../../../src/keras/saving/keras-names.ts', import.meta.url), 'utf8');
  expect(written).toBe(kerasNamesFile());
});

test.each(['FlaxLayer', 'TorchModuleWrapper', 'TFOpLambda', 'ThresholdedReLU'])(
  'the error for the layer %s of Keras says that it is not supported yet',
  (name) => {
    const origin = name.startsWith('T') && name !== 'TorchModuleWrapper' ? 'tf.keras' : 'Keras';
    expect(() => layers.deserialize(nodeOf(name, { module: 'keras.layers' }))).toThrow(
      new NotImplementedError(
        `[deserializeLayer] the layer "${name}" of ${origin} is not supported yet. A custom one can replace it: pass it in customObjects under this name.`,
      ),
    );
  },
);

test('a name that neither Keras nor the package has leads to the nearest one', () => {
  expect(() => layers.deserialize(nodeOf('Dens', { module: 'keras.layers' }))).toThrow(
    '[deserializeLayer] unknown layer "Dens". Did you mean "Dense"? Pass a custom class in customObjects, under its name.',
  );
  expect(() => losses.get('mse2')).toThrow('[losses.get] unknown loss "mse2". Did you mean "mse"?');
});

test('the error for a built-in class in a module of another package names the module', () => {
  expect(() => layers.deserialize(nodeOf('Dense', { module: 'mine.layers' }))).toThrow(
    '[deserializeLayer] the module of a layer must be that of its class. Received: class_name="Dense" with module="mine.layers". Keras\'s own layers are in "keras.layers"; pass a custom class in customObjects, under the name "Dense".',
  );
});

test('the error for a class of Keras in another module says that it is not supported yet', () => {
  const missing = [
    () => optimizers.get({ class_name: 'Optimizer', config: {} }),
    () => metrics.get({ class_name: 'Metric', config: {} }),
    () => initializers.get({ class_name: 'Initializer', config: {} }),
  ];
  for (const make of missing) expect(make).toThrow(/ is not supported/);
});
