import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ValueError } from '../../../../src/core/errors.ts';
import { readHdf5 } from '../../../../src/formats/hdf5/hdf5.ts';
import { mergeGroups } from '../../../../src/keras/saving/groups.ts';
import { Input, type Model, Sequential, layers, loadModel, optimizers, tensor } from '../../../../src/index.ts';
import { expectWarning } from '../../../support/fail-on-console.ts';

const golden = (name: string): string => join('test/golden/files', name);

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-shards-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);
const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const treeOf = async (...paths: readonly string[]): Promise<unknown> =>
  mergeGroups(await Promise.all(paths.map((path) => readHdf5(readFileSync(path), path))));

/** Dense(2) on three numbers, compiled with Adam, whose state is built. */
function compiled(fill: number): Model {
  const model = new Sequential([Input({ shape: [3] }), new layers.Dense(2, { name: 'head' })], { name: 'net' });
  model.compile({ optimizer: new optimizers.Adam({ name: 'adam' }), loss: 'mse' });
  model.optimizer.build(model.trainableWeights);
  const variables = [...model.weights, ...model.optimizer.variables.filter(({ rank }) => rank > 0)];
  for (const [i, variable] of variables.entries()) {
    variable.assign(tensor(new Float32Array(variable.size).fill(fill * (i + 1)), variable.shape));
  }
  return model;
}

const valuesOf = (model: Model): unknown =>
  [...model.weights, ...model.optimizer.variables].map(({ value }) => value.data);

/** In GB: the kernel, of six numbers, fills a file. */
const KERNEL = 24 / 1024 ** 3;

test('saveWeights with maxShardSize writes the files and the index of Keras', async () => {
  const model = await loadModel(golden('untrained.keras'), { compile: false });
  await model.loadWeights(golden('sharded.weights.json'));
  await model.saveWeights(at('sharded.weights.json'), { maxShardSize: 1e-7 });
  expect(json(at('sharded.weights.json'))).toEqual(json(golden('sharded.weights.json')));
  expect(readdirSync(folder).sort()).toEqual([
    'sharded.weights.json',
    'sharded_00000.weights.h5',
    'sharded_00001.weights.h5',
  ]);
  for (const name of ['sharded_00000.weights.h5', 'sharded_00001.weights.h5']) {
    expect(await treeOf(at(name))).toEqual(await treeOf(golden(name)));
  }
});

test('the weights of one layer and the state of the optimizer are read from several files', async () => {
  const model = compiled(1);
  await model.saveWeights(at('m.weights.json'), { maxShardSize: KERNEL });
  const { metadata, weight_map: map } = json(at('m.weights.json')) as {
    metadata: object;
    weight_map: Record<string, unknown>;
  };
  // Three arrays for the kernel and the bias each, the number of steps and the learning rate.
  expect(metadata).toEqual({ total_size: 3 * (24 + 8) + 8 });
  expect(map['/layers/dense/vars']).toEqual(['m_00000.weights.h5', 'm_00001.weights.h5']);
  const again = compiled(0);
  await again.loadWeights(at('m.weights.json'));
  expect(valuesOf(again)).toEqual(valuesOf(model));
});

test('the index of one large file lists it once', async () => {
  await compiled(1).saveWeights(pathToFileURL(at('a b.weights.json')), { maxShardSize: 1 });
  expect(readdirSync(folder).sort()).toEqual(['a b.weights.json', 'a b_00000.weights.h5']);
  const { weight_map: map } = json(at('a b.weights.json')) as { weight_map: Record<string, unknown> };
  expect(new Set(Object.values(map).flat())).toEqual(new Set(['a b_00000.weights.h5']));
  const again = compiled(0);
  await again.loadWeights(at('a b.weights.json'));
  expect(valuesOf(again)).toEqual(valuesOf(compiled(1)));
});

test('with maxShardSize, a name that ends in .weights.h5 is that of an index, with a warning', async () => {
  await compiled(1).saveWeights(at('m.weights.h5'), { maxShardSize: 1 });
  expectWarning('[Sequential net saveWeights] the index of several files ends in .weights.json. Received: path=');
  expect(readdirSync(folder).sort()).toEqual(['m.weights.json', 'm_00000.weights.h5']);
});

test('saveWeights without maxShardSize, or with null, writes one file', async () => {
  await compiled(1).saveWeights(at('m.weights.h5'), { maxShardSize: null });
  expect(readdirSync(folder)).toEqual(['m.weights.h5']);
});

test.each([
  [
    'm.weights.json',
    { maxShardSize: 23 / 1024 ** 3 },
    'each weight must fit into a file. Received: maxShardSize=2.1420419216156006e-8, which are 23 bytes, where layers/dense/vars/0 has 24. Increase maxShardSize.',
  ],
  ['m.weights.json', { maxShardSize: 0 }, 'maxShardSize must be greater than 0. Received: maxShardSize=0.'],
  [
    'm.weights.json',
    { maxShardSize: '1' as never },
    'maxShardSize must be a finite number. Received: maxShardSize="1".',
  ],
  ['m.keras', { maxShardSize: 1 }, 'with maxShardSize, the name must end in .weights.json. Received: path='],
  ['m.weights.json', {}, ', the index of several files: set maxShardSize.'],
])('saveWeights to %s with %o is refused, and writes nothing', async (name, options, message) => {
  await expect(compiled(1).saveWeights(at(name), options)).rejects.toThrow(message);
  expect(readdirSync(folder)).toEqual([]);
});

test('with overwrite=false, neither the index nor one of the files may exist', async () => {
  const save = (maxShardSize: number): Promise<void> =>
    compiled(1).saveWeights(at('m.weights.json'), { maxShardSize, overwrite: false });
  await save(1);
  await expect(save(1)).rejects.toThrow(/with overwrite=false, the file must not exist\. Received: path=".*m_00000/);
  rmSync(at('m_00000.weights.h5'));
  await expect(save(KERNEL)).rejects.toThrow(/the file must not exist\. Received: path=".*m\.weights\.json"/);
  expect(readdirSync(folder)).toEqual(['m.weights.json']);
});

test('saveWeights of a model that is not built is refused with maxShardSize, too', async () => {
  const model = new Sequential([new layers.Dense(1)]);
  await expect(model.saveWeights(at('m.weights.json'), { maxShardSize: 1 })).rejects.toThrow(ValueError);
});
