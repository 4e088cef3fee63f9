import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Input, Model, Sequential, layers, loadModel } from '../../../../src/index.ts';
import { readZip } from '../../../../src/formats/zip/zip.ts';

const pathOf = (file: string): string => fileURLToPath(new URL(`../../../golden/${file}`, import.meta.url));

/** The config in the .keras file of a model. */
async function configIn(model: Model): Promise<Record<string, unknown>> {
  const bytes = readZip(await model.toBytes('keras'), 'test').get('config.json');
  return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
}

/** The objects in a JSON tree. */
function objectsIn(tree: unknown): readonly Record<string, unknown>[] {
  if (typeof tree !== 'object' || tree === null) return [];
  const inside = Object.values(tree).flatMap(objectsIn);
  return 'class_name' in tree ? [tree, ...inside] : inside;
}

test.each(['files/tf-keras-2.9.h5', 'files/tf-keras-2.12.h5', 'files/images.h5', 'older-files/stack-2.13.keras'])(
  'the optimizer, losses and metrics of a converted file have the modules of Keras 3: %s',
  async (file) => {
    const { compile_config: config } = await configIn(await loadModel(pathOf(file)));
    const objects = objectsIn(config);
    expect(objects.length).toBeGreaterThan(0);
    for (const { module, class_name: name } of objects) {
      expect(module).toMatch(/^keras\.(losses|metrics|optimizers|optimizers\.schedules)$/);
      expect(name).toMatch(/^[A-Z]/);
    }
  },
);

/** The references to the inputs and outputs of the functional models in a config. */
const placesIn = (config: unknown): unknown =>
  objectsIn(config)
    .filter(({ class_name: name }) => name === 'Functional')
    .map(({ config: inside }) => {
      const { input_layers: inputs, output_layers: outputs } = inside as Record<string, unknown>;
      return [inputs, outputs];
    });

test('the single inputs and outputs of a model of Keras 2 are not written as lists, on which Keras 3 calls no layer', async () => {
  expect(placesIn(await configIn(await loadModel(pathOf('older-files/in-sequence.h5'))))).toEqual([
    [
      ['first_input', 0, 0],
      ['first_dense', 0, 0],
    ],
    [
      ['second_input', 0, 0],
      ['second_dense', 0, 0],
    ],
  ]);
});

test('the output of a model of a list of one output is written without the list', async () => {
  const x = Input({ shape: [3], name: 'x' });
  const inner = new Model({ inputs: [x], outputs: [new layers.Dense(3, { name: 'd' }).apply(x)], name: 'inner' });
  const model = new Sequential([Input({ shape: [3] }), inner, new layers.Dense(1)]);
  expect(placesIn(await configIn(model))).toEqual([[[['x', 0, 0]], ['d', 0, 0]]]);
});
