import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readZip } from '../../../../src/formats/zip/zip.ts';
import { type Model, loadModel } from '../../../../src/index.ts';

const golden = 'test/golden/files/adam.keras';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-folder-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);

/** Writes the members of an archive as files, as Keras does with zipped=False. */
async function unzip(path: string, target: string): Promise<void> {
  for (const [name, bytes] of readZip(readFileSync(path), path)) {
    mkdirSync(dirname(join(target, name)), { recursive: true });
    writeFileSync(join(target, name), bytes);
  }
}

const valuesOf = (model: Model): unknown =>
  [...model.weights, ...model.optimizer.variables].map(({ path, value }) => [path, value.data]);

test('save with zipped: false writes the members of a .keras file into a folder, which loadModel reads', async () => {
  const model = await loadModel(golden);
  await model.save(at('net'), { zipped: false });
  expect(readdirSync(at('net')).sort()).toEqual(['config.json', 'metadata.json', 'model.weights.h5']);
  const members = readZip(await model.toBytes('keras'), 'model');
  for (const name of ['config.json', 'model.weights.h5']) {
    expect(new Uint8Array(readFileSync(join(at('net'), name)))).toEqual(new Uint8Array(members.get(name)!));
  }
  for (const path of [at('net'), `${at('net')}/`, pathToFileURL(at('net'))]) {
    expect(valuesOf(await loadModel(path))).toEqual(valuesOf(model));
  }
});

test('loadModel reads a folder of Keras', async () => {
  await unzip(golden, at('my.model'));
  expect(valuesOf(await loadModel(at('my.model')))).toEqual(valuesOf(await loadModel(golden)));
});

test('loadModel reads the vocabularies of layers from a folder of Keras', async () => {
  const file = 'test/golden/vocabulary-files/texts.keras';
  await unzip(file, at('texts'));
  const vocabularies = (model: Model): readonly unknown[] =>
    model.layers.flatMap((layer) => ('getVocabulary' in layer ? [(layer.getVocabulary as () => unknown)()] : []));
  const read = vocabularies(await loadModel(at('texts')));
  expect(read.length).toBeGreaterThan(0);
  expect(read).toEqual(vocabularies(await loadModel(file)));
  rmSync(at('texts/assets'), { recursive: true });
  expect(vocabularies(await loadModel(at('texts')))).not.toEqual(read);
});

test('save replaces a folder unless overwrite is false, and can omit the optimizer', async () => {
  const model = await loadModel(golden);
  await model.save(at('net'), { zipped: false });
  await expect(model.save(at('net'), { zipped: false, overwrite: false })).rejects.toThrow(
    'with overwrite=false, the file must not exist.',
  );
  await model.save(at('net'), { zipped: false, includeOptimizer: false });
  expect((await loadModel(at('net'))).compiled).toBe(false);
});

test('save with zipped: true or null writes a file', async () => {
  const model = await loadModel(golden);
  for (const zipped of [true, null]) await model.save(at('net.keras'), { zipped });
  expect(readdirSync(folder)).toEqual(['net.keras']);
});

test('the name of a folder may not be that of a file, and zipped is a boolean', async () => {
  const model = await loadModel(golden);
  for (const name of ['net.keras', 'net.h5', 'net.hdf5']) {
    await expect(model.save(at(name), { zipped: false })).rejects.toThrow(
      'with zipped=false, the name of the folder must not end in .keras, .h5 or .hdf5. Received: path=',
    );
  }
  await expect(model.save(at('net'), { zipped: 0 as never })).rejects.toThrow(
    'zipped must be true or false. Received: zipped=0.',
  );
  expect(readdirSync(folder)).toEqual([]);
});

test('a folder without weights is refused, and one without a config is no model', async () => {
  await unzip(golden, at('net'));
  rmSync(at('net/model.weights.h5'));
  await expect(loadModel(at('net'))).rejects.toThrow('a .keras file must have a member model.weights.h5.');
  rmSync(at('net/config.json'));
  await expect(loadModel(at('net'))).rejects.toThrow('It is a folder');
});
