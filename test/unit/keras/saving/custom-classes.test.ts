import { describe, expect, test } from 'vitest';
import {
  Input,
  type Model,
  Sequential,
  initializers,
  layers,
  loadModel,
  losses,
  metrics,
  optimizers,
} from '../../../../src/index.ts';
import { readZip, writeZip } from '../../../../src/formats/zip/zip.ts';

class Doubled extends layers.Dense {
  static override className = 'Doubled';
}

class Stack extends Sequential {}

/** A class for the class `Doubled` of a file, with a name of its own, as minifiers give. */
class T extends layers.Dense {}

const model = (): Sequential =>
  new Sequential([Input({ shape: [2] }), new Doubled(2, { name: 'd', kernelInitializer: 'ones' })]);

const decode = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

/** A .keras file in which a text of the config is replaced. */
async function changed(given: Model, from: string, to: string): Promise<Uint8Array> {
  const members = readZip(await given.toBytes('keras'), 'test');
  const config = decode(members.get('config.json'));
  expect(config).toContain(from);
  return writeZip(new Map([...members, ['config.json', new TextEncoder().encode(config.replaceAll(from, to))]]));
}

describe('custom classes in files', () => {
  test('a class in customObjects may have another name than the class in the file', async () => {
    const saved = model();
    for (const format of ['keras', 'h5'] as const) {
      const read = await loadModel(await saved.toBytes(format), { customObjects: { Doubled: T } });
      expect(read.getLayer('d')).toBeInstanceOf(T);
      expect(read.getWeights()).toEqual(saved.getWeights());
      const again = await loadModel(await read.toBytes(format), { customObjects: { T } });
      expect(again.getWeights()).toEqual(saved.getWeights());
    }
  });

  test('a custom class with the name of a built-in one is refused by that name, or read with customObjects', async () => {
    const names = '"registered_name": "Doubled"';
    const bytes = await changed(model(), `"class_name": "Doubled"`, `"class_name": "Dense"`);
    await expect(loadModel(bytes)).rejects.toThrow(
      `[loadModel] config.json: [deserializeLayer] the module of a layer must be that of its class. Received: class_name="Dense" with module=null and registered_name="Doubled". Keras's own layers are in "keras.layers"; pass a custom class in customObjects, under the name "Doubled".`,
    );
    const same = await changed(model(), names, names);
    expect((await loadModel(same, { customObjects: { Doubled: T } })).getLayer('d')).toBeInstanceOf(T);
  });

  test('a custom model with the name of a built-in one is not opened as the built-in one', async () => {
    const inside = new Stack([Input({ shape: [2] }), new layers.Dense(2)]);
    const bytes = await changed(inside, `"class_name": "Stack"`, `"class_name": "Sequential"`);
    await expect(loadModel(bytes)).rejects.toThrow('unknown layer "Stack"');
    expect(await loadModel(bytes, { customObjects: { Stack } })).toBeInstanceOf(Stack);
  });

  test.each([
    ['loss', losses.get, 'MeanSquaredError'],
    ['metric', metrics.get, 'MeanSquaredError'],
    ['optimizer', optimizers.get, 'Adam'],
    ['initializer', initializers.get, 'Ones'],
  ] as const)('a custom %s with the name of a built-in one is not read as the built-in one', (kind, get, name) => {
    const config = { module: null, class_name: name, config: {}, registered_name: `mine>${name}` };
    expect(() => get(config as never)).toThrow(`unknown ${kind} "mine>${name}".`);
    expect(get({ ...config, registered_name: null }).constructor.name).toBe(name);
  });
});
